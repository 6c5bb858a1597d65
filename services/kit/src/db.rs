//! One face over SQLite and PostgreSQL.
