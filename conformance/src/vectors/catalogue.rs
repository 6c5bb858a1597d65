//! Which set of known answers is run with which mechanism.

mod nist;
mod published;
#[cfg(feature = "wycheproof")]
mod wycheproof;

use cryptoki_sys::*;

use super::{Error, Source, Vector, run};
use crate::c::function::Version;
use crate::c::names;
use crate::case::{Case, Section, Stop, case, spec, spec32};
use crate::context::not_applicable;

/// How long a set may take: a token in a device answers a few vectors in a second.
const DEADLINE_SECONDS: u64 = 600;

/// Reads a set.
type Load = Box<dyn Fn(&Source) -> Result<Vec<Vector>, Error> + Send + Sync>;

/// A set for one mechanism.
pub struct Set {
    /// The name of its case, behind `vector.`.
    id: String,
    /// Where it is from, for the requirement.
    origin: String,
    mechanism: CK_MECHANISM_TYPE,
    /// Its name where PKCS#11 gives it no number.
    unnumbered: Option<String>,
    /// Of these flags of `CK_MECHANISM_INFO`, at least one is needed.
    flags: CK_FLAGS,
    section: Section,
    since: Version,
    should: bool,
    load: Load,
}

/// Returns all sets.
#[must_use]
pub fn sets() -> Vec<Set> {
    let mut sets = Vec::new();
    #[cfg(feature = "wycheproof")]
    sets.extend(wycheproof::sets());
    sets.extend(nist::sets());
    sets.extend(published::sets());
    sets
}

impl Set {
    /// A set that is read by this.
    fn new(
        id: impl Into<String>,
        origin: impl Into<String>,
        mechanism: CK_MECHANISM_TYPE,
        load: impl Fn(&Source) -> Result<Vec<Vector>, Error> + Send + Sync + 'static,
    ) -> Self {
        let (flags, section) = described(mechanism);
        Self {
            id: id.into(),
            origin: origin.into(),
            mechanism,
            unnumbered: None,
            flags,
            section,
            since: since(mechanism),
            should: false,
            load: Box::new(load),
        }
    }

    /// A set for what only vendors have numbers for.
    fn without_number(id: String, origin: String, name: String) -> Self {
        let mut set = Self::new(id, origin, CKM_VENDOR_DEFINED, |_| Ok(Vec::new()));
        set.unnumbered = Some(name);
        set.section = spec("6");
        set
    }

    /// Needs one of other flags than its mechanism usually does.
    #[cfg(feature = "wycheproof")]
    fn flags(mut self, flags: CK_FLAGS) -> Self {
        self.flags = flags;
        self
    }

    /// Is not a must: the mechanism is deprecated, because versions disagree on it.
    #[cfg(feature = "wycheproof")]
    fn should(mut self) -> Self {
        self.should = true;
        self
    }

    /// Returns the name of its case, behind `vector.`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Reads it.
    ///
    /// # Errors
    /// If there is no folder to read it from, or it is not what it should be.
    pub fn load(&self, source: &Source) -> Result<Vec<Vector>, Error> {
        let vectors = (self.load)(source)?;
        Ok(vectors.into_iter().step_by(source.stride.max(1)).collect())
    }

    /// Makes its case.
    #[must_use]
    pub fn case(self) -> Case {
        let standard = names::name(names::MECHANISMS, self.mechanism);
        let name = self.unnumbered.clone().unwrap_or(standard);
        let requirement = format!(
            "{name} gives the known answers of {}, and refuses what they refuse.",
            self.origin
        );
        let draft = case(format!("vector.{}", self.id), self.section, requirement)
            .since(self.since)
            .deadline(DEADLINE_SECONDS)
            .explain("Keys are imported with C_CreateObject; the operation runs in one part, and every fourth vector in several as well where the mechanism allows it.");
        let draft = if self.should { draft.should() } else { draft };
        draft.run(move |cx| {
            if let Some(name) = &self.unnumbered {
                return not_applicable(format!(
                    "PKCS#11 has no number for {name}, and no vendor's is known"
                ));
            }
            let listed = cx.mechanism(self.mechanism, 0)?;
            if listed.flags & self.flags == 0 {
                let needed = names::flags(names::MECHANISM_FLAGS, self.flags).join(" or ");
                return not_applicable(format!("the mechanism is not listed with {needed}"));
            }
            let source = Source {
                folder: cx.target.vectors.clone(),
                stride: cx.target.stride,
            };
            let vectors = self
                .load(&source)
                .map_err(|error| Stop::Skipped(error.to_string()))?;
            run::run(cx, listed.flags, in_parts(self.mechanism), &vectors)
        })
    }
}

