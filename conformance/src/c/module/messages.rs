//! The message-based functions of version 3.0 (PKCS#11 3.1 sections 5.9, 5.11, 5.14 and 5.16).

use cryptoki_sys::{CK_FLAGS, CK_ULONG};

use super::Module;
use crate::c::{Arg, Function, Mechanism, Object, Out, Output, Rv, Session, Structure};

/// A message's parameter and its length; null for none.
fn parameter(structure: Option<&Structure>) -> [Arg<'_>; 2] {
    match structure {
        Some(structure) => [
            Arg::Structure(structure),
            Arg::Number(structure.size() as CK_ULONG),
        ],
        None => [Arg::Null, Arg::Number(0)],
    }
}

/// Bytes and their length; a null pointer for none.
fn counted(bytes: &[u8]) -> [Arg<'_>; 2] {
    let pointer = if bytes.is_empty() {
        Arg::Null
    } else {
        Arg::Bytes(bytes)
    };
    [pointer, Arg::Number(bytes.len() as CK_ULONG)]
}

impl Module {
    /// `C_MessageEncryptInit`; a null pointer for no mechanism.
    pub fn message_encrypt_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        self.begin(Function::C_MessageEncryptInit, session, mechanism, key)
    }

    /// `C_EncryptMessage`.
    pub fn encrypt_message(
        &self,
        session: Session,
        structure: Option<&Structure>,
        aad: &[u8],
        data: &[u8],
        out: Out,
    ) -> Output {
        self.message(
            Function::C_EncryptMessage,
            session,
            structure,
            [aad, data],
            out,
        )
    }

    /// `C_EncryptMessageBegin`.
    pub fn encrypt_message_begin(
        &self,
        session: Session,
        structure: Option<&Structure>,
        aad: &[u8],
    ) -> Rv {
        self.message_begin(Function::C_EncryptMessageBegin, session, structure, aad)
    }

    /// `C_EncryptMessageNext`.
    pub fn encrypt_message_next(
        &self,
        session: Session,
        structure: Option<&Structure>,
        part: &[u8],
        out: Out,
        flags: CK_FLAGS,
    ) -> Output {
        self.message_next(
            Function::C_EncryptMessageNext,
            session,
            structure,
            part,
            (out, flags),
        )
    }

    /// `C_MessageEncryptFinal`.
    pub fn message_encrypt_final(&self, session: Session) -> Rv {
        self.call(
            Function::C_MessageEncryptFinal,
            vec![Arg::Number(session.0)],
        )
    }

    /// `C_MessageDecryptInit`; a null pointer for no mechanism.
    pub fn message_decrypt_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        self.begin(Function::C_MessageDecryptInit, session, mechanism, key)
    }

    /// `C_DecryptMessage`.
    pub fn decrypt_message(
        &self,
        session: Session,
        structure: Option<&Structure>,
        aad: &[u8],
        data: &[u8],
        out: Out,
    ) -> Output {
        self.message(
            Function::C_DecryptMessage,
            session,
            structure,
            [aad, data],
            out,
        )
    }

    /// `C_DecryptMessageBegin`.
    pub fn decrypt_message_begin(
        &self,
        session: Session,
        structure: Option<&Structure>,
        aad: &[u8],
    ) -> Rv {
        self.message_begin(Function::C_DecryptMessageBegin, session, structure, aad)
    }

    /// `C_DecryptMessageNext`.
    pub fn decrypt_message_next(
        &self,
        session: Session,
        structure: Option<&Structure>,
        part: &[u8],
        out: Out,
        flags: CK_FLAGS,
    ) -> Output {
        self.message_next(
            Function::C_DecryptMessageNext,
            session,
            structure,
            part,
            (out, flags),
        )
    }

    /// `C_MessageDecryptFinal`.
    pub fn message_decrypt_final(&self, session: Session) -> Rv {
        self.call(
            Function::C_MessageDecryptFinal,
            vec![Arg::Number(session.0)],
        )
    }

    /// `C_MessageSignInit`; a null pointer for no mechanism.
    pub fn message_sign_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        self.begin(Function::C_MessageSignInit, session, mechanism, key)
    }

    /// `C_SignMessage`.
    pub fn sign_message(
        &self,
        session: Session,
        structure: Option<&Structure>,
        data: &[u8],
        out: Out,
    ) -> Output {
        let args = first(session, structure).chain(counted(data));
        self.produce(Function::C_SignMessage, args.collect(), out)
    }

    /// `C_SignMessageBegin`.
    pub fn sign_message_begin(&self, session: Session, structure: Option<&Structure>) -> Rv {
        self.call(
            Function::C_SignMessageBegin,
            first(session, structure).collect(),
        )
    }

    /// `C_SignMessageNext` with more to follow: no buffer, and a null pointer for its length.
    pub fn sign_message_more(
        &self,
        session: Session,
        structure: Option<&Structure>,
        part: &[u8],
    ) -> Rv {
        let args = first(session, structure).chain(counted(part));
        let args = args.chain([Arg::Null, Arg::Null]);
        self.call(Function::C_SignMessageNext, args.collect())
    }

    /// `C_SignMessageNext` with the last part.
    pub fn sign_message_last(
        &self,
        session: Session,
        structure: Option<&Structure>,
        part: &[u8],
        out: Out,
    ) -> Output {
        let args = first(session, structure).chain(counted(part));
        self.produce(Function::C_SignMessageNext, args.collect(), out)
    }

    /// `C_MessageSignFinal`.
    pub fn message_sign_final(&self, session: Session) -> Rv {
        self.call(Function::C_MessageSignFinal, vec![Arg::Number(session.0)])
    }

    /// `C_MessageVerifyInit`; a null pointer for no mechanism.
    pub fn message_verify_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        self.begin(Function::C_MessageVerifyInit, session, mechanism, key)
    }

    /// `C_VerifyMessage`.
    pub fn verify_message(
        &self,
        session: Session,
        structure: Option<&Structure>,
        data: &[u8],
        signature: &[u8],
    ) -> Rv {
        let args = first(session, structure)
            .chain(counted(data))
            .chain(counted(signature));
        self.call(Function::C_VerifyMessage, args.collect())
    }

    /// `C_VerifyMessageBegin`.
    pub fn verify_message_begin(&self, session: Session, structure: Option<&Structure>) -> Rv {
        self.call(
            Function::C_VerifyMessageBegin,
            first(session, structure).collect(),
        )
    }

    /// `C_VerifyMessageNext`; without a signature more is to follow.
    pub fn verify_message_next(
        &self,
        session: Session,
        structure: Option<&Structure>,
        part: &[u8],
        signature: &[u8],
    ) -> Rv {
        let args = first(session, structure)
            .chain(counted(part))
            .chain(counted(signature));
        self.call(Function::C_VerifyMessageNext, args.collect())
    }

    /// `C_MessageVerifyFinal`.
    pub fn message_verify_final(&self, session: Session) -> Rv {
        self.call(Function::C_MessageVerifyFinal, vec![Arg::Number(session.0)])
    }

    fn message(
        &self,
        function: Function,
        session: Session,
        structure: Option<&Structure>,
        [aad, data]: [&[u8]; 2],
        out: Out,
    ) -> Output {
        let args = first(session, structure)
            .chain(counted(aad))
            .chain(counted(data));
        self.produce(function, args.collect(), out)
    }

    fn message_begin(
        &self,
        function: Function,
        session: Session,
        structure: Option<&Structure>,
        aad: &[u8],
    ) -> Rv {
        self.call(
            function,
            first(session, structure).chain(counted(aad)).collect(),
        )
    }

    fn message_next(
        &self,
        function: Function,
        session: Session,
        structure: Option<&Structure>,
        part: &[u8],
        (out, flags): (Out, CK_FLAGS),
    ) -> Output {
        let args = first(session, structure).chain(counted(part));
        self.produce_before(function, args.collect(), out, vec![Arg::Number(flags)])
    }
}

/// The arguments that all of them begin with.
fn first(session: Session, structure: Option<&Structure>) -> impl Iterator<Item = Arg<'_>> {
    [Arg::Number(session.0)]
        .into_iter()
        .chain(parameter(structure))
}
