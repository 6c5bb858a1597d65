//! Key pairs of every kind: they are made as asked for, say what they are, and fit each other.

use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Mechanism, Session, Template};
use crate::case::{Case, Outcome, case, other, spec, spec32};
use crate::context::{Context, fail};
use crate::key_use::sealed;
use crate::keys::{Pair, private, public, unhex};

/// A kind of key pair.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    section: &'static str,
    since: Version,
    mechanism: CK_MECHANISM_TYPE,
    key_type: CK_KEY_TYPE,
    /// What the public key's template has to say.
    asked: Asked,
    /// The mechanism and the length of the data that show that the halves fit, where they sign.
    signs: Option<(CK_MECHANISM_TYPE, usize)>,
}

#[derive(Clone, Copy)]
enum Asked {
    Rsa(u64),
    Curve(&'static str),
    Group,
    Set(u64),
}

impl Asked {
    fn template(self) -> Template {
        let template = Template::new();
        match self {
            Self::Rsa(bits) => template
                .number(CKA_MODULUS_BITS, bits)
                .bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
            Self::Curve(parameters) => template.bytes(CKA_EC_PARAMS, &unhex(parameters)),
            Self::Group => template
                .bytes(CKA_PRIME, &unhex(MODP_2048))
                .bytes(CKA_BASE, &[2]),
            Self::Set(number) => template.number(CKA_PARAMETER_SET, number),
        }
    }

