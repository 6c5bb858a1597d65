//! Who may connect to the socket.

use tokio::net::unix::UCred;

use crate::config::Config;

/// Says which peers are let in.
#[derive(Debug)]
pub(crate) enum Access {
    /// Whomever the mode of the socket file lets connect: with 0660 its owner, root, and its group with all members,
    /// of whom the peer's credentials show only the primary group. The kernel has checked them.
    SocketMode,
    /// These alone.
    Listed {
        /// Users.
        uids: Vec<u32>,
        /// Primary groups.
        gids: Vec<u32>,
    },
}

impl Access {
    /// Takes the policy of a configuration.
    pub(crate) fn new(config: &Config) -> Self {
        if config.allowed_uids.is_none() && config.allowed_gids.is_none() {
            return Self::SocketMode;
        }
        Self::Listed {
            uids: config.allowed_uids.clone().unwrap_or_default(),
            gids: config.allowed_gids.clone().unwrap_or_default(),
        }
    }

    /// Decides on a peer by what the kernel says of it (`SO_PEERCRED`).
    pub(crate) fn allows(&self, peer: &UCred) -> bool {
        match self {
            Self::SocketMode => true,
            Self::Listed { uids, gids } => uids.contains(&peer.uid()) || gids.contains(&peer.gid()),
        }
    }
}
