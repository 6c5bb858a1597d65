//! Fuzz targets that also run as tests.