/// Returns what a mechanism is for, and where it is described. Sections are those of PKCS#11 3.1 unless 3.2 brought it.
#[rustfmt::skip] // A table reads by its columns.
fn described(mechanism: CK_MECHANISM_TYPE) -> (CK_FLAGS, Section) {
    let cipher = CKF_ENCRYPT | CKF_DECRYPT;
    let code = CKF_SIGN | CKF_VERIFY;
    match mechanism {
        CKM_AES_ECB => (cipher, spec("6.10.3")),
        CKM_AES_CBC => (cipher, spec("6.10.4")),
        CKM_AES_CBC_PAD => (cipher, spec("6.10.5")),
        CKM_AES_CTR => (cipher, spec("6.11.3")),
        CKM_AES_GCM => (cipher, spec("6.13.2")),
        CKM_AES_CCM => (cipher, spec("6.13")),
        CKM_AES_GMAC => (code, spec("6.13")),
        CKM_AES_CMAC_GENERAL => (code, spec("6.14.3")),
        CKM_AES_CMAC => (code, spec("6.14.4")),
        CKM_AES_XTS => (cipher, spec("6.15")),
        CKM_AES_KEY_WRAP | CKM_AES_KEY_WRAP_KWP | CKM_AES_KEY_WRAP_PAD => (CKF_WRAP | CKF_UNWRAP, spec("6.16.3")),
        CKM_DES3_ECB | CKM_DES3_CBC => (cipher, spec("6.18")),
        CKM_DES3_CMAC => (code, spec("6.19")),
        CKM_SHA_1 => (CKF_DIGEST, spec("6.20.2")),
        CKM_SHA224 => (CKF_DIGEST, spec("6.21.2")),
        CKM_SHA256 => (CKF_DIGEST, spec("6.22.2")),
        CKM_SHA384 => (CKF_DIGEST, spec("6.23.2")),
        CKM_SHA512 => (CKF_DIGEST, spec("6.24.2")),
        CKM_SHA512_224 => (CKF_DIGEST, spec("6.25.2")),
        CKM_SHA512_256 => (CKF_DIGEST, spec("6.26.2")),
        CKM_SHA3_224 => (CKF_DIGEST, spec("6.28.2")),
        CKM_SHA3_256 => (CKF_DIGEST, spec("6.29.2")),
        CKM_SHA3_384 => (CKF_DIGEST, spec("6.30.2")),
        CKM_SHA3_512 => (CKF_DIGEST, spec("6.31.2")),
        CKM_SHA_1_HMAC | CKM_SHA_1_HMAC_GENERAL => (code, spec("6.20")),
        CKM_SHA224_HMAC | CKM_SHA224_HMAC_GENERAL => (code, spec("6.21")),
        CKM_SHA256_HMAC | CKM_SHA256_HMAC_GENERAL => (code, spec("6.22")),
        CKM_SHA384_HMAC | CKM_SHA384_HMAC_GENERAL => (code, spec("6.23")),
        CKM_SHA512_HMAC | CKM_SHA512_HMAC_GENERAL => (code, spec("6.24")),
        CKM_SHA512_224_HMAC | CKM_SHA512_224_HMAC_GENERAL => (code, spec("6.25")),
        CKM_SHA512_256_HMAC | CKM_SHA512_256_HMAC_GENERAL => (code, spec("6.26")),
        CKM_SHA3_224_HMAC | CKM_SHA3_224_HMAC_GENERAL => (code, spec("6.28")),
        CKM_SHA3_256_HMAC | CKM_SHA3_256_HMAC_GENERAL => (code, spec("6.29")),
        CKM_SHA3_384_HMAC | CKM_SHA3_384_HMAC_GENERAL => (code, spec("6.30")),
        CKM_SHA3_512_HMAC | CKM_SHA3_512_HMAC_GENERAL => (code, spec("6.31")),
        CKM_RSA_PKCS => (CKF_VERIFY, spec("6.1.6")),
        CKM_RSA_PKCS_OAEP => (CKF_DECRYPT, spec("6.1.8")),
        CKM_RSA_PKCS_PSS => (CKF_VERIFY, spec("6.1.10")),
        CKM_SHA1_RSA_PKCS | CKM_SHA224_RSA_PKCS | CKM_SHA256_RSA_PKCS | CKM_SHA384_RSA_PKCS | CKM_SHA512_RSA_PKCS
        | CKM_SHA3_224_RSA_PKCS | CKM_SHA3_256_RSA_PKCS | CKM_SHA3_384_RSA_PKCS | CKM_SHA3_512_RSA_PKCS => (CKF_VERIFY, spec32("6.1.14")),
        CKM_SHA1_RSA_PKCS_PSS | CKM_SHA224_RSA_PKCS_PSS | CKM_SHA256_RSA_PKCS_PSS | CKM_SHA384_RSA_PKCS_PSS
        | CKM_SHA512_RSA_PKCS_PSS => (CKF_VERIFY, spec32("6.1.15")),
        CKM_DSA | CKM_DSA_SHA1 | CKM_DSA_SHA224 | CKM_DSA_SHA256 | CKM_DSA_SHA384 | CKM_DSA_SHA512 => (CKF_VERIFY, spec("6.2")),
        CKM_ECDSA => (CKF_VERIFY, spec("6.3.12")),
        CKM_ECDSA_SHA1 | CKM_ECDSA_SHA224 | CKM_ECDSA_SHA256 | CKM_ECDSA_SHA384 | CKM_ECDSA_SHA512
        | CKM_ECDSA_SHA3_224 | CKM_ECDSA_SHA3_256 | CKM_ECDSA_SHA3_384 | CKM_ECDSA_SHA3_512 => (CKF_VERIFY, spec("6.3.13")),
        CKM_EDDSA => (code, spec("6.3.14")),
        CKM_ECDH1_DERIVE => (CKF_DERIVE, spec("6.3.17")),
        CKM_PKCS5_PBKD2 => (CKF_GENERATE, spec("6.37")),
        CKM_CHACHA20_POLY1305 => (cipher, spec("6.61")),
        CKM_HKDF_DERIVE => (CKF_DERIVE, spec("6.62.3")),
        CKM_ML_DSA => (code, spec32("6.67")),
        CKM_ML_KEM => (CKF_DECAPSULATE, spec32("6.68")),
        CKM_VENDOR_DEFINED => (0, spec("6")),
        _ => (CK_FLAGS::MAX, spec("6")),
    }
}

