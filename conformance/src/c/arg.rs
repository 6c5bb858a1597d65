//! What a call is given.

use cryptoki_sys::CK_ULONG;

use super::structure::{show, word};
use super::{Buffer, Mechanism, Query, Structure, Template};

/// One argument of a call. Pointers among them live as long as the call.
pub enum Arg<'a> {
    /// A number: a handle, a flag word, a length.
    Number(CK_ULONG),
    /// A null pointer.
    Null,
    /// An address that need not point anywhere.
    Address(usize),
    /// Bytes that the module reads.
    Bytes(&'a [u8]),
    /// Bytes that the module reads and that no report may show.
    Secret(&'a [u8]),
    /// A buffer that the module writes to.
    Buffer(&'a mut Buffer),
    /// A number that the module reads and writes, such as a length.
    Place(&'a mut CK_ULONG),
    /// Numbers that the module writes, such as handles.
    Numbers(&'a mut [CK_ULONG]),
    /// A mechanism.
    Mechanism(&'a Mechanism),
    /// A template that the module reads.
    Template(&'a Template),
    /// A template that the module writes to.
    Query(&'a mut Query),
    /// Any other structure.
    Structure(&'a Structure),
}

impl Arg<'_> {
    /// Returns the machine word that stands for it.
    pub(super) fn word(&mut self) -> usize {
        match self {
            Self::Number(number) => word(*number),
            Self::Null => 0,
            Self::Address(address) => *address,
            Self::Bytes(bytes) | Self::Secret(bytes) => bytes.as_ptr().expose_provenance(),
            Self::Buffer(buffer) => buffer.address(),
            Self::Place(number) => std::ptr::from_mut::<CK_ULONG>(number).expose_provenance(),
            Self::Numbers(numbers) => numbers.as_mut_ptr().expose_provenance(),
            Self::Mechanism(mechanism) => mechanism.address(),
            Self::Template(template) => template.address(),
            Self::Query(query) => query.address(),
            Self::Structure(structure) => structure.address(),
        }
    }

    /// Writes it down as it goes into the call.
    pub(super) fn before(&self) -> String {
        match self {
            Self::Number(number) if *number < 0x10_0000 => number.to_string(),
            Self::Number(number) => format!("{number:#x}"),
            Self::Null => "NULL".to_owned(),
            Self::Address(address) => format!("address {address:#x}"),
            Self::Bytes(bytes) => show(bytes),
            Self::Secret(bytes) => format!("({} secret bytes)", bytes.len()),
            Self::Buffer(buffer) => format!("buffer of {}", buffer.size()),
            Self::Place(number) => format!("&{number}"),
            Self::Numbers(numbers) => format!("room for {} numbers", numbers.len()),
            Self::Mechanism(mechanism) => mechanism.show(),
            Self::Template(template) => template.show(),
            Self::Query(query) => query.show_before(),
            Self::Structure(structure) => structure.show(),
        }
    }

    /// Writes down what came out of it, for those that a module writes to.
    pub(super) fn after(&self) -> Option<String> {
        match self {
            Self::Place(number) if **number >= 0x1_0000_0000 => Some(format!("{number:#x}")),
            Self::Place(number) => Some(number.to_string()),
            Self::Numbers(numbers) if numbers.len() <= 4 => Some(format!("{numbers:?}")),
            Self::Query(query) => Some(query.show_after()),
            _ => None,
        }
    }
}
