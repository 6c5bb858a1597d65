//! The HKDF TLS Token: initialisation vectors of TLS 1.3 as data objects (Profiles section 5.6, new in version 3.2).

use aws_lc_rs::hkdf;
use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Mechanism, Structure, Template};
use crate::case::{Case, Outcome, case, profiles};
use crate::context::Context;
use crate::key_use::counting_key;

/// How long the initialisation vector of an AEAD of TLS 1.3 is.
const LENGTH: u8 = 12;

pub(super) fn cases() -> Vec<Case> {
    [("iv", "tls iv"), ("quic-iv", "tls quic iv")]
        .map(|(name, label)| {
            case(
                format!("profile.hkdf-tls.{name}"),
                profiles("5.6"),
                format!("CKM_HKDF_DATA with the information \"{label}\" derives what another implementation derives."),
            )
            .since(Version::V3_0)
            .run(move |cx| derived(cx, label))
        })
        .into()
}

/// How many bytes to derive.
struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        usize::from(LENGTH)
    }
}

fn derived(cx: &mut Context<'_>, label: &str) -> Outcome {
    if cx.mechanism(CKM_HKDF_DATA, CKF_DERIVE).is_err() {
        return cx.lacking(CKP_HKDF_TLS_TOKEN, "CKM_HKDF_DATA", "not listed");
    }
    let session = cx.session()?;
    let secret = counting_key(32);
    let base = cx.import_secret(session, CKK_HKDF, &secret, &[CKA_DERIVE])?;
    let information = [&[0, LENGTH], label.as_bytes(), &[0]].concat();
    let structure = Structure::new()
        .inline(&[0, 1])
        .number(CKM_SHA256)
        .number(CKF_HKDF_SALT_NULL)
        .counted(&[])
        .number(0)
        .counted(&information);
    let template = Template::class(CKO_DATA)
        .flag(CKA_TOKEN, false)
        .number(CKA_VALUE_LEN, CK_ULONG::from(LENGTH));
    let mechanism = Mechanism::with(CKM_HKDF_DATA, structure);
    let (rv, object) = cx.c.derive_key(session, &mechanism, base, &template);
    cx.ok(rv)?;
    let mut expected = [0; LENGTH as usize];
    hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &secret)
        .expand(&[&information], Length)
        .and_then(|expanded| expanded.fill(&mut expected))
        .expect("twelve bytes are not too many");
    let value = cx.read(session, object, CKA_VALUE)?;
    cx.equal_bytes("CKA_VALUE", &expected, &value)
}
