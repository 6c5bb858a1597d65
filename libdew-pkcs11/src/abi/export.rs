//! The C functions, made from the call table.
//!
//! Each shape stands for one to three C parameters. [`flatten`] goes through a row's arguments from left to right and
//! collects two lists: the C parameters, and how an argument is read from them. Each step is an expansion of its own, so the
//! names that it gives its parameters are its own too.

use cryptoki_sys::{CK_ATTRIBUTE, CK_BBOOL, CK_MECHANISM, CK_MECHANISM_INFO, CK_RV};
use cryptoki_sys::{CK_SESSION_INFO, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CK_VOID_PTR};
use proto::{Call, for_each_call};

use super::entry::entry;
use super::forward::forward;
use super::shape::CArgument;
use super::{local, shape};

/// Turns a row into a C function.
macro_rules! flatten {
    ($row:tt $c:tt $read:tt $name:ident: shape::SessionHandle, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::SessionHandle; value: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::SlotId, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ulong; value: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::ObjectHandle, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ulong; value: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Ulong, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ulong; value: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Flag, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Flag; value: CK_BBOOL] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::BytesIn, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::BytesIn; bytes: *mut u8, length: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Pin, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Pin; bytes: *mut u8, length: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Label, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Label; bytes: *mut u8] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::TemplateIn, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::TemplateIn; attributes: *mut CK_ATTRIBUTE, count: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::TemplateOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::TemplateOut; attributes: *mut CK_ATTRIBUTE, count: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::MechanismIn, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::MechanismIn; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::DerivingMechanism, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::DerivingMechanism; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::KeyPlace, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::KeyPlace; number: *mut CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::SealingMechanism, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::SealingMechanism; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::OpeningMechanism, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::OpeningMechanism; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::WrappingMechanism, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::WrappingMechanism; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::UnwrappingMechanism, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::UnwrappingMechanism; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::CipherMechanism, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::CipherMechanism; mechanism: *mut CK_MECHANISM] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::SealingParameter, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::SealingParameter; parameter: CK_VOID_PTR, length: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::OpeningParameter, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::OpeningParameter; parameter: CK_VOID_PTR, length: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::OptionalBufferOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::OptionalBufferOut; buffer: *mut u8, length: *mut CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::BufferOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::BufferOut; buffer: *mut u8, length: *mut CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::ListOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::ListOut; list: *mut CK_ULONG, count: *mut CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::FoundOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::FoundOut; handles: *mut CK_ULONG, room: CK_ULONG, count: *mut CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::RandomOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::RandomOut; buffer: *mut u8, length: CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::NumberOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::NumberOut; number: *mut CK_ULONG] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::SlotInfoOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::InfoOut<CK_SLOT_INFO>; info: *mut CK_SLOT_INFO] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::TokenInfoOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::InfoOut<CK_TOKEN_INFO>; info: *mut CK_TOKEN_INFO] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::MechanismInfoOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::InfoOut<CK_MECHANISM_INFO>; info: *mut CK_MECHANISM_INFO] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::SessionInfoOut, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::InfoOut<CK_SESSION_INFO>; info: *mut CK_SESSION_INFO] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Ignored<1>, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ignored<1>; first: CK_VOID_PTR] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Ignored<2>, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ignored<2>; first: CK_VOID_PTR, second: CK_VOID_PTR] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Ignored<3>, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ignored<3>; first: CK_VOID_PTR, second: CK_VOID_PTR, third: CK_VOID_PTR] $($rest)* }
    };
    ($row:tt $c:tt $read:tt $name:ident: shape::Ignored<4>, $($rest:tt)*) => {
        flatten! { @next $row $c $read [shape::Ignored<4>; first: CK_VOID_PTR, second: CK_VOID_PTR, third: CK_VOID_PTR, fourth: CK_VOID_PTR] $($rest)* }
    };
    // Adds the parameters of one shape, and how it is read, to what was collected.
    (@next $row:tt [$($c:tt)*] [$($read:tt)*] [$shape:ty; $($parameter:ident: $type:ty),*] $($rest:tt)*) => {
        flatten! { $row [$($c)* $($parameter: $type,)*] [$($read)* (<$shape as CArgument>::read(($($parameter),*)))] $($rest)* }
    };
    // Every argument is flat: the function.
    ((Local $variant:ident $c_name:ident $method:ident) $c:tt [$($read:tt)*]) => {
        define! { $c_name $method $c {
            // SAFETY: the host passes what the standard asks of the function.
            entry(|| unsafe { local::$method($($read?)*) })
        } }
    };
    ((Token $variant:ident $c_name:ident $method:ident) $c:tt [$($read:tt)*]) => {
        define! { $c_name $method $c {
            // SAFETY: the host passes pointers to memory that it keeps, as the standard asks, until the function returns.
            entry(|| unsafe { forward(Call::$variant, || Ok(chain!($($read)*))) })
        } }
    };
}

/// Defines a C function.
macro_rules! define {
    ($c_name:ident $method:ident [$($parameter:ident: $type:ty,)*] $body:block) => {
        #[unsafe(no_mangle)]
        pub(super) unsafe extern "C" fn $c_name($($parameter: $type),*) -> CK_RV $body

        /// The sizes of the C parameters, for the test that compares them with the standard's.
        #[cfg(test)]
        pub(super) const fn $method() -> &'static [usize] {
            &[$(size_of::<$type>()),*]
        }
    };
}

/// Reads the arguments in their order, into one before the rest.
macro_rules! chain {
    () => { () };
    ($first:tt $($rest:tt)*) => { ($first?, chain!($($rest)*)) };
}

macro_rules! export {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident
        $weight:ident $place:ident ($($arguments:tt)*);)*) => {
        $(flatten! { ($place $variant $c_name $method) [] [] $($arguments)*, })*
    };
}

for_each_call!(export);
