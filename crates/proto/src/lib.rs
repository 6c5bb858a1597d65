//! The call table, its messages, their codec and their limits.
