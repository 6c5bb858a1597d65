//! Examples of standards: `conformance/vectors/*.toml`.
