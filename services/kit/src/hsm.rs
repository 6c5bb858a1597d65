//! Keys behind PKCS#11.