    /// What is missing from the template without this.
    fn required(self) -> CK_ATTRIBUTE_TYPE {
        match self {
            Self::Rsa(_) => CKA_MODULUS_BITS,
            Self::Curve(_) => CKA_EC_PARAMS,
            Self::Group => CKA_PRIME,
            Self::Set(_) => CKA_PARAMETER_SET,
        }
    }
}

/// The prime of 2,048 bits of RFC 3526, section 3.
const MODP_2048: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";

const V2: Version = Version::V2_40;
/// Asked for where the slot lists them, whatever version the module says.
const V3: Version = Version::V2_40;
const PQ: Version = Version::V3_2;
const RSA: Option<(CK_MECHANISM_TYPE, usize)> = Some((CKM_RSA_PKCS, 32));
const ECDSA: Option<(CK_MECHANISM_TYPE, usize)> = Some((CKM_ECDSA, 32));
const EDDSA: Option<(CK_MECHANISM_TYPE, usize)> = Some((CKM_EDDSA, 32));
const EC_GEN: CK_MECHANISM_TYPE = CKM_EC_KEY_PAIR_GEN;
const ED_GEN: CK_MECHANISM_TYPE = CKM_EC_EDWARDS_KEY_PAIR_GEN;
const X_GEN: CK_MECHANISM_TYPE = CKM_EC_MONTGOMERY_KEY_PAIR_GEN;

#[rustfmt::skip] // A table reads by its columns.
const KINDS: &[Kind] = &[
    Kind { name: "rsa-2048", section: "6.1.4", since: V2, mechanism: CKM_RSA_PKCS_KEY_PAIR_GEN, key_type: CKK_RSA, asked: Asked::Rsa(2048), signs: RSA },
    Kind { name: "ec-p224", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06052b81040021"), signs: ECDSA },
    Kind { name: "ec-p256", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06082a8648ce3d030107"), signs: ECDSA },
    Kind { name: "ec-p384", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06052b81040022"), signs: ECDSA },
    Kind { name: "ec-p521", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06052b81040023"), signs: ECDSA },
    Kind { name: "ec-secp256k1", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06052b8104000a"), signs: ECDSA },
    Kind { name: "ec-brainpool-p256r1", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06092b2403030208010107"), signs: ECDSA },
    Kind { name: "ec-brainpool-p384r1", section: "6.3.9", since: V2, mechanism: EC_GEN, key_type: CKK_EC, asked: Asked::Curve("06092b240303020801010b"), signs: ECDSA },
    Kind { name: "ed25519", section: "6.3.10", since: V3, mechanism: ED_GEN, key_type: CKK_EC_EDWARDS, asked: Asked::Curve("06032b6570"), signs: EDDSA },
    Kind { name: "ed25519-by-name", section: "6.3.10", since: V3, mechanism: ED_GEN, key_type: CKK_EC_EDWARDS, asked: Asked::Curve("130c656477617264733235353139"), signs: EDDSA },
    Kind { name: "ed448", section: "6.3.10", since: V3, mechanism: ED_GEN, key_type: CKK_EC_EDWARDS, asked: Asked::Curve("06032b6571"), signs: None },
    Kind { name: "x25519", section: "6.3.11", since: V3, mechanism: X_GEN, key_type: CKK_EC_MONTGOMERY, asked: Asked::Curve("06032b656e"), signs: None },
    Kind { name: "x448", section: "6.3.11", since: V3, mechanism: X_GEN, key_type: CKK_EC_MONTGOMERY, asked: Asked::Curve("06032b656f"), signs: None },
    Kind { name: "dh-2048", section: "6.4.5", since: V2, mechanism: CKM_DH_PKCS_KEY_PAIR_GEN, key_type: CKK_DH, asked: Asked::Group, signs: None },
    Kind { name: "ml-kem-512", section: "6", since: PQ, mechanism: CKM_ML_KEM_KEY_PAIR_GEN, key_type: CKK_ML_KEM, asked: Asked::Set(CKP_ML_KEM_512), signs: None },
    Kind { name: "ml-kem-768", section: "6", since: PQ, mechanism: CKM_ML_KEM_KEY_PAIR_GEN, key_type: CKK_ML_KEM, asked: Asked::Set(CKP_ML_KEM_768), signs: None },
    Kind { name: "ml-kem-1024", section: "6", since: PQ, mechanism: CKM_ML_KEM_KEY_PAIR_GEN, key_type: CKK_ML_KEM, asked: Asked::Set(CKP_ML_KEM_1024), signs: None },
    Kind { name: "ml-dsa-44", section: "6.67", since: PQ, mechanism: CKM_ML_DSA_KEY_PAIR_GEN, key_type: CKK_ML_DSA, asked: Asked::Set(CKP_ML_DSA_44), signs: Some((CKM_ML_DSA, 32)) },
    Kind { name: "ml-dsa-65", section: "6.67", since: PQ, mechanism: CKM_ML_DSA_KEY_PAIR_GEN, key_type: CKK_ML_DSA, asked: Asked::Set(CKP_ML_DSA_65), signs: Some((CKM_ML_DSA, 32)) },
    Kind { name: "ml-dsa-87", section: "6.67", since: PQ, mechanism: CKM_ML_DSA_KEY_PAIR_GEN, key_type: CKK_ML_DSA, asked: Asked::Set(CKP_ML_DSA_87), signs: Some((CKM_ML_DSA, 32)) },
    Kind { name: "slh-dsa-sha2-128f", section: "6", since: PQ, mechanism: CKM_SLH_DSA_KEY_PAIR_GEN, key_type: CKK_SLH_DSA, asked: Asked::Set(CKP_SLH_DSA_SHA2_128F), signs: Some((CKM_SLH_DSA, 32)) },
];

impl Kind {
    fn section(self) -> crate::case::Section {
        if self.since == PQ {
            spec32(self.section)
        } else {
            spec(self.section)
        }
    }

    fn templates(self) -> (Template, Template) {
        let publics: &[_] = if self.signs.is_some() {
            &[CKA_VERIFY]
        } else {
            &[]
        };
        let privates: &[_] = match self.key_type {
            _ if self.signs.is_some() => &[CKA_SIGN],
            CKK_EC_MONTGOMERY | CKK_DH => &[CKA_DERIVE],
            _ => &[],
        };
        (
            public(self.key_type, publics).and(&self.asked.template()),
            private(self.key_type, privates),
        )
    }

    /// Makes a pair; the case does not apply where the module does not know the curve, group or set.
    fn make(
        self,
        cx: &Context<'_>,
        session: Session,
        publics: &Template,
        privates: &Template,
    ) -> Outcome<Pair> {
        let listed = cx.mechanism(self.mechanism, CKF_GENERATE_KEY_PAIR)?;
        let mechanism = Mechanism::new(self.mechanism);
        let (rv, public, private) =
            cx.c.generate_key_pair(session, &mechanism, publics, privates);
        let unknown = [
            CKR_CURVE_NOT_SUPPORTED,
            CKR_DOMAIN_PARAMS_INVALID,
            CKR_PARAMETER_SET_NOT_SUPPORTED,
        ];
        if unknown.contains(&rv.0) {
            return crate::context::not_applicable(format!("these parameters answer {rv}"));
        }
        if let Asked::Rsa(bits) = self.asked
            && !(listed.min..=listed.max).contains(&bits)
        {
            return crate::context::not_applicable("the slot lists other sizes");
        }
        cx.ok(rv)?;
        Ok(Pair { public, private })
    }
}

pub(super) fn cases() -> Vec<Case> {
    KINDS
        .iter()
        .flat_map(|kind| {
            [
                made(*kind),
                history(*kind),
                wrong_class(*kind),
                wrong_type(*kind),
                incomplete(*kind),
            ]
        })
        .chain(
            KINDS
                .iter()
                .filter_map(|kind| Some(fits(*kind, kind.signs?))),
        )
        .chain(rsa())
        .chain(curves())
        .chain(halves())
        .collect()
}

fn made(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.attributes"),
        kind.section(),
        "Both keys of the pair are of the mechanism's kind, local, name their mechanism, and keep label and identifier.",
    )
    .since(kind.since)
    .run(move |cx| {
        let session = cx.session()?;
        let (publics, privates) = kind.templates();
        let (first, second) = (cx.label(), cx.label());
        let publics = publics.text(CKA_LABEL, &first).bytes(CKA_ID, &[5, 6]);
        let privates = privates.text(CKA_LABEL, &second).bytes(CKA_ID, &[7, 8]);
        let pair = kind.make(cx, session, &publics, &privates)?;
        let halves = [
            (pair.public, CKO_PUBLIC_KEY, first, [5, 6]),
            (pair.private, CKO_PRIVATE_KEY, second, [7, 8]),
        ];
        for (key, class, label, id) in halves {
            cx.equal("CKA_CLASS", &class, &cx.number_of(session, key, CKA_CLASS)?)?;
            cx.equal("CKA_KEY_TYPE", &kind.key_type, &cx.number_of(session, key, CKA_KEY_TYPE)?)?;
            cx.expect_flag(session, key, CKA_LOCAL, true)?;
            let mechanism = cx.number_of(session, key, CKA_KEY_GEN_MECHANISM)?;
            cx.equal("CKA_KEY_GEN_MECHANISM", &kind.mechanism, &mechanism)?;
            cx.equal_bytes("CKA_LABEL", label.as_bytes(), &cx.bytes_of(session, key, CKA_LABEL)?)?;
            cx.equal_bytes("CKA_ID", &id, &cx.bytes_of(session, key, CKA_ID)?)?;
        }
        Ok(())
    })
}

fn history(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.history"),
        spec("4.9"),
        "A private key that is made sensitive and unextractable says that it always was.",
    )
    .since(kind.since)
    .run(move |cx| {
        let session = cx.session()?;
        let (publics, privates) = kind.templates();
        let pair = kind.make(cx, session, &publics, &sealed(privates))?;
        let expected = [
            (CKA_SENSITIVE, true),
            (CKA_EXTRACTABLE, false),
            (CKA_ALWAYS_SENSITIVE, true),
            (CKA_NEVER_EXTRACTABLE, true),
        ];
        for (attribute, value) in expected {
            cx.expect_flag(session, pair.private, attribute, value)?;
        }
        Ok(())
    })
}

fn wrong_class(kind: Kind) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.class-of-another"),
        spec("5.18.2"),
        "A public key's template with the class of private keys answers CKR_TEMPLATE_INCONSISTENT.",
    )
    .since(kind.since)
    .run(move |cx| {
        let (publics, privates) = kind.templates();
        refused(
            cx,
            kind,
            &publics.number(CKA_CLASS, CKO_PRIVATE_KEY),
            &privates,
        )
    })
}

fn wrong_type(kind: Kind) -> Case {
    let name = kind.name;
    let another = if kind.key_type == CKK_RSA {
        CKK_EC
    } else {
        CKK_RSA
    };
    case(
        format!("generate.{name}.type-of-another"),
        spec("5.18.2"),
        "A private key's template with another kind of key answers CKR_TEMPLATE_INCONSISTENT.",
    )
    .since(kind.since)
    .run(move |cx| {
        let (publics, privates) = kind.templates();
        refused(cx, kind, &publics, &privates.number(CKA_KEY_TYPE, another))
    })
}

fn refused(cx: &mut Context<'_>, kind: Kind, publics: &Template, privates: &Template) -> Outcome {
    cx.mechanism(kind.mechanism, CKF_GENERATE_KEY_PAIR)?;
    let session = cx.session()?;
    let mechanism = Mechanism::new(kind.mechanism);
    let (rv, _, _) =
        cx.c.generate_key_pair(session, &mechanism, publics, privates);
    if matches!(kind.asked, Asked::Curve(_) | Asked::Set(_))
        && !rv.is_ok()
        && rv.0 != CKR_TEMPLATE_INCONSISTENT
    {
        // The curve or set may be what is refused.
        let (publics, privates) = kind.templates();
        kind.make(cx, session, &publics, &privates)?;
        cx.c.generate_key_pair(session, &mechanism, &publics, &privates);
    }
    cx.expect(rv, CKR_TEMPLATE_INCONSISTENT)
}

fn incomplete(kind: Kind) -> Case {
    let name = kind.name;
    let missing = kind.asked.required();
    case(
        format!("generate.{name}.incomplete"),
        spec(if kind.since == PQ {
            "5.18.2"
        } else {
            kind.section
        }),
        format!(
            "A public key's template without {} answers CKR_TEMPLATE_INCOMPLETE.",
            crate::key_use::attribute_name(missing)
        ),
    )
    .since(kind.since)
    .run(move |cx| {
        cx.mechanism(kind.mechanism, CKF_GENERATE_KEY_PAIR)?;
        let session = cx.session()?;
        let (publics, privates) = kind.templates();
        let mechanism = Mechanism::new(kind.mechanism);
        let (rv, _, _) =
            cx.c.generate_key_pair(session, &mechanism, &publics.without(missing), &privates);
        cx.expect(rv, CKR_TEMPLATE_INCOMPLETE)
    })
}

fn fits(kind: Kind, (mechanism, size): (CK_MECHANISM_TYPE, usize)) -> Case {
    let name = kind.name;
    case(
        format!("generate.{name}.halves-fit"),
        spec("5.18.2"),
        "What the private key signs, the public key of its pair verifies, and no other does.",
    )
    .since(kind.since)
    .run(move |cx| {
        cx.mechanism(mechanism, CKF_SIGN | CKF_VERIFY)?;
        let session = cx.session()?;
        let (publics, privates) = kind.templates();
        let pair = kind.make(cx, session, &publics, &privates)?;
        let stranger = kind.make(cx, session, &publics, &privates)?;
        let data = vec![0x42; size];
        let mechanism = Mechanism::new(mechanism);
        let signature = cx.sign_once(session, &mechanism, pair.private, &data);
        let signature = cx.done(signature)?;
        cx.ok(cx.verify_once(session, &mechanism, pair.public, &data, &signature))?;
        let rv = cx.verify_once(session, &mechanism, stranger.public, &data, &signature);
        cx.expect_one_of(rv, &[CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE])
    })
}

fn rsa() -> Vec<Case> {
    [rsa_parts(), rsa_sizes()].into_iter().flatten().collect()
}

fn rsa_parts() -> Vec<Case> {
    vec![
        case(
            "generate.rsa.default-exponent",
            spec("6.1.4"),
            "A template without CKA_PUBLIC_EXPONENT makes a key with 65,537.",
        )
        .should()
        .run(|cx| {
            cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
            let session = cx.session()?;
            let publics = public(CKK_RSA, &[CKA_VERIFY]).number(CKA_MODULUS_BITS, 2048);
            let mechanism = Mechanism::new(CKM_RSA_PKCS_KEY_PAIR_GEN);
            let (rv, key, _) = cx.c.generate_key_pair(
                session,
                &mechanism,
                &publics,
                &private(CKK_RSA, &[CKA_SIGN]),
            );
            cx.ok(rv)?;
            let exponent = cx.bytes_of(session, key, CKA_PUBLIC_EXPONENT)?;
            cx.equal_bytes("CKA_PUBLIC_EXPONENT", &[1, 0, 1], &exponent)
        }),
        case(
            "generate.rsa.modulus",
            spec("6.1.2"),
            "The modulus has as many bits as were asked for, and both keys have the same.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let kind = KINDS[0];
            let (publics, privates) = kind.templates();
            let pair = kind.make(cx, session, &publics, &privates)?;
            cx.equal(
                "CKA_MODULUS_BITS",
                &2048,
                &cx.number_of(session, pair.public, CKA_MODULUS_BITS)?,
            )?;
            let modulus = cx.bytes_of(session, pair.public, CKA_MODULUS)?;
            cx.check(
                modulus.len() == 256 && modulus[0] >= 0x80,
                "a modulus of 2,048 bits, big-endian, without zeros before it",
                hex::encode(&modulus),
            )?;
            let of_private = cx.bytes_of(session, pair.private, CKA_MODULUS)?;
            cx.equal_bytes("CKA_MODULUS of the private key", &modulus, &of_private)
        }),
    ]
}

fn rsa_sizes() -> Vec<Case> {
    vec![
        case(
            "generate.rsa.public-exponent-of-private",
            spec("6.1.3"),
            "The private key has the public exponent too.",
        )
        .should()
        .run(|cx| {
            let session = cx.session()?;
            let kind = KINDS[0];
            let (publics, privates) = kind.templates();
            let pair = kind.make(cx, session, &publics, &privates)?;
            let exponent = cx.bytes_of(session, pair.private, CKA_PUBLIC_EXPONENT)?;
            cx.equal_bytes("CKA_PUBLIC_EXPONENT", &[1, 0, 1], &exponent)
        }),
        case(
            "generate.rsa.size.0",
            spec("6.1.4"),
            "A modulus of no bits is refused.",
        )
        .should()
        .run(|cx| rsa_size(cx, 0)),
        case(
            "generate.rsa.size.17",
            spec("6.1.4"),
            "A modulus of 17 bits is refused.",
        )
        .should()
        .run(|cx| rsa_size(cx, 17)),
        case(
            "generate.rsa.size.too-large",
            spec("6.1.4"),
            "A modulus above the mechanism's largest is refused.",
        )
        .should()
        .run(|cx| {
            let most = cx
                .mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?
                .max;
            rsa_size(cx, most.saturating_mul(2))
        }),
    ]
}

fn rsa_size(cx: &mut Context<'_>, bits: u64) -> Outcome {
    cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let session = cx.session()?;
    let publics = public(CKK_RSA, &[CKA_VERIFY]).and(&Asked::Rsa(bits).template());
    let mechanism = Mechanism::new(CKM_RSA_PKCS_KEY_PAIR_GEN);
    let (rv, _, _) = cx.c.generate_key_pair(
        session,
        &mechanism,
        &publics,
        &private(CKK_RSA, &[CKA_SIGN]),
    );
    cx.expect_one_of(
        rv,
        &[
            CKR_KEY_SIZE_RANGE,
            CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_TEMPLATE_INCOMPLETE,
            CKR_TEMPLATE_INCONSISTENT,
        ],
    )
}

fn curves() -> Vec<Case> {
    let codes: &[CK_RV] = &[
        CKR_CURVE_NOT_SUPPORTED,
        CKR_DOMAIN_PARAMS_INVALID,
        CKR_ATTRIBUTE_VALUE_INVALID,
        CKR_TEMPLATE_INCONSISTENT,
    ];
    let curves = [
        (
            "unknown",
            "06032a0304",
            "A curve that nobody knows is refused.",
        ),
        (
            "no-der",
            "ffffffff",
            "Parameters that are no DER are refused.",
        ),
        (
            "cut-short",
            "06082a8648ce3d0301",
            "Parameters that are cut short are refused.",
        ),
        (
            "other-family",
            "06032b6570",
            "The curve of Ed25519 is refused by the mechanism of ECDSA keys.",
        ),
    ];
    curves
        .into_iter()
        .map(|(name, parameters, requirement)| {
            case(
                format!("generate.ec.curve.{name}"),
                spec("6.3.9"),
                requirement,
            )
            .should()
            .run(move |cx| {
                cx.mechanism(EC_GEN, CKF_GENERATE_KEY_PAIR)?;
                let session = cx.session()?;
                let publics =
                    public(CKK_EC, &[CKA_VERIFY]).bytes(CKA_EC_PARAMS, &unhex(parameters));
                let (rv, _, _) = cx.c.generate_key_pair(
                    session,
                    &Mechanism::new(EC_GEN),
                    &publics,
                    &private(CKK_EC, &[CKA_SIGN]),
                );
                cx.expect_one_of(rv, codes)
            })
        })
        .collect()
}

fn halves() -> Vec<Case> {
    [ec_halves(), failures(), pair_sessions()]
        .into_iter()
        .flatten()
        .collect()
}

fn ec_halves() -> Vec<Case> {
    vec![
        case(
            "generate.ec.point",
            spec("6.3.3"),
            "CKA_EC_POINT is an octet string with an uncompressed point of the curve.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
            let point = cx.bytes_of(session, pair.public, CKA_EC_POINT)?;
            cx.check(
                point.len() == 67 && point.starts_with(&[4, 65, 4]),
                "04 41 04 and 64 bytes",
                hex::encode(&point),
            )?;
            let key = aws_lc_rs::agreement::UnparsedPublicKey::new(
                &aws_lc_rs::agreement::ECDH_P256,
                &point[2..],
            );
            let own = aws_lc_rs::agreement::PrivateKey::generate(&aws_lc_rs::agreement::ECDH_P256)
                .expect("a key");
            match aws_lc_rs::agreement::agree(&own, key, (), |_| Ok(())) {
                Ok(()) => Ok(()),
                Err(()) => fail("a point of the curve", hex::encode(&point)),
            }
        }),
        case(
            "generate.ec.params-of-private",
            spec("6.3.4"),
            "The private key has the CKA_EC_PARAMS of its public key.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
            let parameters = cx.bytes_of(session, pair.private, CKA_EC_PARAMS)?;
            cx.equal_bytes("CKA_EC_PARAMS", &unhex("06082a8648ce3d030107"), &parameters)
        }),
    ]
}