/// Returns the version from which on a mechanism's parameter is what we make: 2.40 had two structures for PBKDF2 that cannot be told
/// apart, one with the password's length and one with a pointer to it; and encapsulation needs functions of 3.2.
fn since(mechanism: CK_MECHANISM_TYPE) -> Version {
    match mechanism {
        CKM_PKCS5_PBKD2 => Version::V3_0,
        CKM_ML_KEM => Version::V3_2,
        _ => Version::V2_40,
    }
}

/// Tells whether a mechanism works on data in parts (the tables of constraints in the mechanism's section).
fn in_parts(mechanism: CK_MECHANISM_TYPE) -> bool {
    let one_part_only = [
        CKM_AES_CCM,
        CKM_AES_XTS,
        CKM_AES_KEY_WRAP,
        CKM_AES_KEY_WRAP_KWP,
        CKM_AES_KEY_WRAP_PAD,
        CKM_RSA_PKCS,
        CKM_RSA_PKCS_OAEP,
        CKM_RSA_PKCS_PSS,
        CKM_DSA,
        CKM_ECDSA,
        CKM_EDDSA,
        CKM_ML_DSA,
    ];
    !one_part_only.contains(&mechanism)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_within_this_program_can_be_read_and_says_what_it_is() {
        let source = Source {
            folder: None,
            stride: 1,
        };
        let mut read = 0;
        for set in sets() {
            assert_ne!(
                set.flags,
                CK_FLAGS::MAX,
                "{}: the mechanism is not described",
                set.id
            );
            match set.load(&source) {
                Ok(_) if set.unnumbered.is_some() => {}
                Ok(vectors) => {
                    assert!(!vectors.is_empty(), "{} is empty", set.id);
                    let other = vectors.iter().find(|vector| {
                        vector.mechanism.kind() != set.mechanism
                            && !matches!(vector.test, crate::vectors::Test::Inexpressible(_))
                    });
                    assert!(
                        other.is_none(),
                        "{}: {} is for another mechanism",
                        set.id,
                        other.unwrap().id
                    );
                    read += vectors.len();
                }
                Err(Error::NoFolder) => {}
                Err(error) => panic!("{}: {error}", set.id),
            }
        }
        assert!(
            read > 10_000,
            "only {read} vectors are part of this program"
        );
    }

    #[test]
    fn a_stride_thins_a_set() {
        let whole = Source {
            folder: None,
            stride: 1,
        };
        let thinned = Source {
            folder: None,
            stride: 10,
        };
        let set = sets()
            .into_iter()
            .find(|set| set.load(&whole).is_ok_and(|vectors| vectors.len() > 20));
        let set = set.unwrap();
        let (whole, thinned) = (set.load(&whole).unwrap(), set.load(&thinned).unwrap());
        assert_eq!(thinned.len(), whole.len().div_ceil(10));
        assert_eq!(thinned[1].id, whole[10].id);
    }
}
