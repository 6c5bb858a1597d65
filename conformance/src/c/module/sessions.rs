//! Sessions and logins (PKCS#11 3.1 section 5.6), and PINs (5.5.8, 5.5.9).

use cryptoki_sys::{
    CK_FLAGS, CK_SESSION_INFO, CK_SLOT_ID, CK_ULONG, CK_USER_TYPE, CKF_RW_SESSION,
    CKF_SERIAL_SESSION,
};

use super::Module;
use crate::c::info::read;
use crate::c::{Arg, Buffer, Function, Object, Out, Output, Rv, Session};

impl Module {
    /// `C_OpenSession` without a callback.
    pub fn open_session(&self, slot: CK_SLOT_ID, flags: CK_FLAGS) -> (Rv, Session) {
        let mut handle: CK_ULONG = 0;
        let args = vec![
            Arg::Number(slot),
            Arg::Number(flags),
            Arg::Null,
            Arg::Null,
            Arg::Place(&mut handle),
        ];
        (self.call(Function::C_OpenSession, args), Session(handle))
    }

    /// Opens a read/write session.
    pub fn open_read_write(&self, slot: CK_SLOT_ID) -> (Rv, Session) {
        self.open_session(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)
    }

    /// Opens a read-only session.
    pub fn open_read_only(&self, slot: CK_SLOT_ID) -> (Rv, Session) {
        self.open_session(slot, CKF_SERIAL_SESSION)
    }

    /// `C_CloseSession`.
    pub fn close_session(&self, session: Session) -> Rv {
        self.call(Function::C_CloseSession, vec![Arg::Number(session.0)])
    }

    /// `C_CloseAllSessions`.
    pub fn close_all_sessions(&self, slot: CK_SLOT_ID) -> Rv {
        self.call(Function::C_CloseAllSessions, vec![Arg::Number(slot)])
    }

    /// `C_GetSessionInfo`.
    pub fn session_info(&self, session: Session) -> (Rv, CK_SESSION_INFO) {
        let mut buffer = Buffer::new(size_of::<CK_SESSION_INFO>());
        let args = vec![Arg::Number(session.0), Arg::Buffer(&mut buffer)];
        let rv = self.call(Function::C_GetSessionInfo, args);
        (rv, read(&buffer))
    }

    /// `C_SessionCancel`.
    pub fn session_cancel(&self, session: Session, flags: CK_FLAGS) -> Rv {
        self.call(
            Function::C_SessionCancel,
            vec![Arg::Number(session.0), Arg::Number(flags)],
        )
    }

    /// `C_GetOperationState`.
    pub fn operation_state(&self, session: Session, out: Out) -> Output {
        self.produce(
            Function::C_GetOperationState,
            vec![Arg::Number(session.0)],
            out,
        )
    }

    /// `C_SetOperationState`.
    pub fn set_operation_state(
        &self,
        session: Session,
        state: &[u8],
        encryption: Object,
        authentication: Object,
    ) -> Rv {
        let length = Arg::Number(state.len() as CK_ULONG);
        let keys = [Arg::Number(encryption.0), Arg::Number(authentication.0)];
        let args = [Arg::Number(session.0), Arg::Bytes(state), length]
            .into_iter()
            .chain(keys);
        self.call(Function::C_SetOperationState, args.collect())
    }

    /// `C_Login`.
    pub fn login(&self, session: Session, user: CK_USER_TYPE, pin: &[u8]) -> Rv {
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(user),
            Arg::Secret(pin),
            Arg::Number(pin.len() as CK_ULONG),
        ];
        self.call(Function::C_Login, args)
    }

    /// `C_LoginUser`.
    pub fn login_user(&self, session: Session, user: CK_USER_TYPE, pin: &[u8], name: &[u8]) -> Rv {
        let pin = [Arg::Secret(pin), Arg::Number(pin.len() as CK_ULONG)];
        let name = [Arg::Bytes(name), Arg::Number(name.len() as CK_ULONG)];
        let args = [Arg::Number(session.0), Arg::Number(user)]
            .into_iter()
            .chain(pin)
            .chain(name);
        self.call(Function::C_LoginUser, args.collect())
    }

    /// `C_Logout`.
    pub fn logout(&self, session: Session) -> Rv {
        self.call(Function::C_Logout, vec![Arg::Number(session.0)])
    }

    /// `C_InitPIN`.
    pub fn init_pin(&self, session: Session, pin: &[u8]) -> Rv {
        let args = vec![
            Arg::Number(session.0),
            Arg::Secret(pin),
            Arg::Number(pin.len() as CK_ULONG),
        ];
        self.call(Function::C_InitPIN, args)
    }

    /// `C_SetPIN`.
    pub fn set_pin(&self, session: Session, old: &[u8], new: &[u8]) -> Rv {
        let old = [Arg::Secret(old), Arg::Number(old.len() as CK_ULONG)];
        let new = [Arg::Secret(new), Arg::Number(new.len() as CK_ULONG)];
        let args = [Arg::Number(session.0)].into_iter().chain(old).chain(new);
        self.call(Function::C_SetPIN, args.collect())
    }
}