fn failures() -> Vec<Case> {
    vec![
        case(
            "generate.ec.signature-elsewhere",
            other("FIPS 186-5", "6.4"),
            "What a made key signs, another implementation verifies.",
        )
        .run(|cx| {
            cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
            let session = cx.session()?;
            let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
            let point = cx.bytes_of(session, pair.public, CKA_EC_POINT)?;
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"message");
            let signature = cx.sign_once(
                session,
                &Mechanism::new(CKM_ECDSA),
                pair.private,
                digest.as_ref(),
            );
            let signature = cx.done(signature)?;
            let key = aws_lc_rs::signature::UnparsedPublicKey::new(
                &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED,
                point.get(2..).unwrap_or_default(),
            );
            match key.verify(b"message", &signature) {
                Ok(()) => Ok(()),
                Err(_) => fail("a signature", hex::encode(&signature)),
            }
        }),
        case(
            "generate.pair.nothing-left",
            spec("5.18.2"),
            "A call that fails creates neither key.",
        )
        .run(|cx| {
            cx.mechanism(EC_GEN, CKF_GENERATE_KEY_PAIR)?;
            let session = cx.session()?;
            let label = cx.label();
            let publics = public(CKK_EC, &[CKA_VERIFY])
                .text(CKA_LABEL, &label)
                .bytes(CKA_EC_PARAMS, &unhex("06082a8648ce3d030107"));
            let privates = private(CKK_EC, &[CKA_SIGN])
                .text(CKA_LABEL, &label)
                .bytes(CKA_SIGN, &[1, 0]);
            let (rv, _, _) =
                cx.c.generate_key_pair(session, &Mechanism::new(EC_GEN), &publics, &privates);
            cx.expect(rv, CKR_ATTRIBUTE_VALUE_INVALID)?;
            let found = cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, &label)))?;
            cx.equal("objects", &0, &found.len())
        }),
    ]
}

fn pair_sessions() -> Vec<Case> {
    vec![
        case(
            "generate.pair.read-only-token-key",
            spec("5.18.2"),
            "A pair with one token key in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            cx.mechanism(EC_GEN, CKF_GENERATE_KEY_PAIR)?;
            let session = cx.read_only()?;
            let publics =
                public(CKK_EC, &[CKA_VERIFY]).bytes(CKA_EC_PARAMS, &unhex("06082a8648ce3d030107"));
            let privates = private(CKK_EC, &[CKA_SIGN])
                .flag(CKA_TOKEN, true)
                .text(CKA_LABEL, &cx.label());
            let (rv, _, _) =
                cx.c.generate_key_pair(session, &Mechanism::new(EC_GEN), &publics, &privates);
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        }),
    ]
}
