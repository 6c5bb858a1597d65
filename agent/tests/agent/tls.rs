//! HSMs that are not what they should be are refused, and the log says why.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use agent::{AgentError, Timing};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Application, Ca, DEVICE_ERROR, Hsm, Log, Node, quick, within};

/// Starts an agent that trusts `trusted` and has a certificate from `own`: it must refuse the HSM, or be refused by it.
async fn check_refused(hsm: Hsm, trusted: &Ca, own: &Ca, because: &str) {
    within(async {
        let mut log = Log::listen();
        let mut node = Node::new();
        node.add(hsm.address.clone(), trusted, own);
        let agent = node.start().await;
        let accepting = tokio::spawn(async move {
            loop {
                let _ = hsm.try_accept().await;
            }
        });
        let line = log.line_with("HSM not reachable").await;
        assert!(line.contains(because), "{line}");
        let mut application = Application::connect(agent.socket()).await;
        assert_eq!(application.call(b"").await, DEVICE_ERROR);
        accepting.abort();
    })
    .await;
}

async fn hsm_with(change: impl FnOnce(&Ca) -> ServerConfig) -> Hsm {
    let ca = Ca::new();
    let server = change(&ca);
    Hsm::with(ca, server).await
}

#[tokio::test]
async fn an_hsm_of_another_instance_is_refused() {
    let hsm = Hsm::new().await;
    let own = hsm.ca.clone();
    check_refused(hsm, &Ca::new(), &own, "invalid peer certificate").await;
}

#[tokio::test]
async fn an_hsm_whose_certificate_has_expired_is_refused() {
    let hsm = hsm_with(|ca| ca.server(2020)).await;
    let ca = hsm.ca.clone();
    check_refused(hsm, &ca, &ca, "certificate expired").await;
}

#[tokio::test]
async fn an_agent_that_the_hsm_refuses_is_not_connected() {
    let hsm = Hsm::new().await;
    let trusted = hsm.ca.clone();
    check_refused(hsm, &trusted, &Ca::new(), "the HSM did not let us in").await;
}

#[tokio::test]
async fn a_server_of_another_protocol_is_refused() {
    let hsm = hsm_with(|ca| {
        let mut server = ca.server(4000);
        server.alpn_protocols.clear();
        server
    })
    .await;
    let ca = hsm.ca.clone();
    check_refused(hsm, &ca, &ca, "does not speak dew/1").await;
}

#[tokio::test]
async fn an_hsm_of_another_name_is_refused() {
    within(async {
        let mut log = Log::listen();
        let hsm = Hsm::new().await;
        let mut node = Node::of(&hsm);
        "elsewhere".clone_into(&mut node.config.hsm[0].server_name);
        let _agent = node.start().await;
        let _ = hsm.try_accept().await;
        let line = log.line_with("HSM not reachable").await;
        assert!(line.contains("not valid for name"), "{line}");
    })
    .await;
}

/// A ServerHello of TLS 1.2 (RFC 5246, 7.4.1.3) with TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 in a record.
fn server_hello_of_tls_1_2() -> Vec<u8> {
    let mut hello = vec![22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3];
    hello.extend_from_slice(&[0x5a; 32]);
    hello.extend_from_slice(&[0, 0xc0, 0x2f, 0]);
    hello
}

#[tokio::test]
async fn tls_1_2_is_refused() {
    within(async {
        let mut log = Log::listen();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut node = Node::new();
        let ca = Ca::new();
        node.add(listener.local_addr().unwrap().to_string(), &ca, &ca);
        let _agent = node.start().await;
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut client_hello = [0; 64];
        stream.read_exact(&mut client_hello).await.unwrap();
        stream.write_all(&server_hello_of_tls_1_2()).await.unwrap();
        let line = log.line_with("HSM not reachable").await;
        assert!(line.contains("peer is incompatible"), "{line}");
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_given_up() {
    within(async {
        let mut log = Log::listen();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut node = Node::new();
        let ca = Ca::new();
        node.add(listener.local_addr().unwrap().to_string(), &ca, &ca);
        let timing = Timing {
            connect: Duration::from_millis(20),
            ..quick()
        };
        let _agent = node.try_start(timing).await.unwrap();
        let line = log.line_with("HSM not reachable").await;
        assert!(line.contains("the TLS handshake took longer"), "{line}");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_others_can_read_stops_the_start() {
    within(async {
        let hsm = Hsm::new().await;
        let node = Node::of(&hsm);
        let key = &node.config.hsm[0].key;
        std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = node.try_start(quick()).await.err().unwrap();
        assert!(matches!(error, AgentError::Credentials { .. }), "{error:?}");
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(
            text.contains(key.to_str().unwrap()) && text.contains("0640"),
            "{text}"
        );
        assert!(!node.socket().exists());
    })
    .await;
}

#[tokio::test]
async fn renewed_credentials_serve_without_a_restart() {
    within(async {
        let hsm = Arc::new(Hsm::new().await);
        let mut node = Node::new();
        node.add(hsm.address.clone(), &hsm.ca, &Ca::new());
        let agent = node.start().await;
        assert!(hsm.try_accept().await.is_err());
        let files = &node.config.hsm[0];
        std::fs::remove_file(&files.key).unwrap();
        hsm.ca.issue_access(&files.certificate, &files.key);
        let accepting = tokio::spawn(async move {
            loop {
                if let Ok(connection) = hsm.try_accept().await {
                    return connection;
                }
            }
        });
        agent.hsm_up().await;
        accepting.await.unwrap();
    })
    .await;
}
