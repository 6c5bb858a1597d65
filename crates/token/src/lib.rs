//! Partitions, sessions, login, objects and attribute rules; no input or output.
