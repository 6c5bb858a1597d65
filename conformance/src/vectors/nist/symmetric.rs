//! Ciphers, codes and digests.

use cryptoki_sys::*;

use super::{read, result, vector};
use crate::c::Mechanism;
use crate::vectors::cavp::{self, Record};
use crate::vectors::hash::Hash;
use crate::vectors::{Error, Expect, Key, Source, Test, Vector, parameter};

/// Reads ECB or CBC of AES.
pub fn aes(
    source: &Source,
    file: &str,
    mechanism: CK_MECHANISM_TYPE,
) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        let mechanism = with_iv(mechanism, record)?;
        Ok((mechanism, cipher(CKK_AES, &record.bytes("KEY")?, record)?))
    })
}

/// Reads counter mode of AES.
pub fn counter(source: &Source, file: &str) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        Ok((
            parameter::counter(&record.bytes("IV")?),
            cipher(CKK_AES, &record.bytes("KEY")?, record)?,
        ))
    })
}

/// Reads ECB or CBC of triple DES.
pub fn des3(
    source: &Source,
    file: &str,
    mechanism: CK_MECHANISM_TYPE,
) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        let key = match record.text("KEYs") {
            Some(_) => record.bytes("KEYs")?.repeat(3),
            None => [
                record.bytes("KEY1")?,
                record.bytes("KEY2")?,
                record.bytes("KEY3")?,
            ]
            .concat(),
        };
        Ok((with_iv(mechanism, record)?, cipher(CKK_DES3, &key, record)?))
    })
}

/// Reads XTS.
pub fn xts(source: &Source, file: &str) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        let what = Test::Cipher {
            key: Key::secret(CKK_AES_XTS, &record.bytes("Key")?),
            plaintext: record.bytes("PT")?,
            ciphertext: record.bytes("CT")?,
        };
        // A data unit that is not whole bytes cannot be said in PKCS#11.
        let what = if record.size("DataUnitLen")? % 8 == 0 {
            what
        } else {
            Test::Inexpressible("the data unit is not whole bytes")
        };
        Ok((
            Mechanism::with_bytes(CKM_AES_XTS, &record.bytes("i")?),
            what,
        ))
    })
}

/// Reads GCM, both directions.
pub fn gcm(source: &Source, file: &str) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        let parameter = parameter::gcm(
            &record.bytes("IV")?,
            &record.bytes("AAD")?,
            record.size("Taglen")? as u64,
        );
        let what = Test::Cipher {
            key: Key::secret(CKK_AES, &record.bytes("Key")?),
            plaintext: if record.has("FAIL") {
                Vec::new()
            } else {
                record.bytes("PT")?
            },
            ciphertext: [record.bytes("CT")?, record.bytes("Tag")?].concat(),
        };
        Ok((Mechanism::with(CKM_AES_GCM, parameter), what))
    })
}

/// Reads CCM: lengths, keys and nonces are said once for what follows.
pub fn ccm(source: &Source, file: &str) -> Result<Vec<Vector>, Error> {
    let mut records = read(source, file)?;
    cavp::carry(&mut records, &["Key", "Nonce", "Alen", "Plen", "Tlen"]);
    let mut vectors = Vec::new();
    for record in records.iter().filter(|record| record.text("CT").is_some()) {
        let (aad, plain, tag) = (
            record.size("Alen")?,
            record.size("Plen")?,
            record.size("Tlen")?,
        );
        let ciphertext = record.bytes("CT")?;
        let length = ciphertext
            .len()
            .checked_sub(tag)
            .filter(|length| *length == plain);
        let length = length.ok_or_else(|| {
            Error::Form(format!(
                "{file}: CT at line {} has another length",
                record.line
            ))
        })?;
        let parameter = parameter::ccm(
            length,
            &record.bytes("Nonce")?,
            &first(&record.bytes("Adata")?, aad),
            tag as u64,
        );
        let payload = if record.text("Payload").is_some() {
            record.bytes("Payload")?
        } else {
            Vec::new()
        };
        let what = Test::Cipher {
            key: Key::secret(CKK_AES, &record.bytes("Key")?),
            plaintext: first(&payload, plain),
            ciphertext,
        };
        vectors.push(vector(
            file,
            record,
            result(record),
            Mechanism::with(CKM_AES_CCM, parameter),
            what,
        ));
    }
    Ok(vectors)
}

