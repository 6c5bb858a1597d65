//! Shapes: the kinds of argument that the functions of PKCS#11 take.
//!
//! A shape says how an argument travels. The request carries what goes in (for an output: how much room there is), the
//! reply what comes out. [`Shape`] is the token's side; the module has a reader and a writer of C memory per shape.

mod aead;
mod derivation;
mod deriving;
mod info;
mod input;
mod message;
mod otp;
mod output;
mod tls;

pub use aead::Sealed;
pub use deriving::{Derived, Deriving, MOST_KEYS, NewKey};
pub use info::{MechanismInfo, SessionInfo, SlotInfo, TokenInfo, VersionPair};
pub use input::{Attribute, MechanismArgument};
pub use otp::{
    OTP_COUNTER, OTP_TIME, OTP_VALUE, locate_signature_info, signature_info, signature_info_len,
};
pub use output::{Answer, AttributeAnswer, AttributeRead, AttributeRequest, Room, UNAVAILABLE};

use crate::codec::{DecodeError, Reader, Writer};

/// One kind of argument, as the token sees it.
pub trait Shape {
    /// What is read from a request; an output is an empty answer with the room that the caller has.
    type Value<'a>;
    /// What the handler is given: values for inputs, a mutable answer for outputs.
    type Lent<'b>;

    /// Reads the argument from a request.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are not such an argument.
    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError>;

    /// Lends it to the handler.
    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b>;

    /// Appends what came out to the reply; inputs append nothing.
    fn reply(_value: &Self::Value<'_>, _writer: &mut Writer<'_>) {}
}

/// Makes a newtype over a `CK_ULONG` argument and its shape.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl Shape for $name {
            type Value<'a> = Self;
            type Lent<'b> = Self;

            fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                reader.u64(stringify!($name)).map(Self)
            }

            fn lend(value: &mut Self) -> Self {
                *value
            }
        }
    )*};
}

numbers! {
    /// A slot, which is a partition of the HSM.
    SlotId;
    /// An object's handle.
    ObjectHandle;
    /// Flags, types and other plain numbers.
    Ulong;
}

/// A session's handle. It travels in the frame's header, where the agent reads it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionHandle(pub u64);

impl Shape for SessionHandle {
    type Value<'a> = Self;
    type Lent<'b> = Self;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        Ok(reader.session())
    }

    fn lend(value: &mut Self) -> Self {
        *value
    }
}

/// A `CK_BBOOL` argument.
#[derive(Clone, Copy, Debug)]
pub struct Flag;

/// Bytes that go in.
#[derive(Clone, Copy, Debug)]
pub struct BytesIn;

/// A PIN; `None` is the null pointer of a protected authentication path.
#[derive(Clone, Copy, Debug)]
pub struct Pin;

/// A token's label, 32 bytes padded with blanks.
#[derive(Clone, Copy, Debug)]
pub struct Label;

/// A template: attributes with their values.
#[derive(Clone, Copy, Debug)]
pub struct TemplateIn;

/// A mechanism with its parameters; `None` is the null pointer that cancels an operation (5.8.1 and its like).
#[derive(Clone, Copy, Debug)]
pub struct MechanismIn;

/// A mechanism that derives keys, with its parameters; what of them the token made comes out.
#[derive(Clone, Copy, Debug)]
pub struct DerivingMechanism;

/// The handle of a key that comes out, where the caller has a place for it: some derivations need none.
#[derive(Clone, Copy, Debug)]
pub struct KeyPlace;

/// A mechanism that seals, with its parameters; what of them the token made comes out.
#[derive(Clone, Copy, Debug)]
pub struct SealingMechanism;

/// A mechanism that opens what was sealed, with its parameters.
#[derive(Clone, Copy, Debug)]
pub struct OpeningMechanism;

/// A mechanism that wraps keys, with its parameters; a nonce that the token made comes out.
#[derive(Clone, Copy, Debug)]
pub struct WrappingMechanism;

/// A mechanism that unwraps keys, with its parameters.
#[derive(Clone, Copy, Debug)]
pub struct UnwrappingMechanism;

/// A mechanism that works on messages, whose parameters come with each of them.
#[derive(Clone, Copy, Debug)]
pub struct CipherMechanism;

/// The parameters of a message that is encrypted; what of them the token made comes out.
#[derive(Clone, Copy, Debug)]
pub struct SealingParameter;

/// The parameters of a message that is decrypted.
#[derive(Clone, Copy, Debug)]
pub struct OpeningParameter;

/// A buffer as [`BufferOut`], or none: the message goes on (5.14.4).
#[derive(Clone, Copy, Debug)]
pub struct OptionalBufferOut;

/// A buffer for bytes that come out, under the two-call rule (5.2).
#[derive(Clone, Copy, Debug)]
pub struct BufferOut;

/// A list of numbers that comes out, under the two-call rule.
#[derive(Clone, Copy, Debug)]
pub struct ListOut;

/// Handles that were found, at most as many as there is room for.
#[derive(Clone, Copy, Debug)]
pub struct FoundOut;

/// Exactly as many bytes as asked for.
#[derive(Clone, Copy, Debug)]
pub struct RandomOut;

/// A handle or another number that comes out.
#[derive(Clone, Copy, Debug)]
pub struct NumberOut;

/// A template whose values come out (`C_GetAttributeValue`).
#[derive(Clone, Copy, Debug)]
pub struct TemplateOut;

/// `CK_SLOT_INFO`.
#[derive(Clone, Copy, Debug)]
pub struct SlotInfoOut;

/// `CK_TOKEN_INFO`.
#[derive(Clone, Copy, Debug)]
pub struct TokenInfoOut;

/// `CK_MECHANISM_INFO`.
#[derive(Clone, Copy, Debug)]
pub struct MechanismInfoOut;

/// `CK_SESSION_INFO`.
#[derive(Clone, Copy, Debug)]
pub struct SessionInfoOut;

/// An argument that never travels: a callback, a reserved pointer, or an argument of a function that the module
/// answers itself or does not offer yet. The number is how many C arguments it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Ignored<const C_ARGUMENTS: usize>;

impl<const C_ARGUMENTS: usize> Shape for Ignored<C_ARGUMENTS> {
    type Value<'a> = ();
    type Lent<'b> = ();

    fn decode<'a>(_reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn lend((): &mut ()) {}
}
