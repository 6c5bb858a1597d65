//! NIST's files, by mechanism.

use cryptoki_sys::*;

use super::Set;
use crate::c::function::Version;
use crate::vectors::curve::Curve;
use crate::vectors::hash::Hash;
use crate::vectors::nist as files;
use crate::vectors::nist::Choice;
use crate::vectors::{Error, Source, Vector};

/// Sizes of AES keys, as files and names write them.
const AES: [&str; 3] = ["128", "192", "256"];
/// Of files with thousands of vectors of one kind, every so manieth is taken.
const MANY: usize = 20;

/// All of them.
pub(super) fn sets() -> Vec<Set> {
    [
        aes(),
        key_wraps(),
        des3(),
        digests(),
        rsa(),
        curves(),
        dsa(),
        post_quantum(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A set of several files, each read by itself.
fn set(
    id: String,
    mechanism: CK_MECHANISM_TYPE,
    names: Vec<String>,
    every: usize,
    read: impl Fn(&Source, &str) -> Result<Vec<Vector>, Error> + Send + Sync + 'static,
) -> Set {
    let first = names[0].rsplit('/').next().unwrap_or_default().to_owned();
    let more = if names.len() > 1 { " and others" } else { "" };
    Set::new(
        format!("cavp.{id}"),
        format!("NIST's {first}{more}"),
        mechanism,
        move |source| {
            let mut vectors = Vec::new();
            for name in &names {
                vectors.extend(read(source, name)?.into_iter().step_by(every));
            }
            Ok(vectors)
        },
    )
}

fn aes() -> Vec<Set> {
    let mut sets = Vec::new();
    for bits in AES {
        for (mode, mechanism) in [("ECB", CKM_AES_ECB), ("CBC", CKM_AES_CBC)] {
            let kinds = ["GFSbox", "KeySbox", "VarKey", "VarTxt", "MMT"];
            let names = kinds.map(|kind| format!("ciphers/AES/{mode}/{mode}{kind}{bits}.rsp"));
            let id = format!("aes-{}-{bits}", mode.to_lowercase());
            sets.push(set(id, mechanism, names.into(), 1, move |source, file| {
                files::aes(source, file, mechanism)
            }));
        }
        let names = vec![format!("ciphers/AES/CTR/aes-{bits}-ctr.txt")];
        sets.push(set(
            format!("aes-ctr-{bits}"),
            CKM_AES_CTR,
            names,
            1,
            files::counter,
        ));
        let names = ["gcmEncryptExtIV", "gcmDecrypt"]
            .map(|kind| format!("ciphers/AES/GCM/{kind}{bits}.rsp"));
        sets.push(set(
            format!("aes-gcm-{bits}"),
            CKM_AES_GCM,
            names.into(),
            MANY,
            files::gcm,
        ));
        let names = ["DVPT", "VADT", "VNT", "VPT", "VTT"]
            .map(|kind| format!("ciphers/AES/CCM/{kind}{bits}.rsp"));
        sets.push(set(
            format!("aes-ccm-{bits}"),
            CKM_AES_CCM,
            names.into(),
            1,
            files::ccm,
        ));
        let names = vec![format!("CMAC/nist-800-38b-aes{bits}.txt")];
        sets.push(set(
            format!("aes-cmac-{bits}"),
            CKM_AES_CMAC,
            names,
            1,
            |source, file| files::cmac(source, file, CKM_AES_CMAC),
        ));
    }
    for bits in ["128", "256"] {
        let names = vec![format!(
            "ciphers/AES/XTS/tweak-128hexstr/XTSGenAES{bits}.rsp"
        )];
        sets.push(set(
            format!("aes-xts-{bits}"),
            CKM_AES_XTS,
            names,
            4,
            files::xts,
        ));
    }
    sets
}

fn key_wraps() -> Vec<Set> {
    let mut sets = Vec::new();
    for bits in AES {
        for (kind, mechanism) in [("KW", CKM_AES_KEY_WRAP), ("KWP", CKM_AES_KEY_WRAP_KWP)] {
            let names = ["AE", "AD"]
                .map(|direction| format!("keywrap/kwtestvectors/{kind}_{direction}_{bits}.txt"));
            let id = format!("aes-{}-{bits}", kind.to_lowercase());
            sets.push(set(id, mechanism, names.into(), 5, move |source, file| {
                files::key_wrap(source, file, mechanism)
            }));
        }
    }
    sets
}

fn des3() -> Vec<Set> {
    let kinds = [
        "invperm", "permop", "subtab", "varkey", "vartext", "MMT1", "MMT2", "MMT3",
    ];
    let mut sets: Vec<_> = [("ECB", CKM_DES3_ECB), ("CBC", CKM_DES3_CBC)]
        .into_iter()
        .map(|(mode, mechanism)| {
            let names = kinds.map(|kind| format!("ciphers/3DES/{mode}/T{mode}{kind}.rsp"));
            let id = format!("des3-{}", mode.to_lowercase());
            set(id, mechanism, names.into(), 1, move |source, file| {
                files::des3(source, file, mechanism)
            })
        })
        .collect();
    let names = vec!["CMAC/nist-800-38b-3des.txt".to_owned()];
    sets.push(set(
        "des3-cmac".into(),
        CKM_DES3_CMAC,
        names,
        1,
        |source, file| files::cmac(source, file, CKM_DES3_CMAC),
    ));
    sets
}

fn digests() -> Vec<Set> {
    let rows = [
        ("SHA-1", "SHA1/SHA1"),
        ("SHA-224", "SHA2/SHA224"),
        ("SHA-256", "SHA2/SHA256"),
        ("SHA-384", "SHA2/SHA384"),
        ("SHA-512", "SHA2/SHA512"),
        ("SHA-512/224", "SHA2/SHA512_224"),
        ("SHA-512/256", "SHA2/SHA512_256"),
        ("SHA3-224", "SHA3/SHA3_224"),
        ("SHA3-256", "SHA3/SHA3_256"),
        ("SHA3-384", "SHA3/SHA3_384"),
        ("SHA3-512", "SHA3/SHA3_512"),
    ];
    rows.into_iter()
        .map(|(name, path)| {
            let hash = hash(name);
            let names = ["ShortMsg", "LongMsg"].map(|kind| format!("hashes/{path}{kind}.rsp"));
            let id = name.to_lowercase().replace('/', "-");
            set(id, hash.digest, names.into(), 1, move |source, file| {
                files::digest(source, file, hash)
            })
        })
        .collect()
}

/// The hash functions that NIST's files of signatures have.
const HASHES: [&str; 5] = ["SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"];

fn rsa() -> Vec<Set> {
    let mut sets = Vec::new();
    for name in HASHES {
        let hash = hash(name);
        for bits in ["1024", "2048", "3072"] {
            let id = name.to_lowercase();
            let names = ["SigVer15", "SigGen15"]
                .map(|kind| format!("asymmetric/RSA/FIPS_186-2/{kind}_186-3.rsp"));
            let kind = hash.rsa.unwrap_or(CKM_RSA_PKCS);
            sets.push(set(
                format!("rsa-{bits}-{id}"),
                kind,
                names.into(),
                1,
                move |source, file| files::rsa_pkcs1(source, file, hash, bits),
            ));
            let names = ["SigVerPSS", "SigGenPSS"]
                .map(|kind| format!("asymmetric/RSA/FIPS_186-2/{kind}_186-3.rsp"));
            let kind = hash.pss.unwrap_or(CKM_RSA_PKCS_PSS);
            sets.push(set(
                format!("rsa-pss-{bits}-{id}"),
                kind,
                names.into(),
                1,
                move |source, file| files::rsa_pss(source, file, hash, bits),
            ));
        }
    }
    sets
}

fn curves() -> Vec<Set> {
    let names = || {
        vec![
            "asymmetric/ECDSA/FIPS_186-3/SigVer.rsp".to_owned(),
            "asymmetric/ECDSA/FIPS_186-3/SigGen.txt".to_owned(),
        ]
    };
    let mut sets = Vec::new();
    for (curve, group) in [
        ("secp192r1", "EA - SHA1"),
        ("secp224r1", "EB - SHA224"),
        ("secp256r1", "EC - SHA256"),
        ("secp384r1", "ED - SHA384"),
        ("secp521r1", "EE - SHA512"),
    ] {
        let read =
            move |source: &Source, file: &str| files::ecdsa(source, file, Choice::Digests(curve));
        sets.push(set(format!("ecdsa-{curve}"), CKM_ECDSA, names(), 1, read));
        let agreed = vec![
            "asymmetric/ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_init.fax".to_owned(),
        ];
        let curve_row = Curve::named(curve).expect("the table of curves has it");
        sets.push(set(
            format!("ecdh-{curve}"),
            CKM_ECDH1_DERIVE,
            agreed,
            1,
            move |source, file| files::ecdh(source, file, curve_row, group),
        ));
    }
    for name in HASHES {
        let hash = hash(name);
        if let Some(mechanism) = hash.ecdsa {
            let read = move |source: &Source, file: &str| {
                files::ecdsa(source, file, Choice::Messages(hash))
            };
            sets.push(set(
                format!("ecdsa-{}", name.to_lowercase()),
                mechanism,
                names(),
                1,
                read,
            ));
        }
    }
    sets
}

fn dsa() -> Vec<Set> {
    let names = || vec!["asymmetric/DSA/FIPS_186-3/SigVer.rsp".to_owned()];
    let mut sets = Vec::new();
    for (size, id) in [
        ("L=1024", "1024-160"),
        ("L=2048", "2048"),
        ("L=3072", "3072-256"),
    ] {
        let read =
            move |source: &Source, file: &str| files::dsa(source, file, Choice::Digests(size));
        sets.push(set(format!("dsa-{id}"), CKM_DSA, names(), 1, read));
    }
    for name in HASHES {
        let hash = hash(name);
        if let Some(mechanism) = hash.dsa {
            let read =
                move |source: &Source, file: &str| files::dsa(source, file, Choice::Messages(hash));
            sets.push(set(
                format!("dsa-{}", name.to_lowercase()),
                mechanism,
                names(),
                1,
                read,
            ));
        }
    }
    sets
}

fn post_quantum() -> Vec<Set> {
    let mut sets = Vec::new();
    for (bits, parameters) in [
        ("512", CKP_ML_KEM_512),
        ("768", CKP_ML_KEM_768),
        ("1024", CKP_ML_KEM_1024),
    ] {
        let names = vec![format!("asymmetric/MLKEM/kat_MLKEM_{bits}.rsp")];
        let read = move |source: &Source, file: &str| files::ml_kem(source, file, parameters);
        sets.push(
            set(format!("ml-kem-{bits}"), CKM_ML_KEM, names, MANY + 1, read).since(Version::V3_2),
        );
    }
    for (bits, parameters) in [
        ("44", CKP_ML_DSA_44),
        ("65", CKP_ML_DSA_65),
        ("87", CKP_ML_DSA_87),
    ] {
        let names = vec![format!("asymmetric/MLDSA/kat_MLDSA_{bits}_det_pure.rsp")];
        let read = move |source: &Source, file: &str| files::ml_dsa(source, file, parameters);
        sets.push(set(format!("ml-dsa-{bits}"), CKM_ML_DSA, names, 3, read));
    }
    sets
}

fn hash(name: &str) -> &'static Hash {
    Hash::named(name).expect("the table of hash functions has it")
}
