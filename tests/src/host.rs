//! Whatever serves the token that a client test talks to.

use crate::{Access, Chain, Partition, SoftHsm, Token, setting};

/// The chain, or the peer that takes its place where `DEW_TEST_PEER` is set.
pub enum Host {
    /// Dew: module, agent and HSM.
    Chain(Box<Chain>),
    /// A peer: only a client's own commands are under test then.
    Peer(Box<SoftHsm>),
}

impl Host {
    /// Starts it.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        if setting("DEW_TEST_PEER").is_some() {
            Self::Peer(Box::new(SoftHsm::start()))
        } else {
            Self::Chain(Box::new(Chain::start()))
        }
    }

    /// Starts it so that clients see the one token that [`Partition::Compat`] names: some try one PIN on all they see.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_with_one_token() -> Self {
        if setting("DEW_TEST_PEER").is_some() {
            Self::Peer(Box::new(SoftHsm::start()))
        } else {
            Self::Chain(Box::new(Chain::start_with(Access::Compat)))
        }
    }

    /// Returns one of its tokens; a peer has one for all purposes.
    #[must_use]
    pub fn token(&self, partition: Partition) -> Token {
        match self {
            Self::Chain(chain) => chain.token(partition),
            Self::Peer(peer) => peer.token(),
        }
    }

    /// Tells whether Dew itself is under test.
    #[must_use]
    pub const fn is_dew(&self) -> bool {
        matches!(self, Self::Chain(_))
    }
}
