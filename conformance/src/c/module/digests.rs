//! Message digesting (PKCS#11 3.1 section 5.12).

use super::Module;
use crate::c::{Arg, Function, Mechanism, Object, Out, Output, Rv, Session};

impl Module {
    /// `C_DigestInit`; a null pointer for no mechanism.
    pub fn digest_init(&self, session: Session, mechanism: Option<&Mechanism>) -> Rv {
        let mechanism = mechanism.map_or(Arg::Null, Arg::Mechanism);
        self.call(
            Function::C_DigestInit,
            vec![Arg::Number(session.0), mechanism],
        )
    }

    /// `C_Digest`.
    pub fn digest(&self, session: Session, data: &[u8], out: Out) -> Output {
        self.transform(Function::C_Digest, session, data, out)
    }

    /// `C_DigestUpdate`.
    pub fn digest_update(&self, session: Session, data: &[u8]) -> Rv {
        self.feed(Function::C_DigestUpdate, session, data)
    }

    /// `C_DigestKey`.
    pub fn digest_key(&self, session: Session, key: Object) -> Rv {
        self.call(
            Function::C_DigestKey,
            vec![Arg::Number(session.0), Arg::Number(key.0)],
        )
    }

    /// `C_DigestFinal`.
    pub fn digest_final(&self, session: Session, out: Out) -> Output {
        self.produce(Function::C_DigestFinal, vec![Arg::Number(session.0)], out)
    }
}
