//! Applications that end their connection: for good, or to come back by another.

use std::time::Duration;

use agent::Timing;
use proto::frame::Kind;

use crate::support::{Application, Connected, header, quick, within};

/// A wait that no test lives to see the end of.
const EVER: Duration = Duration::from_secs(3_600);

fn lingering(linger: Duration) -> Timing {
    Timing { linger, ..quick() }
}

/// An application that asks for its sessions; gives its number too.
async fn attached(all: &mut Connected) -> (Application, u64) {
    let mut application = all.application().await;
    application.send(header(Kind::Attach, 77), b"").await;
    let frame = all.connection.read().await;
    assert_eq!(frame.header.kind, Kind::Attach);
    all.connection.echo(&frame).await;
    assert_eq!(application.reply().await.0, 77);
    (application, frame.header.application)
}

#[tokio::test]
async fn one_that_gave_the_agent_up_under_a_call_may_come_back_before_it_has_gone() {
    within(async {
        let mut all = Connected::with(lingering(EVER), |_| {}).await;
        let (mut application, first) = attached(&mut all).await;
        application.request(b"").await;
        assert_eq!(all.connection.read().await.header.kind, Kind::Request);
        drop(application);
        // Its new connection is the next that the HSM hears of.
        let (_again, second) = attached(&mut all).await;
        assert_ne!(first, second);
    })
    .await;
}

#[tokio::test]
async fn one_that_did_not_hear_its_answer_may_come_back_before_it_has_gone() {
    within(async {
        let mut all = Connected::with(lingering(EVER), |_| {}).await;
        let (mut application, first) = attached(&mut all).await;
        // More answers than a socket holds, so that some are still to be written when it goes.
        let answer = vec![7; 1 << 20];
        for _ in 0..4 {
            application.request(&answer).await;
            let frame = all.connection.read().await;
            all.connection.echo(&frame).await;
        }
        // Whatever comes after the answers has found the agent with all of them.
        let mut other = all.application().await;
        other.request(b"").await;
        let frame = all.connection.read().await;
        all.connection.echo(&frame).await;
        other.reply().await;
        drop(application);
        let (_again, second) = attached(&mut all).await;
        assert_ne!(first, second);
    })
    .await;
}

#[tokio::test]
async fn one_that_does_not_come_back_has_gone_after_a_while() {
    within(async {
        let mut all = Connected::with(lingering(Duration::from_millis(1)), |_| {}).await;
        let (mut application, id) = attached(&mut all).await;
        application.request(b"").await;
        assert_eq!(all.connection.read().await.header.kind, Kind::Request);
        drop(application);
        let gone = all.connection.read().await.header;
        assert_eq!((gone.kind, gone.application), (Kind::Gone, id));
    })
    .await;
}

#[tokio::test]
async fn one_without_a_call_under_way_has_gone_at_once() {
    within(async {
        let mut all = Connected::with(lingering(EVER), |_| {}).await;
        let (application, id) = attached(&mut all).await;
        drop(application);
        let gone = all.connection.read().await.header;
        assert_eq!((gone.kind, gone.application), (Kind::Gone, id));
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_stops_waits_for_nobody_to_come_back() {
    within(async {
        let timing = Timing {
            drain: Duration::from_millis(1),
            ..lingering(EVER)
        };
        let mut all = Connected::with(timing, |_| {}).await;
        let (mut application, _) = attached(&mut all).await;
        application.request(b"").await;
        assert_eq!(all.connection.read().await.header.kind, Kind::Request);
        drop(application);
        all.agent.stop().await;
    })
    .await;
}
