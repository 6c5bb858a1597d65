//! An instance CA.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use transport::tls;

/// The name in an HSM's certificate.
pub(crate) const SERVER_NAME: &str = "hsmd";

#[derive(Clone)]
pub(crate) struct Ca(Arc<CertifiedIssuer<'static, KeyPair>>);

impl Ca {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(Arc::new(CertifiedIssuer::self_signed(params, key).unwrap()))
    }

    pub(crate) fn write_certificate(&self, path: &Path) {
        std::fs::write(path, self.0.pem()).unwrap();
    }

    /// Issues an agent's certificate.
    pub(crate) fn issue_access(&self, certificate: &Path, key: &Path) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let pair = KeyPair::generate().unwrap();
        let issued = params.signed_by(&pair, &self.0).unwrap();
        std::fs::write(certificate, issued.pem()).unwrap();
        write_private(key, &pair.serialize_pem());
    }

    /// Makes the TLS side of an HSM whose certificate ends in `last_year`.
    pub(crate) fn server(&self, last_year: i32) -> ServerConfig {
        let mut params = CertificateParams::new(vec![SERVER_NAME.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(last_year, 12, 31);
        let pair = KeyPair::generate().unwrap();
        let issued = params.signed_by(&pair, &self.0).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), tls::provider())
            .build()
            .unwrap();
        let key = PrivateKeyDer::Pkcs8(pair.serialize_der().into());
        tls::server_config(verifier, vec![issued.der().clone()], key).unwrap()
    }
}

fn write_private(path: &Path, text: &str) {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
