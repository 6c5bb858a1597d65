//! What other software tokens have and Dew has not, each with the reason why.

use std::collections::BTreeMap;

use ck::MechanismType;

/// The lists of the peers, as `docs/peers` has them.
const LISTS: [&str; 2] = [
    include_str!("../../docs/peers/softhsm2.txt"),
    include_str!("../../docs/peers/kryoptic.txt"),
];

/// Why Dew has no such mechanism.
const REASONS: &[(&[&str], &str)] = &[(
    &["KRM_SSHKDF_DERIVE"],
    "a number of Kryoptic's own for keys of SSH connections (RFC 4253, 7.2): the standard has none, and SSH programs derive such \
     keys by themselves",
)];

/// Mechanisms that Dew is to have, and has not yet.
const TO_COME: &[&str] = &[
    "CKM_HOTP",
    "CKM_HOTP_KEY_GEN",
    "CKM_IKE1_EXTENDED_DERIVE",
    "CKM_IKE1_PRF_DERIVE",
    "CKM_IKE2_PRF_PLUS_DERIVE",
    "CKM_IKE_PRF_DERIVE",
    "CKM_PUB_KEY_FROM_PRIV_KEY",
];

/// Mechanisms of the standard that no peer has either, and why.
pub(crate) const OTHERS: &[(&str, &str)] = &[(
    "CKM_SHA512_T",
    "and its like: neither AWS-LC nor RustCrypto computes SHA-512 for a length of the caller's, and no standard has answers to test \
     such code by. The lengths that are in use, 224 and 256, have mechanisms of their own",
)];

/// What is said of those.
const NOT_YET: &str = "not written yet";

/// A software token, and what it lists.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its name and version.
    pub(crate) name: String,
    /// The numbers of its mechanisms, and their names.
    pub(crate) mechanisms: Vec<(MechanismType, String)>,
}

/// A mechanism that a peer lists and Dew does not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lack {
    /// Its name.
    pub(crate) name: String,
    /// Who has it.
    pub(crate) peers: Vec<String>,
    /// Why Dew has not; nothing is a fault.
    pub(crate) reason: Option<&'static str>,
}

/// Reads the lists of all peers; a line that is none is told in its place.
pub(crate) fn peers() -> Result<Vec<Peer>, String> {
    LISTS.iter().map(|text| read(text)).collect()
}

/// Reads a list: the name in the first line, and below the remarks a number and a name in each.
fn read(text: &str) -> Result<Peer, String> {
    let mut lines = text.lines();
    let name = lines
        .next()
        .and_then(|line| line.strip_prefix("# "))
        .ok_or("the first line of a peer's list is its name, after `# `")?;
    let mechanisms = lines
        .filter(|line| !line.starts_with('#'))
        .map(|line| entry(line).ok_or_else(|| format!("{name}: `{line}` is no number and name")))
        .collect::<Result<_, _>>()?;
    Ok(Peer {
        name: name.to_owned(),
        mechanisms,
    })
}

/// Reads a line. A name that the standard has is given for its number only.
fn entry(line: &str) -> Option<(MechanismType, String)> {
    let (number, name) = line.split_once(' ')?;
    let number = u64::from_str_radix(number.strip_prefix("0x")?, 16).ok()?;
    let standard = MechanismType::ALL.iter().find(|(_, known)| *known == name);
    if standard.is_some_and(|(id, _)| id.0 != number) || name.is_empty() {
        return None;
    }
    Some((MechanismType(number), name.to_owned()))
}

/// Finds what peers have and Dew has not.
pub(crate) fn lacks(peers: &[Peer]) -> Vec<Lack> {
    let mut lacks = BTreeMap::new();
    for peer in peers {
        for (id, name) in &peer.mechanisms {
            if ck::mechanism(*id).is_some() {
                continue;
            }
            let lack = lacks.entry(*id).or_insert_with(|| Lack {
                name: name.clone(),
                peers: Vec::new(),
                reason: reason(name),
            });
            lack.peers.push(peer.name.clone());
        }
    }
    lacks.into_values().collect()
}

fn reason(name: &str) -> Option<&'static str> {
    if TO_COME.contains(&name) {
        return Some(NOT_YET);
    }
    let mut rows = REASONS.iter();
    rows.find(|(names, _)| names.contains(&name))
        .map(|(_, reason)| *reason)
}

/// Names what is wrong with lists and reasons: a mechanism without a reason, and a reason without its mechanism.
pub(crate) fn faults() -> Vec<String> {
    let peers = match peers() {
        Ok(peers) => peers,
        Err(fault) => return vec![fault],
    };
    let lacks = lacks(&peers);
    let unexplained = lacks.iter().filter(|lack| lack.reason.is_none());
    let unexplained = unexplained.map(|lack| {
        format!(
            "{} has {}, and Dew has not: serve it, or say in xtask/src/peers.rs why not",
            lack.peers.join(" and "),
            lack.name
        )
    });
    let named = REASONS.iter().flat_map(|(names, _)| names.iter());
    let stale = named.filter(|name| lacks.iter().all(|lack| lack.name != **name));
    let stale = stale.map(|name| {
        format!(
            "xtask/src/peers.rs says why Dew has no {name}, which it has or no peer has: remove it"
        )
    });
    unexplained.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lack_has_a_reason_and_every_reason_a_lack() {
        assert_eq!(faults(), [""; 0]);
    }

    #[test]
    fn what_nobody_has_is_of_the_standard_and_not_ours() {
        for (name, _) in OTHERS {
            let all = MechanismType::ALL.iter();
            let id = all.filter(|(_, known)| known == name).map(|(id, _)| *id);
            let ours: Vec<_> = id.map(|id| ck::mechanism(id).is_some()).collect();
            assert_eq!(ours, [false], "{name}");
        }
    }

    #[test]
    fn the_lists_are_as_long_as_their_peers_tell() {
        let peers = peers().unwrap();
        let lens: Vec<_> = peers.iter().map(|peer| peer.mechanisms.len()).collect();
        assert_eq!(lens, [70, 174]);
        for peer in peers {
            assert!(
                peer.mechanisms.is_sorted_by(|one, next| one.0 < next.0),
                "{}",
                peer.name
            );
        }
    }

    #[test]
    fn a_new_row_of_a_peer_is_seen() {
        let peer =
            read("# A Peer 1\n# Remark.\n0x00000001 CKM_RSA_PKCS\n0x00000004 CKM_MD2_RSA_PKCS\n")
                .unwrap();
        let lack = Lack {
            name: "CKM_MD2_RSA_PKCS".to_owned(),
            peers: vec!["A Peer 1".to_owned()],
            reason: None,
        };
        assert_eq!(lacks(&[peer]), [lack]);
    }

    #[test]
    fn a_line_that_is_none_is_told() {
        for line in [
            "CKM_RSA_PKCS",
            "0x1",
            "1 CKM_RSA_PKCS",
            "0x00000002 CKM_RSA_PKCS",
        ] {
            let fault = read(&format!("# A Peer 1\n{line}\n")).unwrap_err();
            assert!(fault.contains(line), "{fault}");
        }
        assert!(read("0x00000001 CKM_RSA_PKCS\n").is_err());
    }
}
