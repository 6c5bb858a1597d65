//! An application that misbehaves harms itself only.

use proto::frame::{HEADER_LEN, Header, Kind};
use proto::limits::PAYLOAD_BYTES;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::support::{Application, Connected, Log, OK, header, within};

/// Sends bytes as an application that has said hello; it must be cut off, with a line in the log, and the others not.
async fn check_cut_off(bytes: &[u8], because: &str) {
    within(async {
        let mut log = Log::listen();
        let all = Connected::new().await;
        let mut honest = all.application().await;
        let hello = Header {
            length: 8,
            ..header(Kind::Hello, 0)
        };
        let mut greeting = hello.encode().to_vec();
        greeting.extend_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0]);
        let mut bad = UnixStream::connect(all.agent.socket()).await.unwrap();
        bad.write_all(&greeting).await.unwrap();
        bad.write_all(bytes).await.unwrap();
        let line = log.line_with("application cut off").await;
        assert!(line.contains(because), "{line}");
        let mut received = Vec::new();
        // The agent's hello, and the end, be it an orderly one or not.
        let _ = bad.read_to_end(&mut received).await;
        assert_eq!(received.len(), HEADER_LEN + 8);

        let serving = tokio::spawn(all.connection.echo_all());
        assert_eq!(honest.call(b"").await, OK);
        serving.abort();
    })
    .await;
}

#[tokio::test]
async fn an_oversized_frame_closes_that_application_only() {
    let mut bytes = header(Kind::Request, 1).encode();
    bytes[4..8].copy_from_slice(&u32::try_from(PAYLOAD_BYTES + 1).unwrap().to_le_bytes());
    check_cut_off(&bytes, "the length of a frame is beyond its limit").await;
}

#[tokio::test]
async fn a_malformed_frame_closes_that_application_only() {
    check_cut_off(&[0xff; HEADER_LEN], "the header's version").await;
}

#[tokio::test]
async fn a_frame_that_only_hsms_send_closes_that_application_only() {
    for kind in [
        Kind::Reply,
        Kind::Gone,
        Kind::AdminRequest,
        Kind::AdminReply,
    ] {
        check_cut_off(&header(kind, 1).encode(), &format!("{kind:?}")).await;
    }
}

#[tokio::test]
async fn a_repeated_correlation_id_closes_that_application_only() {
    let call = header(Kind::Request, 1).encode();
    check_cut_off(&[call, call].concat(), "correlation id").await;
}

#[tokio::test]
async fn an_application_without_hello_is_cut_off() {
    within(async {
        let mut log = Log::listen();
        let all = Connected::new().await;
        let mut stream = UnixStream::connect(all.agent.socket()).await.unwrap();
        stream
            .write_all(&header(Kind::Request, 1).encode())
            .await
            .unwrap();
        log.line_with("a frame that is no hello").await;
    })
    .await;
}

#[tokio::test]
async fn an_application_of_another_version_is_told_ours() {
    within(async {
        let mut log = Log::listen();
        let all = Connected::new().await;
        let hello = Header {
            length: 8,
            ..header(Kind::Hello, 0)
        };
        let mut stream = UnixStream::connect(all.agent.socket()).await.unwrap();
        stream.write_all(&hello.encode()).await.unwrap();
        stream.write_all(&[7, 0, 0, 0, 9, 0, 0, 0]).await.unwrap();
        let mut answer = [0; HEADER_LEN + 8];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer[HEADER_LEN..], [1, 0, 0, 0, 2, 0, 0, 0]);
        log.line_with("the peer speaks 7 to 9, we speak 1 to 2")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_look_at_the_socket_is_no_error() {
    within(async {
        let all = Connected::new().await;
        drop(UnixStream::connect(all.agent.socket()).await.unwrap());
        let _application: Application = all.application().await;
    })
    .await;
}
