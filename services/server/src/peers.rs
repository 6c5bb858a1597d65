//! What clients may take of the server before anybody knows who they are: connections, and memory for bodies.
//!
//! A request's signature covers its body, so the body is read before its sender is known. What one address can take is a
//! quarter of the whole, so that the others are still served. Clients of a proxy on this machine all come from loopback:
//! there only the whole is the limit, and the proxy must limit its own clients.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections of one address at once: a quarter of all, and more than a proxy on another machine needs.
const CONNECTIONS_MAX: usize = 1_024;
/// Bytes of bodies of one address at once: the longest body, 256 KiB, for each request that can be worked on.
const BODY_BYTES_MAX: u32 = 32 << 20;
/// Bytes of all bodies at once: for four addresses that take all they can.
const ALL_BODY_BYTES_MAX: u32 = 4 * BODY_BYTES_MAX;

/// The addresses that have connections.
pub(crate) struct Peers {
    bodies: Arc<Semaphore>,
    known: Mutex<HashMap<IpAddr, Known>>,
}

/// What an address has.
struct Known {
    connections: usize,
    bodies: Arc<Semaphore>,
}

/// The place of one connection; it is free again when this goes.
pub(crate) struct Seat {
    peers: Arc<Peers>,
    network: IpAddr,
    bodies: Arc<Semaphore>,
}

/// Memory for a body; it is free again when this goes.
pub(crate) struct Room {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Peers {
    pub(crate) fn new() -> Self {
        Self {
            bodies: Arc::new(bytes(ALL_BODY_BYTES_MAX)),
            known: Mutex::default(),
        }
    }

    /// Takes in a connection, unless its address has too many.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let network = network(address);
        let (connections_max, body_bytes_max) = if network.is_loopback() {
            (usize::MAX, ALL_BODY_BYTES_MAX)
        } else {
            (CONNECTIONS_MAX, BODY_BYTES_MAX)
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = known.entry(network).or_insert_with(|| Known {
            connections: 0,
            bodies: Arc::new(bytes(body_bytes_max)),
        });
        if peer.connections >= connections_max {
            return None;
        }
        peer.connections += 1;
        Some(Seat {
            peers: Arc::clone(self),
            network,
            bodies: Arc::clone(&peer.bodies),
        })
    }
}

impl Seat {
    /// Waits for memory for a body of that many bytes. There is none once the server has gone.
    pub(crate) async fn room(&self, bytes: usize) -> Option<Room> {
        // More than an address may have would never become free.
        let bytes = u32::try_from(bytes).map_or(BODY_BYTES_MAX, |bytes| bytes.min(BODY_BYTES_MAX));
        // Its own share first: an address that waits for that must not keep anybody else's.
        let own = Arc::clone(&self.bodies).acquire_many_owned(bytes).await;
        let all = &self.peers.bodies;
        Some(Room {
            _own: own.ok()?,
            _all: Arc::clone(all).acquire_many_owned(bytes).await.ok()?,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let known = self.peers.known.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = known.get_mut(&self.network) {
            peer.connections -= 1;
            if peer.connections == 0 {
                known.remove(&self.network);
            }
        }
    }
}

/// What counts as one address: of IPv6 the first 64 bits, as everybody has the others to choose.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let bits = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
        other => other,
    }
}

fn bytes(most: u32) -> Semaphore {
    Semaphore::new(usize::try_from(most).expect("the limits fit in any address space"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const LONGEST: usize = 32 << 20;

    fn seat(peers: &Arc<Peers>, address: &str) -> Option<Seat> {
        peers.admit(address.parse().unwrap())
    }

    async fn room(seat: &Seat, bytes: usize) -> Option<Room> {
        let waited = timeout(Duration::from_secs(1), seat.room(bytes)).await;
        waited.ok().flatten()
    }

    #[test]
    fn an_address_has_its_share_of_connections_and_no_more() {
        let peers = Arc::new(Peers::new());
        let mut seats: Vec<_> = (0..1_024)
            .map(|host| seat(&peers, &format!("2001:db8::{host:x}")).unwrap())
            .collect();
        assert!(seat(&peers, "2001:db8::ffff:1").is_none());
        assert!(seat(&peers, "2001:db8:0:1::1").is_some());
        seats.pop();
        assert!(seat(&peers, "2001:db8::1").is_some());
        drop(seats);
        assert!(peers.known.lock().unwrap().is_empty());
    }

    #[test]
    fn clients_of_a_proxy_on_this_machine_are_not_counted_together() {
        let peers = Arc::new(Peers::new());
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let seats: Vec<_> = (0..2_000).map(|_| seat(&peers, address)).collect();
            assert!(seats.iter().all(Option::is_some), "{address}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_all_their_memory_leaves_that_of_others() {
        let peers = Arc::new(Peers::new());
        let greedy = seat(&peers, "192.0.2.1").unwrap();
        let again = seat(&peers, "192.0.2.1").unwrap();
        let other = seat(&peers, "192.0.2.2").unwrap();
        let taken = room(&greedy, LONGEST).await.unwrap();
        assert!(room(&again, 1).await.is_none());
        assert!(room(&again, 0).await.is_some(), "no body needs no memory");
        assert!(room(&other, LONGEST).await.is_some());
        drop(taken);
        assert!(room(&again, 1).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn all_together_take_no_more_than_there_is() {
        let peers = Arc::new(Peers::new());
        let seats: Vec<_> = (1..=5)
            .map(|host| seat(&peers, &format!("192.0.2.{host}")).unwrap())
            .collect();
        let mut rooms = Vec::new();
        for seat in &seats[..4] {
            rooms.push(room(seat, LONGEST).await.unwrap());
        }
        assert!(room(&seats[4], 1).await.is_none());
        rooms.pop();
        assert!(room(&seats[4], LONGEST).await.is_some());
    }
}
