//! Audit traces (CTS) and metrics (CES) of the services.

#![forbid(unsafe_code)]
