//! Encrypting, decrypting, signing and verifying messages (3.0; 5.9, 5.11, 5.14, 5.16).

use std::sync::Arc;

use ck::flags::mechanism::MULTI_MESSAGE;
use ck::{AttributeType, Mechanism, Mgf, Params};
use proto::shape::{
    Answer, CipherMechanism, MechanismArgument, MechanismIn, Room, Sealed, SessionHandle, Shape,
};
use proto::{Reader, Writer};

use super::authenticated::Aead;
use super::{Within, mechanism_of};
use crate::Error;
use crate::operation::KeyInUse;
use crate::operation::message::{Means, MessageKind, Parts, Process};
use crate::rules::is_key;

/// `CKF_END_OF_MESSAGE`: the part is the last one.
const END_OF_MESSAGE: u64 = 0x1;

const INVALID: Error = Error::Mechanism(mech::Error::MechanismParamInvalid);

/// The parameters that policy is asked about before there is a message: those that it likes best.
const AWAITED: Params<'static> = Params::Aead {
    nonce: &[0; 12],
    fixed_bits: 0,
    generator: Mgf::GENERATE,
    data_len: 0,
    aad: &[],
    tag: Some(&[]),
    tag_bits: 128,
};

impl Within<'_> {
    /// Starts a process; the null pointer for a mechanism ends the one that goes on.
    pub(super) fn begin_messages(
        &mut self,
        kind: MessageKind,
        mechanism: Option<MechanismArgument<'_>>,
        key: u64,
    ) -> Result<(), Error> {
        if mechanism.is_none() {
            self.activity.messages.cancel(kind);
            return Ok(());
        }
        self.activity.messages.check_free(kind)?;
        let (row, argument) = mechanism_of(mechanism)?;
        if row.flags() & kind.flag() == 0 {
            return Err(mech::Error::MechanismInvalid.into());
        }
        let object = self.visible(key, Error::KeyHandleInvalid)?;
        let attributes = object.attributes();
        if !is_key(attributes.class()) {
            return Err(Error::KeyHandleInvalid);
        }
        let params = match kind {
            MessageKind::Encrypt | MessageKind::Decrypt => AWAITED,
            MessageKind::Sign | MessageKind::Verify => argument.params,
        };
        self.permit(kind.usage(), &attributes, row, &params)?;
        let means = Means {
            row,
            argument: written(&argument),
            key: object.key()?,
            attributes: Arc::clone(&attributes),
        };
        try_out(kind, &means, &params)?;
        let key = KeyInUse {
            object: object.handle,
            private: object.private,
            locked: attributes.is(AttributeType::ALWAYS_AUTHENTICATE),
        };
        self.activity.messages.start(kind, Process::new(means, key));
        Ok(())
    }

    /// Encrypts a message. What is asked for its length has no initialisation vector yet.
    pub(super) fn encrypt_message(
        &mut self,
        (params, sealed): (Params<'_>, &mut Sealed),
        associated: &[u8],
        data: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Encrypt;
        let means = self.activity.messages.between(KIND)?;
        let aead = self.message(KIND, &means, &params, associated)?;
        aead.check_len(data.len())?;
        if has_no_room(data.len(), answer)? {
            return Ok(());
        }
        self.activity.messages.use_key(KIND)?;
        let (nonce, fresh) = aead.nonce()?;
        let params = aead.params(means.row, &nonce, data.len());
        let mut cipher = mech::encryptor(means.row, &params, &means.key)?;
        let mut out = Vec::with_capacity(data.len() + aead.tag_len());
        cipher.update(data, &mut out)?;
        cipher.finish(&mut out)?;
        sealed.tag = out.split_off(data.len());
        if fresh {
            sealed.nonce = nonce;
        }
        answer.items(out);
        Ok(())
    }

    /// Begins a message that is encrypted in parts.
    pub(super) fn begin_encrypting(
        &mut self,
        (params, sealed): (Params<'_>, &mut Sealed),
        associated: &[u8],
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Encrypt;
        let means = self.activity.messages.between(KIND)?;
        check_parts(means.row)?;
        let aead = self.message(KIND, &means, &params, associated)?;
        self.activity.messages.use_key(KIND)?;
        let (nonce, fresh) = aead.nonce()?;
        let params = aead.params(means.row, &nonce, 0);
        let parts = Parts::Cipher {
            cipher: mech::encryptor(means.row, &params, &means.key)?,
            tag_len: aead.tag_len(),
        };
        self.activity.messages.put(KIND, parts)?;
        if fresh {
            sealed.nonce = nonce;
        }
        Ok(())
    }

    /// Encrypts a part of a message; with the last one comes the tag.
    pub(super) fn encrypt_part(
        &mut self,
        (params, sealed): (Params<'_>, &mut Sealed),
        part: &[u8],
        answer: &mut Answer<Vec<u8>>,
        flags: u64,
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Encrypt;
        let means = self.activity.messages.inside(KIND)?;
        let aead = Aead::new(means.row, &params, &[])?;
        let messages = &mut self.activity.messages;
        let Parts::Cipher {
            mut cipher,
            tag_len,
        } = messages.take(KIND)?
        else {
            return Err(Error::OperationNotInitialized);
        };
        if aead.tag().is_none() || aead.tag_len() != tag_len {
            return Err(INVALID);
        }
        let room = has_no_room(cipher.update_len(part.len()), answer);
        if !matches!(room, Ok(false)) {
            messages.put(KIND, Parts::Cipher { cipher, tag_len })?;
            return room.map(drop);
        }
        let mut out = Vec::with_capacity(part.len() + tag_len);
        cipher.update(part, &mut out)?;
        if flags & END_OF_MESSAGE == 0 {
            messages.put(KIND, Parts::Cipher { cipher, tag_len })?;
        } else {
            cipher.finish(&mut out)?;
            sealed.tag = out.split_off(out.len().saturating_sub(tag_len));
        }
        answer.items(out);
        Ok(())
    }

    /// Decrypts a message.
    pub(super) fn decrypt_message(
        &mut self,
        params: Params<'_>,
        associated: &[u8],
        data: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Decrypt;
        let means = self.activity.messages.between(KIND)?;
        let aead = self.message(KIND, &means, &params, associated)?;
        aead.check_len(data.len())?;
        let tag = aead.whole_tag()?;
        if has_no_room(data.len(), answer)? {
            return Ok(());
        }
        self.activity.messages.use_key(KIND)?;
        let params = aead.params(means.row, aead.given(), data.len());
        let mut cipher = mech::decryptor(means.row, &params, &means.key)?;
        let mut out = Vec::with_capacity(data.len() + tag.len());
        cipher.update(data, &mut out)?;
        cipher.update(tag, &mut out)?;
        cipher.finish(&mut out).map_err(opening)?;
        answer.items(out);
        Ok(())
    }

    /// Begins a message that is decrypted in parts.
    pub(super) fn begin_decrypting(
        &mut self,
        params: Params<'_>,
        associated: &[u8],
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Decrypt;
        let means = self.activity.messages.between(KIND)?;
        check_parts(means.row)?;
        let aead = self.message(KIND, &means, &params, associated)?;
        self.activity.messages.use_key(KIND)?;
        let params = aead.params(means.row, aead.given(), 0);
        let parts = Parts::Cipher {
            cipher: mech::decryptor(means.row, &params, &means.key)?,
            tag_len: aead.tag_len(),
        };
        self.activity.messages.put(KIND, parts)
    }

    /// Decrypts a part of a message. Nothing comes out before the last one, with which the tag comes.
    pub(super) fn decrypt_part(
        &mut self,
        params: Params<'_>,
        part: &[u8],
        answer: &mut Answer<Vec<u8>>,
        flags: u64,
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Decrypt;
        let means = self.activity.messages.inside(KIND)?;
        let aead = Aead::new(means.row, &params, &[])?;
        let messages = &mut self.activity.messages;
        let Parts::Cipher {
            mut cipher,
            tag_len,
        } = messages.take(KIND)?
        else {
            return Err(Error::OperationNotInitialized);
        };
        let last = flags & END_OF_MESSAGE != 0;
        let length = if last {
            cipher.whole_len(part.len() + tag_len)
        } else {
            cipher.update_len(part.len())
        };
        let room = has_no_room(length, answer);
        if !matches!(room, Ok(false)) {
            messages.put(KIND, Parts::Cipher { cipher, tag_len })?;
            return room.map(drop);
        }
        let mut out = Vec::with_capacity(length);
        cipher.update(part, &mut out)?;
        if last {
            let tag = aead.whole_tag()?;
            if tag.len() != tag_len {
                return Err(INVALID);
            }
            cipher.update(tag, &mut out)?;
            cipher.finish(&mut out).map_err(opening)?;
        } else {
            messages.put(KIND, Parts::Cipher { cipher, tag_len })?;
        }
        answer.items(out);
        Ok(())
    }

    /// Signs a message.
    pub(super) fn sign_message(
        &mut self,
        data: &[u8],
        answer: &mut Answer<Vec<u8>>,
    ) -> Result<(), Error> {
        let mut signer = self.signer(answer.room())?;
        if has_no_room(signer.output_len(), answer)? {
            return Ok(());
        }
        signer.update(data)?;
        answer.items(signer.finish()?);
        Ok(())
    }

    /// Begins a message that is signed in parts.
    pub(super) fn begin_signing(&mut self) -> Result<(), Error> {
        let signer = self.signer(Room::Items(u64::MAX))?;
        let parts = Parts::Sign(signer);
        self.activity.messages.put(MessageKind::Sign, parts)
    }

    /// Signs a part of a message; the last one is the one that asks for the signature.
    pub(super) fn sign_part(
        &mut self,
        part: &[u8],
        answer: Option<&mut Answer<Vec<u8>>>,
    ) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Sign;
        let messages = &mut self.activity.messages;
        let Parts::Sign(mut signer) = messages.take(KIND)? else {
            return Err(Error::OperationNotInitialized);
        };
        let Some(answer) = answer else {
            signer.update(part)?;
            return messages.put(KIND, Parts::Sign(signer));
        };
        let room = has_no_room(signer.output_len(), answer);
        if !matches!(room, Ok(false)) {
            messages.put(KIND, Parts::Sign(signer))?;
            return room.map(drop);
        }
        signer.update(part)?;
        answer.items(signer.finish()?);
        Ok(())
    }

    /// Tells whether a signature is one of a message.
    pub(super) fn verify_message(&mut self, data: &[u8], signature: &[u8]) -> Result<(), Error> {
        let mut verifier = self.verifier()?;
        verifier.update(data)?;
        Ok(verifier.finish(signature)?)
    }

    /// Begins a message that is verified in parts.
    pub(super) fn begin_verifying_message(&mut self) -> Result<(), Error> {
        let parts = Parts::Verify(self.verifier()?);
        self.activity.messages.put(MessageKind::Verify, parts)
    }

    /// Takes a part of a message; the last one is the one that brings the signature.
    pub(super) fn verify_part(&mut self, part: &[u8], signature: &[u8]) -> Result<(), Error> {
        const KIND: MessageKind = MessageKind::Verify;
        let messages = &mut self.activity.messages;
        let Parts::Verify(mut verifier) = messages.take(KIND)? else {
            return Err(Error::OperationNotInitialized);
        };
        verifier.update(part)?;
        if signature.is_empty() {
            return messages.put(KIND, Parts::Verify(verifier));
        }
        Ok(verifier.finish(signature)?)
    }

    /// Reads the parameters of a message and asks policy about them.
    fn message<'a>(
        &self,
        kind: MessageKind,
        means: &Means,
        params: &Params<'a>,
        associated: &'a [u8],
    ) -> Result<Aead<'a>, Error> {
        let aead = Aead::new(means.row, params, associated)?;
        if aead.tag().is_none() {
            return Err(INVALID);
        }
        self.permit(kind.usage(), &means.attributes, means.row, params)?;
        Ok(aead)
    }

    /// Starts signing a message. Who only asks for a length uses no key.
    fn signer(&mut self, room: Room) -> Result<Box<dyn mech::Signer>, Error> {
        const KIND: MessageKind = MessageKind::Sign;
        let means = self.activity.messages.between(KIND)?;
        let argument = read(&means.argument)?;
        self.permit(KIND.usage(), &means.attributes, means.row, &argument.params)?;
        let signer = mech::signer(means.row, &argument.params, &means.key)?;
        if room.fits(signer.output_len()) {
            self.activity.messages.use_key(KIND)?;
        }
        Ok(signer)
    }

    /// Starts verifying a message.
    fn verifier(&mut self) -> Result<Box<dyn mech::Verifier>, Error> {
        const KIND: MessageKind = MessageKind::Verify;
        let means = self.activity.messages.between(KIND)?;
        let argument = read(&means.argument)?;
        self.permit(KIND.usage(), &means.attributes, means.row, &argument.params)?;
        self.activity.messages.use_key(KIND)?;
        Ok(mech::verifier(means.row, &argument.params, &means.key)?)
    }
}

