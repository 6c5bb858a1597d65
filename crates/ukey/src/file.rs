//! A UKey as a file: its public part, and the way to its secret one.

use std::fmt;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand;
use sys::file::{read_private, replace_private, write_new_private};
use zeroize::Zeroizing;

use crate::format::{Contents, MAX_LEN, require_label};
use crate::key::Secrets;
use crate::{Error, KdfCost, Pin, Role, Ukey};

/// Is a UKey's file as anyone who may read it sees it: what it is for, not its keys.
pub struct UkeyFile {
    path: PathBuf,
    contents: Contents,
}

impl UkeyFile {
    /// Makes a UKey with new keys and writes it to a new file that only its owner may use.
    ///
    /// # Errors
    /// [`Error::PinTooShort`], [`Error::PinGuessable`] or [`Error::Label`] for what is refused,
    /// [`Error::File`] when the file exists or cannot be written.
    pub fn create(path: &Path, label: &str, role: Role, pin: &Pin) -> Result<Self, Error> {
        Self::create_with_cost(path, label, role, pin, KdfCost::default())
    }

    /// Makes a UKey whose PIN costs something else than the default to guess.
    ///
    /// # Errors
    /// As [`UkeyFile::create`].
    pub fn create_with_cost(
        path: &Path,
        label: &str,
        role: Role,
        pin: &Pin,
        cost: KdfCost,
    ) -> Result<Self, Error> {
        require_label(label)?;
        pin.require_strong()?;
        let secrets = Secrets::generate()?;
        let uuid = random_uuid()?;
        let mut contents = Contents {
            uuid,
            role,
            label: label.to_owned(),
            cost,
            salt: [0; _],
            sealing_public: secrets.sealing_public(),
            certificate: secrets.certify(&uuid_text(&uuid), role)?,
            nonce: [0; _],
            ciphertext: Vec::new(),
        };
        seal(&mut contents, &secrets, pin)?;
        write_new_private(path, &contents.encode())?;
        Ok(Self {
            path: path.to_owned(),
            contents,
        })
    }

    /// Reads a UKey's file, without its PIN.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be read or others may use it, [`Error::Damaged`],
    /// [`Error::Version`] or [`Error::KdfCost`] when it is not a sound UKey.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = read_private(path, MAX_LEN)?;
        let contents = Contents::decode(&bytes, path)?;
        Ok(Self {
            path: path.to_owned(),
            contents,
        })
    }

    /// Opens the UKey with its PIN. This takes about a second, by design.
    ///
    /// # Errors
    /// [`Error::WrongPin`] when the PIN does not fit the file.
    pub fn open(&self, pin: &Pin) -> Result<Ukey, Error> {
        let secrets = self.unseal(pin)?;
        Ok(Ukey {
            secrets,
            certificate: self.contents.certificate.clone(),
        })
    }

    /// Gives the file a new PIN; the keys stay. Copies of the file keep the old one.
    ///
    /// # Errors
    /// [`Error::WrongPin`] when the old PIN does not fit, [`Error::PinTooShort`] or
    /// [`Error::PinGuessable`] when the new one is refused, [`Error::File`] when the file cannot be
    /// replaced; in each case the file is as it was.
    pub fn change_pin(&mut self, old: &Pin, new: &Pin) -> Result<(), Error> {
        new.require_strong()?;
        let secrets = self.unseal(old)?;
        let mut contents = self.contents.clone();
        seal(&mut contents, &secrets, new)?;
        replace_private(&self.path, &contents.encode())?;
        self.contents = contents;
        Ok(())
    }

    /// Gives the file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the UKey's identifier, as text.
    #[must_use]
    pub fn uuid(&self) -> String {
        uuid_text(&self.contents.uuid)
    }

    /// Gives the UKey's role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.contents.role
    }

    /// Gives the label that its maker chose.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.contents.label
    }

    /// Gives the certificate in DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.contents.certificate
    }

    /// Says what each guess at the PIN costs.
    #[must_use]
    pub fn kdf(&self) -> KdfCost {
        self.contents.cost
    }

    /// Gives the X25519 public key to which shares for this UKey are sealed.
    #[must_use]
    pub fn sealing_public_key(&self) -> [u8; 32] {
        self.contents.sealing_public
    }

    fn unseal(&self, pin: &Pin) -> Result<Secrets, Error> {
        let contents = &self.contents;
        let key = content_key(contents, pin)?;
        let aad = Aad::from(contents.associated_data());
        let nonce = Nonce::assume_unique_for_key(contents.nonce);
        let mut bytes = Zeroizing::new(contents.ciphertext.clone());
        let secrets = key
            .open_in_place(nonce, aad, &mut bytes)
            .ok()
            .and_then(|plain| Secrets::decode(plain));
        secrets.ok_or_else(|| Error::WrongPin {
            path: self.path.clone(),
        })
    }
}

impl fmt::Debug for UkeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UkeyFile")
            .field("path", &self.path)
            .field("uuid", &self.uuid())
            .field("role", &self.contents.role)
            .finish_non_exhaustive()
    }
}

/// Encrypts the keys under a PIN, with a new salt and therefore a new key each time.
fn seal(contents: &mut Contents, secrets: &Secrets, pin: &Pin) -> Result<(), Error> {
    let failed = |_| Error::Crypto {
        action: "encrypt the UKey",
    };
    rand::fill(&mut contents.salt).map_err(failed)?;
    rand::fill(&mut contents.nonce).map_err(failed)?;
    let key = content_key(contents, pin)?;
    let mut bytes = secrets.encode();
    let aad = Aad::from(contents.associated_data());
    let nonce = Nonce::assume_unique_for_key(contents.nonce);
    let tag = key
        .seal_in_place_separate_tag(nonce, aad, &mut bytes)
        .map_err(failed)?;
    contents.ciphertext = [&bytes, tag.as_ref()].concat();
    Ok(())
}

fn content_key(contents: &Contents, pin: &Pin) -> Result<LessSafeKey, Error> {
    let key = contents.cost.derive(pin, &contents.salt)?;
    let key = UnboundKey::new(&AES_256_GCM, &*key).map_err(|_| Error::Crypto {
        action: "derive a key from the PIN",
    })?;
    Ok(LessSafeKey::new(key))
}

/// Makes a random identifier (RFC 9562, version 4).
fn random_uuid() -> Result<[u8; 16], Error> {
    let mut uuid = [0; 16];
    rand::fill(&mut uuid).map_err(|_| Error::Crypto {
        action: "make an identifier",
    })?;
    uuid[6] = uuid[6] & 0x0F | 0x40;
    uuid[8] = uuid[8] & 0x3F | 0x80;
    Ok(uuid)
}

fn uuid_text(uuid: &[u8; 16]) -> String {
    let hex = hex::encode(uuid);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests;
