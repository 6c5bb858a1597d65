//! Who is let in: the verifier of client certificates, and the identity that a finished handshake proves.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};

use crate::core::{Core, Identity};

/// Lets in the agents and administrators of the registers, and in the factory state any UKey, which can then do no
/// more than claim the HSM.
pub(crate) struct Admission {
    core: Arc<Core>,
    provider: Arc<CryptoProvider>,
    /// Checks an agent's chain, life and purpose against the instance's authority.
    agents: Arc<dyn ClientCertVerifier>,
}

impl Admission {
    /// Makes the verifier for an instance.
    ///
    /// # Errors
    /// When the authority's certificate is not one that can be trusted.
    pub(crate) fn new(core: Arc<Core>, provider: Arc<CryptoProvider>) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(core.authority_certificate().clone())?;
        let agents =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()?;
        Ok(Self {
            core,
            provider,
            agents,
        })
    }
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admission")
    }
}

impl ClientCertVerifier for Admission {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[] // A UKey's certificate is its own issuer, so a hint would only turn it away.
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.core.identify(end_entity) {
            Some(Identity::Agent(agent)) if agent.is_revoked() => {
                Err(CertificateError::Revoked.into())
            }
            Some(Identity::Agent(_)) => {
                self.agents
                    .verify_client_cert(end_entity, intermediates, now)
            }
            Some(Identity::Administrator(_) | Identity::Claimant(_)) => {
                Ok(ClientCertVerified::assertion())
            }
            None => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not spoken here".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
