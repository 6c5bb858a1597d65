//! UKeys: a software token file that signs management commands.
