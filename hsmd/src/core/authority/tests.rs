//! What the authority signs is accepted by a verifier that trusts it, for its purpose and its life only.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::{Authority, sha256};

const NOW: u64 = 1_790_000_000;

fn authority() -> Authority {
    let (key, certificate) = Authority::generate("test", NOW).unwrap();
    Authority::open(&key, certificate).unwrap()
}

fn request() -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "what the agent would like");
    params.serialize_request(&key).unwrap().der().to_vec()
}

/// Whether a verifier that trusts `authority` lets the holder of `certificate` in, at a time.
fn admits(authority: &Authority, certificate: &CertificateDer<'_>, at: u64) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate().clone()).unwrap();
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), transport::tls::provider())
        .build()
        .unwrap()
        .verify_client_cert(
            certificate,
            &[],
            UnixTime::since_unix_epoch(Duration::from_secs(at)),
        )
        .is_ok()
}

#[test]
fn an_access_certificate_is_good_for_its_hours_and_its_authority() {
    let ours = authority();
    let issued = ours.issue_agent("web-1", &request(), 2, NOW).unwrap();
    let certificate = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
    assert_eq!(issued.fingerprint, sha256(&certificate));
    assert_eq!(issued.not_after, NOW + 7_200);
    assert!(admits(&ours, &certificate, NOW));
    assert!(!admits(&ours, &certificate, NOW + 7_201));
    assert!(!admits(&ours, &certificate, NOW - 3_600));
    assert!(!admits(&authority(), &certificate, NOW));
}

#[test]
fn the_name_is_the_administrators_choice_not_the_requests() {
    let issued = authority()
        .issue_agent("web-1", &request(), 2, NOW)
        .unwrap();
    let der = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
    let certificate = Certificate::from_der(&der).unwrap();
    assert_eq!(
        certificate.tbs_certificate().subject().to_string(),
        "CN=web-1"
    );
    assert_eq!(
        hex::encode(certificate.tbs_certificate().serial_number().as_bytes()),
        issued.serial
    );
}

#[test]
fn the_daemons_certificate_is_no_access_certificate() {
    let ours = authority();
    let (chain, _) = ours.issue_server("hsmd", NOW).unwrap();
    assert!(!admits(&ours, &chain[0], NOW));
}

#[test]
fn senseless_requests_and_lives_are_refused() {
    let ours = authority();
    assert!(ours.issue_agent("web-1", b"not a request", 2, NOW).is_err());
    let request = request();
    for hours in [0, u32::MAX] {
        assert!(ours.issue_agent("web-1", &request, hours, NOW).is_err());
    }
    let mut forged = request;
    *forged.last_mut().unwrap() ^= 1;
    assert!(
        ours.issue_agent("web-1", &forged, 2, NOW).is_err(),
        "the proof of possession is checked"
    );
}
