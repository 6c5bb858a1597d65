//! The agent stops.

use crate::support::{Connected, DEVICE_ERROR, OK, within};

#[tokio::test]
async fn calls_in_flight_finish_and_new_ones_fail() {
    within(async {
        let Connected {
            node,
            agent,
            mut connection,
            ..
        } = Connected::new().await;
        let mut application = crate::support::Application::connect(agent.socket()).await;
        application.request(b"in flight").await;
        let request = connection.read().await;
        let stopping = tokio::spawn(agent.stop());
        // Runs the stop up to its first wait; this runtime has one thread.
        tokio::task::yield_now().await;
        application.request(b"too late").await;
        assert_eq!(application.reply().await, (2, DEVICE_ERROR, Vec::new()));
        connection.echo(&request).await;
        assert_eq!(application.reply().await, (1, OK, b"in flight".to_vec()));
        application.cut_off().await;
        connection.read_to_end().await;
        stopping.await.unwrap();
        assert!(!node.socket().exists());
    })
    .await;
}

#[tokio::test]
async fn an_agent_can_start_where_one_stopped() {
    within(async {
        let Connected {
            node,
            agent,
            hsm,
            connection,
        } = Connected::new().await;
        agent.stop().await;
        drop(connection);
        let agent = node.start().await;
        let serving = tokio::spawn(hsm.accept().await.echo_all());
        let mut application = crate::support::Application::connect(agent.socket()).await;
        assert_eq!(application.call(b"").await, OK);
        serving.abort();
    })
    .await;
}
