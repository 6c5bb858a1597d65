//! Data-key pairs: made for a client, who keeps the private key encrypted under a key of KMS.
//!
//! The private key is the client's from the beginning and is given in the clear if the client wants it; so it is made
//! here, as a data key is, and not kept.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kit::api::{Call, Failure, Field, Operation, Reply, Route};
use serde_json::json;
use zeroize::Zeroizing;

use super::{ROW, data, secret, text};
use crate::fields::{
    AAD, EC_PAIR_SPEC, KEY, PROJECT_ID, RSA_PAIR_SPEC, SEQUENCE, WITH_PLAIN_TEXT, context,
    key_reference,
};
use crate::header::{Context, Kind};
use crate::{Kms, access, choices, version};

const GIVES: &[kit::api::Given] = &[
    text("key_id"),
    text("key_spec"),
    text("public_key"),
    secret("private_key_cipher_text"),
    secret("private_key_plain_text"),
];

pub(super) static ROUTES: &[Route<Arc<Kms>>] = &[
    Route {
        operation: Operation {
            name: "create-rsa-datakey-pair",
            summary: "Makes an RSA key pair, the private key encrypted under a key.",
            path: "/v1.0/{project_id}/kms/create-rsa-datakey-pair",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                RSA_PAIR_SPEC.required(),
                SEQUENCE.optional(),
                WITH_PLAIN_TEXT.optional(),
                AAD.optional(),
            ],
            checks: &[key_reference, context],
            gives: GIVES,
            actions: &["kms:dek:create", "kms:cmk:createDataKeyPair"],
            grant: Some("create-datakey-pair"),
            audit: data("createDatakeyPair"),
            read_only: true,
            ..ROW
        },
        run: |kms, call| create(kms, call, &RSA_PAIR_SPEC),
    },
    Route {
        operation: Operation {
            name: "create-ec-datakey-pair",
            summary: "Makes an EC key pair, the private key encrypted under a key.",
            path: "/v1.0/{project_id}/kms/create-ec-datakey-pair",
            takes: &[
                PROJECT_ID.path(),
                KEY.required(),
                EC_PAIR_SPEC.required(),
                SEQUENCE.optional(),
                WITH_PLAIN_TEXT.optional(),
                AAD.optional(),
            ],
            checks: &[key_reference, context],
            gives: GIVES,
            actions: &["kms:dek:create", "kms:cmk:createDataKeyPair"],
            grant: Some("create-datakey-pair"),
            audit: data("createDatakeyPair"),
            read_only: true,
            ..ROW
        },
        run: |kms, call| create(kms, call, &EC_PAIR_SPEC),
    },
];

/// A key pair as its owner gets it.
struct Pair {
    /// DER `SubjectPublicKeyInfo`.
    public: Vec<u8>,
    /// DER PKCS#8.
    private: Zeroizing<Vec<u8>>,
}

fn broken(what: impl std::fmt::Debug) -> Failure {
    Failure::internal(format_args!("making a data-key pair: {what:?}"))
}

fn rsa_pair(size: KeySize) -> Result<Pair, Failure> {
    let pair = rsa::KeyPair::generate(size).map_err(broken)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(broken)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(broken)?;
    Ok(Pair {
        public: public.as_ref().to_vec(),
        private: Zeroizing::new(private.as_ref().to_vec()),
    })
}

fn ec_pair(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Pair, Failure> {
    let pair = EcdsaKeyPair::generate(algorithm).map_err(broken)?;
    let private = pair.to_pkcs8v1().map_err(broken)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(broken)?;
    Ok(Pair {
        public: public.as_ref().to_vec(),
        private: Zeroizing::new(private.as_ref().to_vec()),
    })
}

fn generate(spec: &str) -> Result<Pair, Failure> {
    match spec {
        "RSA_2048" => rsa_pair(KeySize::Rsa2048),
        "RSA_3072" => rsa_pair(KeySize::Rsa3072),
        "RSA_4096" => rsa_pair(KeySize::Rsa4096),
        "ECC_NIST_P256" => ec_pair(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
        "ECC_NIST_P384" => ec_pair(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
        "ECC_NIST_P521" => ec_pair(&signature::ECDSA_P521_SHA512_ASN1_SIGNING),
        "ECC_SECG_P256K1" => ec_pair(&signature::ECDSA_P256K1_SHA256_ASN1_SIGNING),
        _ => Err(Failure::because(
            choices::KIND_NOT_OFFERED,
            format_args!("Pairs of the kind {spec} are not offered."),
        )),
    }
}

fn create(kms: &Kms, call: &Call<'_>, field: &Field) -> Result<Reply, Failure> {
    let (key, held) = call.db.read(|tx| {
        let key = access::key(tx, call, call.args.need(&KEY)?)?;
        key.need_symmetric()?;
        key.state.use_material()?;
        let held = version::load(tx, &key, key.version)?;
        Ok::<_, Failure>((key, held))
    })?;
    let spec = call.args.need(field)?;
    let pair = generate(spec)?;
    let context = Context::of(call.args.text(&AAD), None);
    // As data and not as a data key: `decrypt-data` is what gives the private key back.
    let cipher = kms
        .vault
        .encrypt(&held, Kind::Data, &context, &pair.private)?;
    let mut body = json!({
        "key_id": key.id,
        "key_spec": spec,
        "public_key": BASE64.encode(&pair.public),
        "private_key_cipher_text": BASE64.encode(cipher),
    });
    if call.args.flag(&WITH_PLAIN_TEXT).unwrap_or(true) {
        body["private_key_plain_text"] = BASE64.encode(&*pair.private).into();
    }
    Ok(Reply::new(body).on(key.subject()))
}
