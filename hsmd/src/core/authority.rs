//! The instance's certificate authority: it signs the daemon's own certificate and the agents'.
//!
//! Purposes are kept apart by private extended key usages, so that an agent's certificate is never taken for a
//! server's or the other way round.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P384_SHA384, SerialNumber,
};
use rustls::pki_types::{CertificateDer, CertificateSigningRequestDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::Error;

/// Marks an agent's certificate: an arc under 2.25 (ITU-T X.667), made from a random number.
const AGENT_PURPOSE: &[u64] = &[2, 25, 7_417_640_318_254_921_043, 1];
/// Marks the daemon's own certificate.
const SERVER_PURPOSE: &[u64] = &[2, 25, 7_417_640_318_254_921_043, 2];

/// The daemon makes itself a new certificate at each start, good for longer than any uptime.
const SERVER_DAYS: i64 = 825;
/// The authority outlives what it signs.
const AUTHORITY_DAYS: i64 = 3_650;
/// Clocks of other machines may be a little behind.
const BACKDATED: Duration = Duration::minutes(5);

/// The longest life of an access certificate.
const MAX_AGENT_HOURS: u32 = 825 * 24;

/// The authority, with its key.
pub(crate) struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// What an agent gets.
pub(crate) struct Issued {
    /// The certificate and the authority's, in PEM.
    pub(crate) chain_pem: String,
    /// SHA-256 of the certificate.
    pub(crate) fingerprint: [u8; 32],
    /// The serial number, in hexadecimal digits.
    pub(crate) serial: String,
    /// When it ends, in seconds since 1970.
    pub(crate) not_after: u64,
}

impl Authority {
    /// Makes a new authority for the instance of this name: gives its key (PKCS#8, DER) and certificate (DER).
    pub(crate) fn generate(
        instance: &str,
        now: u64,
    ) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).map_err(Error::certificate)?;
        let mut params = named(
            &format!("Dew HSM {instance}"),
            now,
            Duration::days(AUTHORITY_DAYS),
        )?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(Error::certificate)?;
        Ok((
            Zeroizing::new(key.serialize_der()),
            certificate.der().to_vec(),
        ))
    }

    /// Takes up an authority from what [`Authority::generate`] gave.
    pub(crate) fn open(key: &[u8], certificate: Vec<u8>) -> Result<Self, Error> {
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&key.into(), &PKCS_ECDSA_P384_SHA384)
            .map_err(Error::certificate)?;
        let certificate = CertificateDer::from(certificate);
        let issuer = Issuer::from_ca_cert_der(&certificate, key).map_err(Error::certificate)?;
        Ok(Self {
            certificate,
            issuer,
        })
    }

    /// Its own certificate.
    pub(crate) fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Its own certificate in PEM: what agents and administrators trust.
    pub(crate) fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// Makes the daemon a key and a certificate under `server_name`.
    pub(crate) fn issue_server(
        &self,
        server_name: &str,
        now: u64,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
        let key =
            KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(Error::certificate)?;
        let mut params = named(server_name, now, Duration::days(SERVER_DAYS))?;
        let name = server_name.try_into().map_err(Error::certificate)?;
        params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::Other(SERVER_PURPOSE.to_vec()),
        ];
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(Error::certificate)?;
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        Ok((
            vec![certificate.der().clone(), self.certificate.clone()],
            key,
        ))
    }

    /// Signs an agent's request: name and purposes are ours, only the key is the request's.
    pub(crate) fn issue_agent(
        &self,
        name: &str,
        request: &[u8],
        hours: u32,
        now: u64,
    ) -> Result<Issued, Error> {
        if hours == 0 || hours > MAX_AGENT_HOURS {
            return Err(Error::Refused(format!(
                "an access certificate is good for 1 to {MAX_AGENT_HOURS} hours, not {hours}"
            )));
        }
        let request = CertificateSigningRequestDer::from(request);
        let request = CertificateSigningRequestParams::from_der(&request).map_err(|error| {
            Error::Refused(format!(
                "the certificate signing request cannot be read: {error}"
            ))
        })?;
        let mut params = named(name, now, Duration::hours(hours.into()))?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::Other(AGENT_PURPOSE.to_vec()),
        ];
        let not_after = u64::try_from(params.not_after.unix_timestamp()).unwrap_or_default();
        let serial = params
            .serial_number
            .as_ref()
            .map(SerialNumber::to_bytes)
            .unwrap_or_default();
        let certificate = params
            .signed_by(&request.public_key, &self.issuer)
            .map_err(Error::certificate)?;
        Ok(Issued {
            chain_pem: format!("{}{}", certificate.pem(), self.certificate_pem()),
            fingerprint: sha256(certificate.der()),
            serial: hex::encode(serial),
            not_after,
        })
    }
}

/// The parameters that all our certificates share: a name, a life and a random serial number.
fn named(name: &str, now: u64, life: Duration) -> Result<CertificateParams, Error> {
    let now = i64::try_from(now)
        .ok()
        .and_then(|now| OffsetDateTime::from_unix_timestamp(now).ok())
        .ok_or_else(|| Error::Refused("the clock is out of range".to_owned()))?;
    let mut serial = [0; 16];
    mech::random(&mut serial)?;
    serial[0] &= 0x7f; // RFC 5280, 4.1.2.2: positive.
    serial[0] |= 0x40; // And without a leading zero, so that it reads the same everywhere.
    let mut params = CertificateParams::default();
    params.not_before = now - BACKDATED;
    params.not_after = now + life;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Wraps DER in PEM's clothes.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    x509_cert::der::pem::encode_string(label, x509_cert::der::pem::LineEnding::LF, der)
        .unwrap_or_default()
}

/// SHA-256: the registers know certificates by it.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut out = [0; 32];
    out.copy_from_slice(digest.as_ref());
    out
}

#[cfg(test)]
mod tests;
