//! Fuzz targets that also run as tests: see `tests/hostile.rs`.

#![forbid(unsafe_code)]
