//! Framing over unix sockets and mutual TLS; blocking and tokio faces.
