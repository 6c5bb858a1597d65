use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use proto::DecodeError;
use proto::frame::{HEADER_LEN, Header, Kind};
use proto::limits::PAYLOAD_BYTES;
use proto::shape::SessionHandle;
use tokio::io::{AsyncWrite, AsyncWriteExt, DuplexStream, duplex};

use super::*;

pub(crate) fn header(correlation: u64) -> Header {
    Header {
        kind: Kind::Request,
        call: 3,
        length: 0,
        correlation,
        application: 5,
        session: SessionHandle(6),
    }
}

pub(crate) fn encoded(correlation: u64, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    let mut bytes = Header {
        length,
        ..header(correlation)
    }
    .encode()
    .to_vec();
    bytes.extend_from_slice(payload);
    bytes
}

/// A reader with those bytes before the end of the connection.
async fn reader_of(bytes: &[u8]) -> FrameReader<DuplexStream> {
    let (mut near, far) = duplex(bytes.len().max(1));
    near.write_all(bytes).await.unwrap();
    FrameReader::new(far)
}

#[tokio::test]
async fn frames_that_came_together_are_there_without_waiting() {
    let bytes = [encoded(1, b"one"), encoded(2, b""), encoded(3, b"three")].concat();
    let mut reader = reader_of(&bytes).await;
    assert!(reader.take_received().unwrap().is_none());
    let first = reader.read().await.unwrap();
    assert_eq!(
        (first.header.correlation, &*first.payload),
        (1, &b"one"[..])
    );
    let second = reader.take_received().unwrap().unwrap();
    assert_eq!((second.header.correlation, second.payload), (2, &b""[..]));
    let third = reader.take_received().unwrap().unwrap();
    assert_eq!(
        (third.header.correlation, third.payload),
        (3, &b"three"[..])
    );
    assert!(reader.take_received().unwrap().is_none());
    assert!(matches!(reader.read().await, Err(FrameError::Closed)));
}

#[tokio::test]
async fn frames_of_all_sizes_come_through_any_pipe() {
    let sizes = [
        0,
        1,
        31,
        4_096,
        65_504,
        65_505,
        300_000,
        7,
        1 << 20,
        PAYLOAD_BYTES,
        12,
    ];
    for pipe in [7, 4_096, 1 << 20] {
        let (mut near, far) = duplex(pipe);
        // A pipe of a few bytes is for the small ones: the others would take minutes.
        let sizes = &sizes[..if pipe == 7 { 4 } else { sizes.len() }];
        let bytes: Vec<u8> = sizes
            .iter()
            .flat_map(|size| encoded(9, &pattern(*size)))
            .collect();
        let writing = tokio::spawn(async move { near.write_all(&bytes).await });
        let mut reader = FrameReader::new(far);
        for size in sizes {
            let frame = reader.read_in_place().await.unwrap();
            assert!(
                frame.payload == pattern(*size),
                "{size} bytes through a pipe of {pipe}"
            );
        }
        writing.await.unwrap().unwrap();
        assert!(matches!(reader.read().await, Err(FrameError::Closed)));
    }
}

fn pattern(size: usize) -> Vec<u8> {
    (0..=250).cycle().take(size).collect()
}

#[tokio::test]
async fn an_end_inside_a_frame_is_no_orderly_end() {
    let whole = encoded(1, b"payload");
    for len in 1..whole.len() {
        let mut reader = reader_of(&whole[..len]).await;
        assert!(
            matches!(reader.read().await, Err(FrameError::Truncated)),
            "{len} bytes"
        );
    }
}

