//! General-purpose functions, and those of slots and tokens (PKCS#11 3.1 sections 5.4 and 5.5).

use cryptoki_sys::{
    CK_BBOOL, CK_FLAGS, CK_INFO, CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_SLOT_ID, CK_SLOT_INFO,
    CK_TOKEN_INFO, CK_ULONG,
};

use super::Module;
use crate::c::info::read;
use crate::c::{Arg, Buffer, Function, Out, Rv, Structure};

/// What a call that lists numbers is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What it returned.
    pub rv: Rv,
    /// The count that it told.
    pub count: CK_ULONG,
    /// What it wrote.
    pub list: T,
}

impl Module {
    /// `C_Initialize` with these arguments; with a null pointer for none.
    pub fn initialize(&self, arguments: Option<&Structure>) -> Rv {
        let argument = arguments.map_or(Arg::Null, Arg::Structure);
        self.call(Function::C_Initialize, vec![argument])
    }

    /// `C_Finalize` with a null pointer.
    pub fn finalize(&self) -> Rv {
        self.call(Function::C_Finalize, vec![Arg::Null])
    }

    /// `C_GetInfo`.
    pub fn info(&self) -> (Rv, CK_INFO) {
        let mut buffer = Buffer::new(size_of::<CK_INFO>());
        let rv = self.call(Function::C_GetInfo, vec![Arg::Buffer(&mut buffer)]);
        (rv, read(&buffer))
    }

    /// `C_GetSlotList`: how many there are, or as many as there is room for.
    pub fn slot_list(&self, token_present: bool, out: Out) -> Listed<Vec<CK_SLOT_ID>> {
        let present = Arg::Number(CK_ULONG::from(CK_BBOOL::from(token_present)));
        self.numbers(Function::C_GetSlotList, vec![present], out)
    }

    /// Every slot, as an application asks for them.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub fn slots(&self, token_present: bool) -> Result<Vec<CK_SLOT_ID>, Rv> {
        self.all(|out| self.slot_list(token_present, out))
    }

    /// `C_GetSlotInfo`.
    pub fn slot_info(&self, slot: CK_SLOT_ID) -> (Rv, CK_SLOT_INFO) {
        let mut buffer = Buffer::new(size_of::<CK_SLOT_INFO>());
        let rv = self.call(
            Function::C_GetSlotInfo,
            vec![Arg::Number(slot), Arg::Buffer(&mut buffer)],
        );
        (rv, read(&buffer))
    }

    /// `C_GetTokenInfo`.
    pub fn token_info(&self, slot: CK_SLOT_ID) -> (Rv, CK_TOKEN_INFO) {
        let mut buffer = Buffer::new(size_of::<CK_TOKEN_INFO>());
        let rv = self.call(
            Function::C_GetTokenInfo,
            vec![Arg::Number(slot), Arg::Buffer(&mut buffer)],
        );
        (rv, read(&buffer))
    }

    /// `C_GetMechanismList`: how many there are, or as many as there is room for.
    pub fn mechanism_list(&self, slot: CK_SLOT_ID, out: Out) -> Listed<Vec<CK_MECHANISM_TYPE>> {
        self.numbers(Function::C_GetMechanismList, vec![Arg::Number(slot)], out)
    }

    /// Every mechanism of a slot, as an application asks for them.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub fn mechanisms(&self, slot: CK_SLOT_ID) -> Result<Vec<CK_MECHANISM_TYPE>, Rv> {
        self.all(|out| self.mechanism_list(slot, out))
    }

    /// `C_GetMechanismInfo`.
    pub fn mechanism_info(
        &self,
        slot: CK_SLOT_ID,
        kind: CK_MECHANISM_TYPE,
    ) -> (Rv, CK_MECHANISM_INFO) {
        // The fields begin as zero: a module that leaves some of them alone is another case's business.
        let (rv, [min, max, flags]) = self.mechanism_info_over(slot, kind, 0);
        let info = CK_MECHANISM_INFO {
            ulMinKeySize: min,
            ulMaxKeySize: max,
            flags,
        };
        (rv, info)
    }

    /// `C_GetMechanismInfo` over a structure whose fields all hold `before`; returns the fields.
    pub fn mechanism_info_over(
        &self,
        slot: CK_SLOT_ID,
        kind: CK_MECHANISM_TYPE,
        before: CK_ULONG,
    ) -> (Rv, [CK_ULONG; 3]) {
        const GUARD: CK_ULONG = 0xA5A5_A5A5_A5A5_A5A5;
        let mut words = [before, before, before, GUARD];
        let args = vec![
            Arg::Number(slot),
            Arg::Number(kind),
            Arg::Numbers(&mut words),
        ];
        let rv = self.call(Function::C_GetMechanismInfo, args);
        let [min, max, flags, guard] = words;
        if guard != GUARD {
            self.trace
                .fault("C_GetMechanismInfo wrote behind the end of its structure".to_owned());
        }
        (rv, [min, max, flags])
    }

    /// `C_InitToken`. The label is padded to its 32 bytes.
    pub fn init_token(&self, slot: CK_SLOT_ID, so_pin: &[u8], label: &str) -> Rv {
        let mut padded = [b' '; 32];
        padded[..label.len()].copy_from_slice(label.as_bytes());
        let pin = Arg::Secret(so_pin);
        let length = Arg::Number(so_pin.len() as CK_ULONG);
        self.call(
            Function::C_InitToken,
            vec![Arg::Number(slot), pin, length, Arg::Bytes(&padded)],
        )
    }

    /// `C_WaitForSlotEvent`; returns the slot that it told.
    pub fn wait_for_slot_event(&self, flags: CK_FLAGS) -> (Rv, CK_SLOT_ID) {
        let mut slot: CK_SLOT_ID = CK_ULONG::MAX;
        let args = vec![Arg::Number(flags), Arg::Place(&mut slot), Arg::Null];
        (self.call(Function::C_WaitForSlotEvent, args), slot)
    }

    /// Calls a function whose last two arguments are an array of numbers and the place of its count.
    pub(super) fn numbers(
        &self,
        function: Function,
        args: Vec<Arg<'_>>,
        out: Out,
    ) -> Listed<Vec<CK_ULONG>> {
        let size = match out {
            Out::Room(size) => size,
            Out::Length | Out::NoLength => 0,
        };
        let mut list = vec![CK_ULONG::MAX; size];
        let mut count = size as CK_ULONG;
        let numbers = if out == Out::Length {
            Arg::Null
        } else {
            Arg::Numbers(&mut list)
        };
        let place = if out == Out::NoLength {
            Arg::Null
        } else {
            Arg::Place(&mut count)
        };
        let rv = self.call(function, args.into_iter().chain([numbers, place]).collect());
        let told = usize::try_from(count).unwrap_or(usize::MAX).min(size);
        list.truncate(if rv.is_ok() { told } else { 0 });
        Listed { rv, count, list }
    }

    fn all(&self, call: impl Fn(Out) -> Listed<Vec<CK_ULONG>>) -> Result<Vec<CK_ULONG>, Rv> {
        let counted = call(Out::Length);
        if !counted.rv.is_ok() {
            return Err(counted.rv);
        }
        let listed = call(Out::Room(
            usize::try_from(counted.count).unwrap_or(0).min(1 << 20),
        ));
        if listed.rv.is_ok() {
            Ok(listed.list)
        } else {
            Err(listed.rv)
        }
    }
}