/// Reads CMAC of AES or triple DES.
pub fn cmac(
    source: &Source,
    file: &str,
    mechanism: CK_MECHANISM_TYPE,
) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        let (key_type, key) = match mechanism {
            CKM_DES3_CMAC => (
                CKK_DES3,
                [
                    record.bytes("KEY1")?,
                    record.bytes("KEY2")?,
                    record.bytes("KEY3")?,
                ]
                .concat(),
            ),
            _ => (CKK_AES, record.bytes("KEY")?),
        };
        let what = Test::Mac {
            key: Key::secret(key_type, &key),
            message: record.bytes("MESSAGE")?,
            mac: record.bytes("OUTPUT")?,
        };
        Ok((Mechanism::new(mechanism), what))
    })
}

/// Reads key wrap, whose files say what is wrapped or what comes of unwrapping.
pub fn key_wrap(
    source: &Source,
    file: &str,
    mechanism: CK_MECHANISM_TYPE,
) -> Result<Vec<Vector>, Error> {
    each(source, file, |record| {
        let what = Test::Wrap {
            key: Key::secret(CKK_AES, &record.bytes("K")?),
            payload: if record.has("FAIL") {
                Vec::new()
            } else {
                record.bytes("P")?
            },
            wrapped: record.bytes("C")?,
        };
        Ok((Mechanism::new(mechanism), what))
    })
}

/// Reads digests of messages.
pub fn digest(source: &Source, file: &str, hash: &Hash) -> Result<Vec<Vector>, Error> {
    let records = read(source, file)?;
    let mut vectors = Vec::new();
    for record in records.iter().filter(|record| record.text("MD").is_some()) {
        let what = Test::Digest {
            message: first(&record.bytes("Msg")?, record.size("Len")?.div_ceil(8)),
            digest: record.bytes("MD")?,
        };
        vectors.push(vector(
            file,
            record,
            Expect::Valid,
            Mechanism::new(hash.digest),
            what,
        ));
    }
    Ok(vectors)
}

/// Makes a vector of each record that has a ciphertext, a code or a tag.
fn each(
    source: &Source,
    file: &str,
    make: impl Fn(&Record) -> Result<(Mechanism, Test), Error>,
) -> Result<Vec<Vector>, Error> {
    let outputs = ["CIPHERTEXT", "CT", "C", "OUTPUT"];
    let records = read(source, file)?;
    let mut vectors = Vec::new();
    for record in records
        .iter()
        .filter(|record| outputs.iter().any(|key| record.text(key).is_some()))
    {
        let (mechanism, what) = make(record)?;
        vectors.push(vector(file, record, result(record), mechanism, what));
    }
    Ok(vectors)
}

fn cipher(key_type: CK_KEY_TYPE, key: &[u8], record: &Record) -> Result<Test, Error> {
    Ok(Test::Cipher {
        key: Key::secret(key_type, key),
        plaintext: record.bytes("PLAINTEXT")?,
        ciphertext: record.bytes("CIPHERTEXT")?,
    })
}

fn with_iv(mechanism: CK_MECHANISM_TYPE, record: &Record) -> Result<Mechanism, Error> {
    Ok(match mechanism {
        CKM_AES_CBC | CKM_DES3_CBC => Mechanism::with_bytes(mechanism, &record.bytes("IV")?),
        _ => Mechanism::new(mechanism),
    })
}

/// Files write a byte for an empty string; the length beside it counts.
fn first(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.iter().copied().take(length).collect()
}
