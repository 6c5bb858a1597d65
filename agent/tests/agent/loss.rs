//! An HSM goes away and comes back; applications stay.

use std::time::Duration;

use agent::Timing;
use proto::frame::Kind;
use proto::limits;

use crate::support::{
    Application, Connected, DEVICE_ERROR, DEVICE_REMOVED, Hsm, Log, Node, OK, quick, within,
};

#[tokio::test]
async fn calls_in_flight_are_answered_and_the_application_goes_on() {
    within(async {
        let Connected {
            node: _node,
            agent,
            hsm,
            mut connection,
        } = Connected::new().await;
        let mut applications = Vec::new();
        for _ in 0..3 {
            let mut application = Application::connect(agent.socket()).await;
            application.request(b"lost").await;
            connection.read().await;
            applications.push(application);
        }
        drop(connection);
        for application in &mut applications {
            assert_eq!(application.reply().await, (1, DEVICE_REMOVED, Vec::new()));
        }
        let serving = tokio::spawn(hsm.accept().await.echo_all());
        agent.hsm_up().await;
        for application in &mut applications {
            assert_eq!(application.call(b"again").await, OK);
        }
        serving.abort();
    })
    .await;
}

#[tokio::test]
async fn a_reply_of_the_lost_connection_is_not_taken_for_a_later_call() {
    within(async {
        let Connected {
            node: _node,
            agent,
            hsm,
            mut connection,
        } = Connected::new().await;
        let mut application = Application::connect(agent.socket()).await;
        application.request(b"old").await;
        let old = connection.read().await;
        drop(connection);
        assert_eq!(application.reply().await.1, DEVICE_REMOVED);
        let mut connection = hsm.accept().await;
        agent.hsm_up().await;
        application.request(b"new").await;
        let new = connection.read().await;
        connection.echo(&old).await;
        connection.echo(&new).await;
        assert_eq!(application.reply().await, (2, OK, b"new".to_vec()));
    })
    .await;
}

#[tokio::test]
async fn calls_while_the_hsm_is_down_fail_at_once_and_work_again_later() {
    within(async {
        let hsm = Hsm::new().await;
        let node = Node::of(&hsm);
        let (address, ca) = (hsm.address.clone(), hsm.ca.clone());
        drop(hsm);
        let agent = node.start().await;
        let mut application = Application::connect(agent.socket()).await;
        assert_eq!(application.call(b"").await, DEVICE_ERROR);
        assert_eq!(application.call(b"").await, DEVICE_ERROR);

        let server = ca.server(4000);
        let hsm = Hsm::at(&address, ca, server).await;
        let serving = tokio::spawn(hsm.accept().await.echo_all());
        agent.hsm_up().await;
        assert_eq!(application.call(b"").await, OK);
        serving.abort();
    })
    .await;
}

#[tokio::test]
async fn a_silent_hsm_counts_as_lost() {
    within(async {
        let timing = Timing {
            keepalive: Duration::from_millis(10),
            silence: Duration::from_millis(100),
            ..quick()
        };
        let mut all = Connected::with(timing, |_| {}).await;
        let mut application = all.application().await;
        application.request(b"").await;
        let mut kinds = Vec::new();
        // The call and several questions arrive, none is answered, and then the agent gives up.
        while let Ok(frame) = all.connection.reader.read().await {
            kinds.push(frame.header.kind);
        }
        assert!(
            kinds.contains(&Kind::Request) && kinds.contains(&Kind::Hello),
            "{kinds:?}"
        );
        assert_eq!(application.reply().await.1, DEVICE_REMOVED);
    })
    .await;
}

#[tokio::test]
async fn an_hsm_that_garbles_frames_is_disconnected() {
    within(async {
        let mut log = Log::listen();
        let mut all = Connected::new().await;
        let mut application = all.application().await;
        application.request(b"").await;
        let request = all.connection.read().await;
        // An HSM sends replies, no requests.
        all.connection
            .sender
            .send(request.header, b"")
            .await
            .unwrap();
        assert_eq!(application.reply().await.1, DEVICE_REMOVED);
        let line = log.line_with("HSM lost").await;
        assert!(line.contains("kind Request"), "{line}");
    })
    .await;
}

#[tokio::test]
async fn calls_beyond_the_limit_wait_until_others_are_answered() {
    within(async {
        let mut all = Connected::new().await;
        let mut busy = all.application().await;
        let mut other = all.application().await;
        for _ in 0..=limits::CALLS_IN_FLIGHT {
            busy.request(b"busy").await;
        }
        let first = all.connection.read().await;
        for _ in 1..limits::CALLS_IN_FLIGHT {
            all.connection.read().await;
        }
        other.request(b"other").await;
        assert_eq!(&*all.connection.read().await.payload, b"other");
        all.connection.echo(&first).await;
        assert_eq!(&*all.connection.read().await.payload, b"busy");
    })
    .await;
}