/// Checks that the key and the parameters start what the process is for.
fn try_out(kind: MessageKind, means: &Means, params: &Params<'_>) -> Result<(), Error> {
    let cipher = || -> Result<_, Error> {
        let aead = Aead::new(means.row, params, &[])?;
        Ok(aead)
    };
    match kind {
        MessageKind::Encrypt => {
            let aead = cipher()?;
            let params = aead.params(means.row, aead.given(), 0);
            mech::encryptor(means.row, &params, &means.key)?;
        }
        MessageKind::Decrypt => {
            let aead = cipher()?;
            let params = aead.params(means.row, aead.given(), 0);
            mech::decryptor(means.row, &params, &means.key)?;
        }
        MessageKind::Sign => {
            mech::signer(means.row, params, &means.key)?;
        }
        MessageKind::Verify => {
            mech::verifier(means.row, params, &means.key)?;
        }
    }
    Ok(())
}

/// Checks that a mechanism takes messages in parts.
fn check_parts(row: &Mechanism) -> Result<(), Error> {
    if row.flags() & MULTI_MESSAGE == 0 {
        return Err(Error::Rejected(
            "the mechanism takes messages whole: C_GetMechanismInfo has no CKF_MULTI_MESSAGE for it",
        ));
    }
    Ok(())
}

/// The two-call rule: tells whether the length was all that was asked for.
fn has_no_room(length: usize, answer: &mut Answer<Vec<u8>>) -> Result<bool, Error> {
    match answer.room() {
        Room::Query => {
            answer.length(length);
            Ok(true)
        }
        room if room.fits(length) => Ok(false),
        Room::Items(_) => {
            answer.length(length);
            Err(Error::BufferTooSmall)
        }
    }
}

/// What a cipher says of a message that was changed.
fn opening(error: mech::Error) -> Error {
    match error {
        mech::Error::EncryptedDataInvalid => Error::MessageChanged,
        other => other.into(),
    }
}

/// Writes a mechanism down as it travels, for the messages to come.
fn written(argument: &MechanismArgument<'_>) -> Arc<[u8]> {
    let mut bytes = Vec::new();
    MechanismIn::encode(Some(argument), &mut Writer::new(&mut bytes));
    bytes.into()
}

/// Reads what was written down.
fn read(bytes: &[u8]) -> Result<MechanismArgument<'_>, Error> {
    let mut reader = Reader::new(SessionHandle(0), bytes);
    let argument = <CipherMechanism as Shape>::decode(&mut reader);
    argument.ok().flatten().ok_or(INVALID)
}
