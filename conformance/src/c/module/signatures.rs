//! Signing and verifying (PKCS#11 3.1 sections 5.13 and 5.15; 3.2 for `C_VerifySignature`).

use cryptoki_sys::CK_ULONG;

use super::Module;
use crate::c::{Arg, Function, Mechanism, Object, Out, Output, Rv, Session};

impl Module {
    /// `C_SignInit`; a null pointer for no mechanism.
    pub fn sign_init(&self, session: Session, mechanism: Option<&Mechanism>, key: Object) -> Rv {
        self.begin(Function::C_SignInit, session, mechanism, key)
    }

    /// `C_Sign`.
    pub fn sign(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_Sign, session, data, out)
    }

    /// `C_SignUpdate`.
    pub fn sign_update(&self, session: Session, data: &[u8]) -> Rv {
        self.feed(Function::C_SignUpdate, session, data)
    }

    /// `C_SignFinal`.
    pub fn sign_final(&self, session: Session, out: Out) -> Output {
        self.produce(Function::C_SignFinal, vec![Arg::Number(session.0)], out)
    }

    /// `C_SignRecoverInit`; a null pointer for no mechanism.
    pub fn sign_recover_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        self.begin(Function::C_SignRecoverInit, session, mechanism, key)
    }

    /// `C_SignRecover`.
    pub fn sign_recover(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_SignRecover, session, data, out)
    }

    /// `C_VerifyInit`; a null pointer for no mechanism.
    pub fn verify_init(&self, session: Session, mechanism: Option<&Mechanism>, key: Object) -> Rv {
        self.begin(Function::C_VerifyInit, session, mechanism, key)
    }

    /// `C_Verify`.
    pub fn verify(&self, session: Session, data: &[u8], signature: &[u8]) -> Rv {
        let data = [Arg::Bytes(data), Arg::Number(data.len() as CK_ULONG)];
        let signature = [
            Arg::Bytes(signature),
            Arg::Number(signature.len() as CK_ULONG),
        ];
        let args = [Arg::Number(session.0)]
            .into_iter()
            .chain(data)
            .chain(signature);
        self.call(Function::C_Verify, args.collect())
    }

    /// `C_VerifyUpdate`.
    pub fn verify_update(&self, session: Session, data: &[u8]) -> Rv {
        self.feed(Function::C_VerifyUpdate, session, data)
    }

    /// `C_VerifyFinal`.
    pub fn verify_final(&self, session: Session, data: &[u8]) -> Rv {
        self.feed(Function::C_VerifyFinal, session, data)
    }

    /// `C_VerifyRecoverInit`; a null pointer for no mechanism.
    pub fn verify_recover_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
    ) -> Rv {
        self.begin(Function::C_VerifyRecoverInit, session, mechanism, key)
    }

    /// `C_VerifyRecover`.
    pub fn verify_recover(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_VerifyRecover, session, data, out)
    }

    /// `C_VerifySignatureInit`.
    pub fn verify_signature_init(
        &self,
        session: Session,
        mechanism: Option<&Mechanism>,
        key: Object,
        signature: &[u8],
    ) -> Rv {
        let mechanism = mechanism.map_or(Arg::Null, Arg::Mechanism);
        let signature = [
            Arg::Bytes(signature),
            Arg::Number(signature.len() as CK_ULONG),
        ];
        let args = [Arg::Number(session.0), mechanism, Arg::Number(key.0)]
            .into_iter()
            .chain(signature);
        self.call(Function::C_VerifySignatureInit, args.collect())
    }

    /// `C_VerifySignature`.
    pub fn verify_signature(&self, session: Session, data: &[u8]) -> Rv {
        self.feed(Function::C_VerifySignature, session, data)
    }

    /// `C_VerifySignatureUpdate`.
    pub fn verify_signature_update(&self, session: Session, data: &[u8]) -> Rv {
        self.feed(Function::C_VerifySignatureUpdate, session, data)
    }

    /// `C_VerifySignatureFinal`.
    pub fn verify_signature_final(&self, session: Session) -> Rv {
        self.call(
            Function::C_VerifySignatureFinal,
            vec![Arg::Number(session.0)],
        )
    }
}
