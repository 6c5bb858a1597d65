//! Sealed records and the key hierarchy over them; SQLite and memory.
