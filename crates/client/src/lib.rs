//! Typed, blocking client of the call table.
