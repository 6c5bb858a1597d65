//! The socket file, and who may connect.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;

use agent::{AgentError, SocketError};

use crate::support::{Application, Connected, Hsm, Log, Node, quick, within};

#[tokio::test]
async fn a_stale_socket_is_taken_over() {
    within(async {
        let hsm = Hsm::new().await;
        let node = Node::of(&hsm);
        drop(UnixListener::bind(node.socket()).unwrap());
        assert!(node.socket().exists());
        let agent = node.start().await;
        Application::connect(agent.socket()).await;
    })
    .await;
}

#[tokio::test]
async fn a_socket_in_use_is_not_taken_over() {
    within(async {
        let all = Connected::new().await;
        let second = all.node.try_start(quick()).await.err().unwrap();
        assert!(
            matches!(second, AgentError::Socket(SocketError::InUse(_))),
            "{second:?}"
        );
        Application::connect(all.agent.socket()).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_of_that_name_is_left_alone() {
    within(async {
        let hsm = Hsm::new().await;
        let node = Node::of(&hsm);
        std::fs::write(node.socket(), "precious").unwrap();
        let refused = node.try_start(quick()).await.err().unwrap();
        assert!(
            matches!(refused, AgentError::Socket(SocketError::NoSocket(_))),
            "{refused:?}"
        );
        assert_eq!(std::fs::read(node.socket()).unwrap(), b"precious");
    })
    .await;
}

#[tokio::test]
async fn the_socket_has_the_configured_mode() {
    within(async {
        let all = Connected::with(quick(), |config| config.socket_mode = 0o600).await;
        let mode = std::fs::metadata(all.agent.socket())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o600);
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_not_listed_is_refused() {
    within(async {
        let mut log = Log::listen();
        let others = |config: &mut agent::Config| config.allowed_uids = Some(vec![own_uid() + 1]);
        let all = Connected::with(quick(), others).await;
        assert!(Application::try_connect(all.agent.socket()).await.is_err());
        let line = log.line_with("application refused").await;
        assert!(line.contains(&format!("uid={}", own_uid())), "{line}");
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_listed_is_let_in() {
    within(async {
        let own = |config: &mut agent::Config| config.allowed_uids = Some(vec![own_uid()]);
        let all = Connected::with(quick(), own).await;
        Application::connect(all.agent.socket()).await;
    })
    .await;
}

fn own_uid() -> u32 {
    std::fs::metadata("/proc/self").unwrap().uid()
}
