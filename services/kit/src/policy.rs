//! Policies and the decision over them.
