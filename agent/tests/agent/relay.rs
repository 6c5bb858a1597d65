//! Calls travel, unread and told apart.

use std::collections::HashSet;

use proto::frame::{Header, Kind};
use proto::shape::SessionHandle;

use crate::support::{Application, CALL, Connected, Hsm, Node, OK, header, within};

#[tokio::test]
async fn a_call_travels_and_its_reply_comes_back() {
    within(async {
        let mut all = Connected::new().await;
        let mut application = all.application().await;
        let sent = application.request(b"sign this").await;
        let frame = all.connection.read().await;
        assert_eq!(frame.header.kind, Kind::Request);
        assert_eq!(frame.header.call, CALL);
        assert_eq!(frame.header.session, SessionHandle(7));
        assert_ne!(frame.header.application, 0);
        assert_eq!(&*frame.payload, b"sign this");
        all.connection.echo(&frame).await;
        assert_eq!(application.reply().await, (sent, OK, b"sign this".to_vec()));
    })
    .await;
}

#[tokio::test]
async fn an_application_cannot_speak_for_another() {
    within(async {
        let mut all = Connected::new().await;
        let (mut honest, liar) = (all.application().await, all.application().await);
        honest.request(b"").await;
        let id = all.connection.read().await.header.application;
        let spoofed = Header {
            application: id,
            ..header(Kind::Request, 1)
        };
        liar.send(spoofed, b"").await;
        let seen = all.connection.read().await.header.application;
        assert_ne!(seen, id);
        assert_ne!(seen, 0);
    })
    .await;
}

#[tokio::test]
async fn a_reply_goes_to_its_application_only() {
    within(async {
        let mut all = Connected::new().await;
        let (mut one, mut two) = (all.application().await, all.application().await);
        one.request(b"one").await;
        two.request(b"two").await;
        let (first, second) = (all.connection.read().await, all.connection.read().await);
        // Replies to nobody's call, and to calls of applications that there are not, go nowhere.
        let stray = Header {
            kind: Kind::Reply,
            correlation: 99,
            ..first.header
        };
        all.connection
            .sender
            .send(stray, &OK.to_le_bytes())
            .await
            .unwrap();
        let stray = Header {
            kind: Kind::Reply,
            application: 0,
            ..first.header
        };
        all.connection
            .sender
            .send(stray, &OK.to_le_bytes())
            .await
            .unwrap();
        all.connection.echo(&second).await;
        all.connection.echo(&first).await;
        assert_eq!(one.reply().await.2, b"one");
        assert_eq!(two.reply().await.2, b"two");
    })
    .await;
}

#[tokio::test]
async fn the_longest_frame_passes() {
    within(async {
        let all = Connected::new().await;
        let mut application = all.application().await;
        let hsm = tokio::spawn(all.connection.echo_all());
        // The reply is longer by the return code.
        let payload: Vec<u8> = (0..=250)
            .cycle()
            .take(proto::limits::PAYLOAD_BYTES - 4)
            .collect();
        application.request(&payload).await;
        assert!(application.reply().await.2 == payload);
        hsm.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_applications_with_many_calls_each_get_their_own_replies() {
    within(async {
        let all = Connected::new().await;
        let hsm = tokio::spawn(all.connection.echo_all());
        let socket = all.agent.socket().to_owned();
        let applications = (0..50_u32).map(|number| {
            let socket = socket.clone();
            tokio::spawn(async move {
                let mut application = Application::connect(&socket).await;
                let mut expected = HashSet::new();
                for call in 0..100_u32 {
                    let payload = (number * 1000 + call).to_le_bytes();
                    expected.insert((application.request(&payload).await, payload.to_vec()));
                }
                for _ in 0..100 {
                    let (correlation, rv, payload) = application.reply().await;
                    assert_eq!(rv, OK);
                    assert!(expected.remove(&(correlation, payload)));
                }
            })
        });
        for application in applications.collect::<Vec<_>>() {
            application.await.unwrap();
        }
        hsm.abort();
    })
    .await;
}

#[tokio::test]
async fn frames_that_come_together_leave_together() {
    within(async {
        let mut all = Connected::new().await;
        let mut application = all.application().await;
        for _ in 0..500 {
            application.request(b"small").await;
        }
        let (mut reads, mut frames) = (0, 0);
        while frames < 500 {
            all.connection.read().await;
            (reads, frames) = (reads + 1, frames + 1);
            while all.connection.reader.take_received().unwrap().is_some() {
                frames += 1;
            }
        }
        assert!(reads <= 50, "500 frames took {reads} reads");
    })
    .await;
}

#[tokio::test]
async fn the_hsm_is_told_who_has_gone() {
    within(async {
        let mut all = Connected::new().await;
        let mut application = all.application().await;
        application.request(b"").await;
        let id = all.connection.read().await.header.application;
        drop(application);
        let gone = all.connection.read().await.header;
        assert_eq!(
            (gone.kind, gone.application, gone.length),
            (Kind::Gone, id, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_later_hello_is_answered_by_the_agent() {
    within(async {
        let all = Connected::new().await;
        let mut application = all.application().await;
        transport::peer::try_hello(&application.sender, 9).unwrap();
        let answer = application.reader.read().await.unwrap();
        assert_eq!(
            (answer.header.kind, answer.header.correlation),
            (Kind::Hello, 9)
        );
    })
    .await;
}

#[tokio::test]
async fn calls_go_to_the_hsm_that_is_up() {
    within(async {
        let (dead, hsm) = (Hsm::new().await, Hsm::new().await);
        let mut node = Node::of(&dead);
        node.add(hsm.address.clone(), &hsm.ca, &hsm.ca);
        drop(dead);
        let agent = node.start().await;
        let serving = tokio::spawn(hsm.accept().await.echo_all());
        let mut application = Application::connect(agent.socket()).await;
        assert_eq!(application.call(b"").await, OK);
        serving.abort();
    })
    .await;
}
