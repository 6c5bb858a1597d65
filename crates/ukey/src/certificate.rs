//! The certificate of a UKey, and what others do with one.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose,
    SigningKey, date_time_ymd,
};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode, asn1::ObjectIdentifier};

use crate::{Error, Role};

/// The extended key usage that marks the certificate of a UKey, so that no other certificate can
/// stand in for one. The arc 2.25 belongs to whoever draws a random number (X.667).
pub const EXTENDED_KEY_USAGE: &[u64] = &[2, 25, 7_215_403_886_012_974_713, 1];

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// Makes the certificate of a new UKey, signed by its own key. It has no end (RFC 5280, 4.1.2.5):
/// a UKey counts because it is registered, and until it is removed.
pub(crate) fn self_signed(
    uuid: &str,
    role: Role,
    key: &impl SigningKey,
) -> Result<Vec<u8>, rcgen::Error> {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationalUnitName, role.name());
    name.push(DnType::CommonName, uuid);
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(9999, 12, 31) + std::time::Duration::from_secs(86_399);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ClientAuth,
        ExtendedKeyUsagePurpose::Other(EXTENDED_KEY_USAGE.to_vec()),
    ];
    Ok(params.self_signed(key)?.der().to_vec())
}

/// Checks that the key of a UKey's certificate signed a message (ECDSA P-256, SHA-256, ASN.1).
///
/// # Errors
/// [`Error::Certificate`] when it is no P-256 certificate, [`Error::Signature`] when the signature
/// does not fit.
pub fn verify(certificate_der: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Error> {
    let certificate = parse(certificate_der)?;
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let curve = spki
        .algorithm
        .parameters
        .as_ref()
        .and_then(|any| any.decode_as().ok());
    if spki.algorithm.oid != EC_PUBLIC_KEY || curve != Some(P256) {
        return Err(Error::Certificate {
            field: "key algorithm",
        });
    }
    let Some(point) = spki.subject_public_key.as_bytes() else {
        return Err(Error::Certificate {
            field: "public key",
        });
    };
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(message, signature)
        .map_err(|_| Error::Signature)
}

/// Hashes the public key of a certificate (its SubjectPublicKeyInfo), by which a UKey is known.
///
/// # Errors
/// [`Error::Certificate`] when it is no certificate.
pub fn spki_sha256(certificate_der: &[u8]) -> Result<[u8; 32], Error> {
    let spki = parse(certificate_der)?
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()
        .map_err(|_| Error::Certificate {
            field: "public key",
        })?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &spki).as_ref());
    Ok(hash)
}

fn parse(certificate_der: &[u8]) -> Result<Certificate, Error> {
    Certificate::from_der(certificate_der).map_err(|_| Error::Certificate { field: "encoding" })
}

#[cfg(test)]
mod tests;
