//! `cargo xtask matrix`: the support matrix, written from the tables.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use ck::{KeySizes, Mechanism, ParamShape, flags::mechanism as ckf};
use clap::Args;
use proto::{CALLS, Place, Version};

use crate::{peers, report, workspace};

/// `CKM_VENDOR_DEFINED`: what a vendor numbers by himself has this bit.
const VENDOR_DEFINED: u64 = 0x8000_0000;

/// Writes docs/support-matrix.md, or checks that it is as the tables say.
#[derive(Args, Debug)]
pub(crate) struct Matrix {
    /// Write nothing; fail when the file is not what would be written
    #[arg(long)]
    check: bool,
}

impl Matrix {
    /// Runs the task.
    pub(crate) fn run(self) -> Result<()> {
        if self.check {
            return check();
        }
        refuse_faults()?;
        let path = path();
        std::fs::write(&path, page())
            .with_context(|| format!("cannot write {}", path.display()))?;
        report::step(&format!("wrote {}", path.display()));
        Ok(())
    }
}

/// Fails where a peer has what Dew has not, and nobody says why.
fn refuse_faults() -> Result<()> {
    let faults = peers::faults();
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n"))
}

/// Fails when the page in the workspace is stale.
pub(crate) fn check() -> Result<()> {
    refuse_faults()?;
    let present = std::fs::read_to_string(path()).unwrap_or_default();
    if present != page() {
        bail!("docs/support-matrix.md is not what the tables say; run `cargo xtask matrix`");
    }
    Ok(())
}

fn path() -> PathBuf {
    workspace::root().join("docs/support-matrix.md")
}

/// Writes the whole page.
fn page() -> String {
    let mut page = String::from(
        "# What Dew's PKCS#11 module supports\n\n\
         <!-- Written by `cargo xtask matrix` from the call table (crates/proto) and the mechanism table (crates/ck). \
         Do not edit. -->\n\n",
    );
    functions(&mut page);
    mechanisms(&mut page);
    lacks(&mut page);
    page
}

fn functions(page: &mut String) {
    let count = |place| CALLS.iter().filter(|row| row.place == place).count();
    let _ = write!(
        page,
        "## Functions\n\n\
         All {} functions are served: {} by the token in the HSM, {} by the module itself. Sections are those of PKCS#11 3.1; functions marked 3.2 are new in version 3.2.\n\n\
         | Function | Since | Section | Served by |\n|---|---|---|---|\n",
        CALLS.len(),
        count(Place::Token),
        count(Place::Local),
    );
    for row in CALLS {
        let since = match row.since {
            Version::V2_40 => "2.40",
            Version::V3_0 => "3.0",
            Version::V3_2 => "3.2",
        };
        let place = match row.place {
            Place::Local => "module",
            Place::Token => "token",
        };
        let _ = writeln!(
            page,
            "| `{}` | {since} | {} | {place} |",
            row.name, row.section
        );
    }
}

fn mechanisms(page: &mut String) {
    let _ = write!(
        page,
        "\n## Mechanisms\n\n\
         {} mechanisms, of which {} are Dew's own, described in `dew_pkcs11.h`. A partition of the profile `strict` does less\n\
         with some and leaves others out, and its `C_GetMechanismList` and `C_GetMechanismInfo` say so: with the caller's nonces no\n\
         encryption or wrapping by `CKM_AES_GCM` and `CKM_AES_CCM`, no encryption by `CKM_AES_CTR` and no signing by `CKM_AES_GMAC`;\n\
         no encryption by `CKM_RSA_PKCS`, no signing over SHA-1, no legacy ciphers, no MD5, no secrets below 16 bytes.\n\n\
         | Mechanism | For | Key | Parameter | Section |\n|---|---|---|---|---|\n",
        ck::MECHANISMS.len(),
        ck::MECHANISMS
            .iter()
            .filter(|row| row.id.0 & VENDOR_DEFINED != 0)
            .count(),
    );
    for row in ck::MECHANISMS {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            row.id,
            operations(row),
            key(row),
            parameter(row.params),
            row.section
        );
    }
}

/// Tells what other software tokens have and Dew has not.
fn lacks(page: &mut String) {
    let peers = peers::peers().unwrap_or_default();
    let lists = peers
        .iter()
        .map(|peer| format!("{} lists {} mechanisms", peer.name, peer.mechanisms.len()));
    let lists = lists.collect::<Vec<_>>().join(", and ");
    let _ = write!(
        page,
        "\n## What other software tokens have\n\n\
         {lists} (`docs/peers`). A `compat` partition has all of them"
    );
    let lacks = peers::lacks(&peers);
    page.push_str(" but these.\n\n| Mechanism | Listed by | Why Dew has none |\n|---|---|---|\n");
    for lack in lacks {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            lack.name,
            lack.peers.join(", "),
            lack.reason.unwrap_or_default()
        );
    }
    for (name, reason) in peers::OTHERS {
        let _ = writeln!(page, "| `{name}` | none | {reason} |");
    }
}