#[tokio::test]
async fn what_is_no_header_is_refused_before_its_payload_comes() {
    let (mut near, far) = duplex(64);
    let mut bytes = header(1).encode();
    bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    near.write_all(&bytes).await.unwrap();
    let error = FrameReader::new(far).read().await.err().unwrap();
    assert!(
        matches!(error, FrameError::Malformed(DecodeError::Limit { .. })),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_given_up_and_a_slow_one_is_not() {
    let limit = Duration::from_secs(15);
    let (mut near, far) = duplex(64);
    let mut reader = FrameReader::new(far);
    reader.limit_silence(Some(limit));
    let start = tokio::time::Instant::now();
    let peer = tokio::spawn(async move {
        for byte in encoded(1, b"slow") {
            tokio::time::sleep(Duration::from_secs(10)).await;
            near.write_all(&[byte]).await.unwrap();
        }
        near
    });
    let frame = reader.read().await.unwrap();
    assert_eq!(&*frame.payload, b"slow");
    let spoken = start.elapsed();
    assert!(spoken >= Duration::from_secs(360));
    assert!(matches!(reader.read().await, Err(FrameError::Idle(_))));
    assert!(start.elapsed() - spoken >= limit);
    drop(peer.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn long_frames_count_as_heard() {
    let (mut near, far) = duplex(PAYLOAD_BYTES);
    let mut reader = FrameReader::new(far);
    reader.limit_silence(Some(Duration::from_secs(15)));
    let peer = tokio::spawn(async move {
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            near.write_all(&encoded(1, &pattern(1 << 20)))
                .await
                .unwrap();
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
        near.write_all(&encoded(2, b"")).await.unwrap();
    });
    for _ in 0..40 {
        reader.read_in_place().await.unwrap();
    }
    assert_eq!(reader.read().await.unwrap().header.correlation, 2);
    peer.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_buffer_that_grew_is_given_back_when_nothing_comes() {
    let (near, far) = duplex(PAYLOAD_BYTES);
    let (sender, writer) = channel(near);
    let writing = tokio::spawn(writer.run());
    let mut reader = FrameReader::new(far);
    for _ in 0..2 {
        sender.send(header(1), &pattern(1 << 20)).await.unwrap();
        reader.read().await.unwrap();
    }
    assert!(reader.buffer_len() > REST_BYTES);
    assert!(sender.buffer_len() > REST_BYTES);
    let read = tokio::time::timeout(2 * KEEP, reader.read()).await;
    assert!(read.is_err(), "there is no second frame");
    assert_eq!(reader.buffer_len(), REST_BYTES);
    assert_eq!(sender.buffer_len(), REST_BYTES);
    sender.send(header(2), b"next").await.unwrap();
    assert_eq!(&*reader.read().await.unwrap().payload, b"next");
    drop(sender);
    writing.await.unwrap().unwrap();
}

/// Counts writes, and keeps what was written.
#[derive(Clone, Default)]
struct Sink {
    writes: Arc<AtomicUsize>,
    bytes: Arc<std::sync::Mutex<Vec<u8>>>,
    shut: Arc<AtomicUsize>,
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.bytes.lock().unwrap().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn frames_of_many_tasks_leave_in_one_write() {
    let sink = Sink::default();
    let (sender, writer) = channel(sink.clone());
    let writing = tokio::spawn(writer.run());
    let senders = (0..100).map(|number| {
        let sender = sender.clone();
        tokio::spawn(async move { sender.send(header(number), b"x").await })
    });
    for task in senders.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    drop(sender);
    writing.await.unwrap().unwrap();
    assert_eq!(sink.writes.load(Ordering::Relaxed), 1);
    assert_eq!(sink.shut.load(Ordering::Relaxed), 1);
    let bytes = sink.bytes.lock().unwrap().clone();
    let mut reader = reader_of(&bytes).await;
    for number in 0..100 {
        assert_eq!(reader.read().await.unwrap().header.correlation, number);
    }
}

#[tokio::test]
async fn the_header_gets_the_length_of_the_payload() {
    let sink = Sink::default();
    let (sender, writer) = channel(sink.clone());
    sender
        .send(
            Header {
                length: 99,
                ..header(1)
            },
            b"four",
        )
        .await
        .unwrap();
    drop(sender);
    writer.run().await.unwrap();
    assert_eq!(*sink.bytes.lock().unwrap(), encoded(1, b"four"));
}

#[tokio::test]
async fn a_full_queue_holds_senders_back_until_the_peer_reads() {
    let (near, far) = duplex(1024);
    let (sender, writer) = channel(near);
    sender.send(header(1), &vec![0; QUEUE_BYTES]).await.unwrap();
    assert_eq!(
        sender.try_send(header(2), b"", QUEUE_BYTES),
        Err(SendError::Full)
    );
    let waiting = tokio::spawn({
        let sender = sender.clone();
        async move { sender.send(header(2), b"").await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    let writing = tokio::spawn(writer.run());
    let mut reader = FrameReader::new(far);
    assert_eq!(reader.read().await.unwrap().header.correlation, 1);
    assert_eq!(reader.read().await.unwrap().header.correlation, 2);
    waiting.await.unwrap().unwrap();
    drop(sender);
    writing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_closed_connection_takes_no_frames_and_wakes_who_waits() {
    let (near, _far) = duplex(1024);
    let (sender, writer) = channel(near);
    sender.send(header(1), &vec![0; QUEUE_BYTES]).await.unwrap();
    let waiting = tokio::spawn({
        let sender = sender.clone();
        async move { sender.send(header(2), b"").await }
    });
    tokio::task::yield_now().await;
    assert!(sender.is_open());
    drop(writer);
    assert_eq!(waiting.await.unwrap(), Err(SendError::Closed));
    assert!(!sender.is_open());
    sender.ended().await;
}

#[tokio::test]
async fn a_lost_peer_ends_the_writer() {
    let (near, far) = duplex(16);
    let (sender, writer) = channel(near);
    drop(far);
    sender.send(header(1), b"").await.unwrap();
    assert!(writer.run().await.is_err());
    assert_eq!(sender.send(header(2), b"").await, Err(SendError::Closed));
}

#[test]
fn a_payload_beyond_the_limit_is_not_queued() {
    let (sender, _writer) = channel(Sink::default());
    let payload = vec![0; PAYLOAD_BYTES + 1];
    assert_eq!(
        sender.try_send(header(1), &payload, usize::MAX),
        Err(SendError::TooLong)
    );
}

#[test]
fn blocking_frames_are_the_same_frames() {
    let mut bytes = Vec::new();
    crate::blocking::write_frame(&mut bytes, header(4), b"text").unwrap();
    assert_eq!(bytes, encoded(4, b"text"));
    let mut source = bytes.as_slice();
    let frame = crate::blocking::read_frame(&mut source).unwrap();
    assert_eq!(
        (frame.header.correlation, &*frame.payload),
        (4, &b"text"[..])
    );
    assert!(matches!(
        crate::blocking::read_frame(&mut source),
        Err(FrameError::Closed)
    ));
    for len in 1..bytes.len() {
        let cut = crate::blocking::read_frame(&mut &bytes[..len]);
        assert!(matches!(cut, Err(FrameError::Truncated)), "{len} bytes");
    }
    bytes[..HEADER_LEN].fill(0xff);
    let garbled = crate::blocking::read_frame(&mut bytes.as_slice());
    assert!(matches!(garbled, Err(FrameError::Malformed(_))));
}
