//! Key management (PKCS#11 3.1 section 5.18).

use cryptoki_sys::CK_ULONG;

use super::Module;
use crate::c::{Arg, Function, Mechanism, Object, Out, Output, Rv, Session, Template};

impl Module {
    /// `C_GenerateKey`.
    pub fn generate_key(
        &self,
        session: Session,
        mechanism: &Mechanism,
        template: &Template,
    ) -> (Rv, Object) {
        self.object(
            Function::C_GenerateKey,
            vec![Arg::Number(session.0), Arg::Mechanism(mechanism)],
            template,
        )
    }

    /// `C_GenerateKeyPair`; returns the public key, then the private key.
    pub fn generate_key_pair(
        &self,
        session: Session,
        mechanism: &Mechanism,
        public: &Template,
        private: &Template,
    ) -> (Rv, Object, Object) {
        let (mut first, mut second): (CK_ULONG, CK_ULONG) = (0, 0);
        let args = vec![
            Arg::Number(session.0),
            Arg::Mechanism(mechanism),
            Arg::Template(public),
            Arg::Number(public.len() as CK_ULONG),
            Arg::Template(private),
            Arg::Number(private.len() as CK_ULONG),
            Arg::Place(&mut first),
            Arg::Place(&mut second),
        ];
        let rv = self.call(Function::C_GenerateKeyPair, args);
        (rv, Object(first), Object(second))
    }

    /// `C_WrapKey`.
    pub fn wrap_key(
        &self,
        session: Session,
        mechanism: &Mechanism,
        wrapping: Object,
        key: Object,
        out: Out,
    ) -> Output {
        let keys = [Arg::Number(wrapping.0), Arg::Number(key.0)];
        let args = [Arg::Number(session.0), Arg::Mechanism(mechanism)]
            .into_iter()
            .chain(keys);
        self.produce(Function::C_WrapKey, args.collect(), out)
    }

    /// `C_UnwrapKey`.
    pub fn unwrap_key(
        &self,
        session: Session,
        mechanism: &Mechanism,
        unwrapping: Object,
        wrapped: &[u8],
        template: &Template,
    ) -> (Rv, Object) {
        let wrapped = [Arg::Bytes(wrapped), Arg::Number(wrapped.len() as CK_ULONG)];
        let args = [
            Arg::Number(session.0),
            Arg::Mechanism(mechanism),
            Arg::Number(unwrapping.0),
        ];
        self.object(
            Function::C_UnwrapKey,
            args.into_iter().chain(wrapped).collect(),
            template,
        )
    }

    /// `C_DeriveKey`.
    pub fn derive_key(
        &self,
        session: Session,
        mechanism: &Mechanism,
        base: Object,
        template: &Template,
    ) -> (Rv, Object) {
        let args = vec![
            Arg::Number(session.0),
            Arg::Mechanism(mechanism),
            Arg::Number(base.0),
        ];
        self.object(Function::C_DeriveKey, args, template)
    }

    /// `C_EncapsulateKey`; returns the ciphertext and the shared secret.
    pub fn encapsulate_key(
        &self,
        session: Session,
        mechanism: &Mechanism,
        public: Object,
        template: &Template,
        room: usize,
    ) -> (Output, Object) {
        let mut buffer = crate::c::Buffer::new(room);
        let mut length = room as CK_ULONG;
        let mut secret: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Mechanism(mechanism),
            Arg::Number(public.0),
            Arg::Template(template),
            Arg::Number(template.len() as CK_ULONG),
            if room == 0 {
                Arg::Null
            } else {
                Arg::Buffer(&mut buffer)
            },
            Arg::Place(&mut length),
            Arg::Place(&mut secret),
        ];
        let rv = self.call(Function::C_EncapsulateKey, args);
        let told = usize::try_from(length).unwrap_or(usize::MAX).min(room);
        let written = if rv.is_ok() { told } else { 0 };
        let output = Output {
            rv,
            length,
            bytes: buffer.bytes()[..written].to_vec(),
            touched: buffer.touched(),
        };
        (output, Object(secret))
    }

    /// `C_DecapsulateKey`.
    pub fn decapsulate_key(
        &self,
        session: Session,
        mechanism: &Mechanism,
        private: Object,
        ciphertext: &[u8],
        template: &Template,
    ) -> (Rv, Object) {
        let mut secret: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Mechanism(mechanism),
            Arg::Number(private.0),
            Arg::Template(template),
            Arg::Number(template.len() as CK_ULONG),
            Arg::Bytes(ciphertext),
            Arg::Number(ciphertext.len() as CK_ULONG),
            Arg::Place(&mut secret),
        ];
        (self.call(Function::C_DecapsulateKey, args), Object(secret))
    }

    /// `C_WrapKeyAuthenticated`.
    pub fn wrap_key_authenticated(
        &self,
        session: Session,
        mechanism: &Mechanism,
        wrapping: Object,
        key: Object,
        data: &[u8],
        out: Out,
    ) -> Output {
        let keys = [Arg::Number(wrapping.0), Arg::Number(key.0)];
        let data = [Arg::Bytes(data), Arg::Number(data.len() as CK_ULONG)];
        let args = [Arg::Number(session.0), Arg::Mechanism(mechanism)]
            .into_iter()
            .chain(keys)
            .chain(data);
        self.produce(Function::C_WrapKeyAuthenticated, args.collect(), out)
    }

    /// `C_UnwrapKeyAuthenticated`.
    pub fn unwrap_key_authenticated(
        &self,
        session: Session,
        mechanism: &Mechanism,
        unwrapping: Object,
        wrapped: &[u8],
        template: &Template,
        data: &[u8],
    ) -> (Rv, Object) {
        let mut key: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Mechanism(mechanism),
            Arg::Number(unwrapping.0),
            Arg::Bytes(wrapped),
            Arg::Number(wrapped.len() as CK_ULONG),
            Arg::Template(template),
            Arg::Number(template.len() as CK_ULONG),
            Arg::Bytes(data),
            Arg::Number(data.len() as CK_ULONG),
            Arg::Place(&mut key),
        ];
        (
            self.call(Function::C_UnwrapKeyAuthenticated, args),
            Object(key),
        )
    }
}