/// Names the operations, those that come in pairs by the pair.
fn operations(row: &Mechanism) -> String {
    const NAMES: &[(u64, &str)] = &[
        (ckf::ENCRYPT | ckf::DECRYPT, "encrypt, decrypt"),
        (ckf::DIGEST, "digest"),
        (ckf::SIGN | ckf::VERIFY, "sign, verify"),
        (ckf::GENERATE, "generate"),
        (ckf::GENERATE_KEY_PAIR, "generate pair"),
        (ckf::WRAP, "wrap"),
        (ckf::UNWRAP, "unwrap"),
        (ckf::DERIVE, "derive"),
        (
            ckf::ENCAPSULATE | ckf::DECAPSULATE,
            "encapsulate, decapsulate",
        ),
    ];
    let named = NAMES
        .iter()
        .filter(|(flags, _)| row.operations.contains(*flags));
    named.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

fn key(row: &Mechanism) -> String {
    let kind = row
        .key_type
        .map(|kind| kind.to_string().trim_start_matches("CKK_").to_owned());
    let sizes = match row.key_sizes {
        KeySizes::None => String::new(),
        KeySizes::Bits(min, max) => format!("{min}–{max} bits"),
        KeySizes::Bytes(min, max) => format!("{min}–{max} bytes"),
    };
    match kind {
        Some(kind) => format!("{kind}, {sizes}"),
        None => "none".to_owned(),
    }
}

fn parameter(shape: ParamShape) -> String {
    match shape {
        ParamShape::Empty => "none".to_owned(),
        ParamShape::Bytes(count) => format!("{count} bytes"),
        ParamShape::OptionalBytes(count) => format!("{count} bytes or none"),
        ParamShape::UserId => "bytes or none".to_owned(),
        ParamShape::Length => "`CK_MAC_GENERAL_PARAMS`".to_owned(),
        ParamShape::Counter => "`CK_AES_CTR_PARAMS`".to_owned(),
        ParamShape::Ccm => "`CK_CCM_PARAMS`".to_owned(),
        ParamShape::EcdhAes => "`CK_ECDH_AES_KEY_WRAP_PARAMS`".to_owned(),
        ParamShape::RsaAes => "`CK_RSA_AES_KEY_WRAP_PARAMS`".to_owned(),
        ParamShape::CounterKdf => "`CK_SP800_108_KDF_PARAMS`".to_owned(),
        ParamShape::DoublePipelineKdf => "`CK_SP800_108_KDF_PARAMS`".to_owned(),
        ParamShape::FeedbackKdf => "`CK_SP800_108_FEEDBACK_KDF_PARAMS`".to_owned(),
        ParamShape::Password => "`CK_PKCS5_PBKD2_PARAMS2`".to_owned(),
        ParamShape::TlsExport => "`CK_TLS_KDF_PARAMS`".to_owned(),
        ParamShape::TlsExtendedMaster => "`CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS`".to_owned(),
        ParamShape::TlsKeys => "`CK_TLS12_KEY_MAT_PARAMS`".to_owned(),
        ParamShape::TlsMac => "`CK_TLS_MAC_PARAMS`".to_owned(),
        ParamShape::TlsMaster => "`CK_TLS12_MASTER_KEY_DERIVE_PARAMS`".to_owned(),
        ParamShape::Gmac => "`CK_GCM_PARAMS` or 12 bytes".to_owned(),
        ParamShape::Hkdf => "`CK_HKDF_PARAMS`".to_owned(),
        ParamShape::Gcm => "`CK_GCM_PARAMS`".to_owned(),
        ParamShape::Ecdh => "`CK_ECDH1_DERIVE_PARAMS`".to_owned(),
        ParamShape::Eddsa => "`CK_EDDSA_PARAMS` or none".to_owned(),
        ParamShape::Oaep => "`CK_RSA_PKCS_OAEP_PARAMS`".to_owned(),
        ParamShape::Pss => "`CK_RSA_PKCS_PSS_PARAMS`".to_owned(),
        ParamShape::SignContext => "`CK_SIGN_ADDITIONAL_CONTEXT` or none".to_owned(),
        ParamShape::PublicValue => "a public value".to_owned(),
        ParamShape::Data => "`CK_KEY_DERIVATION_STRING_DATA`".to_owned(),
        ParamShape::VectorAndData(8) => "`CK_DES_CBC_ENCRYPT_DATA_PARAMS`".to_owned(),
        ParamShape::VectorAndData(_) => "`CK_AES_CBC_ENCRYPT_DATA_PARAMS`".to_owned(),
        ParamShape::ChaCha20 => "`CK_CHACHA20_PARAMS`".to_owned(),
        ParamShape::ChaCha20Poly1305 => "`CK_SALSA20_CHACHA20_POLY1305_PARAMS`".to_owned(),
        ParamShape::HashSignContext => "`CK_HASH_SIGN_ADDITIONAL_CONTEXT`".to_owned(),
        ParamShape::Key => "`CK_OBJECT_HANDLE`".to_owned(),
        ParamShape::Otp => "`CK_OTP_PARAMS` or none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_both_tables_has_its_line() {
        let page = page();
        for row in CALLS {
            assert!(
                page.contains(&format!("| `{}` |", row.name)),
                "{}",
                row.name
            );
        }
        for row in ck::MECHANISMS {
            assert!(page.contains(&format!("| `{}` |", row.id)), "{}", row.id);
        }
    }

    #[test]
    fn a_line_says_what_the_row_says() {
        let page = page();
        assert!(page.contains("| `C_Sign` | 2.40 | 5.13.2 | token |"));
        assert!(page.contains("| `C_Initialize` | 2.40 | 5.4.1 | module |"));
        assert!(page.contains(
            "| `CKM_AES_GCM` | encrypt, decrypt, wrap, unwrap | AES, 16–32 bytes | `CK_GCM_PARAMS` | 6.13.2 |"
        ));
    }
}
