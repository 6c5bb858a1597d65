//! A mechanism with its parameter.

use cryptoki_sys::{CK_MECHANISM_TYPE, CK_ULONG};

use super::names;
use super::structure::{Structure, show, word};

/// A `CK_MECHANISM` and the memory that it points to.
pub struct Mechanism {
    kind: CK_MECHANISM_TYPE,
    parameter: Parameter,
    words: Vec<usize>,
}

enum Parameter {
    Bytes(Vec<u8>),
    Structure(Structure),
    Raw,
}

impl Mechanism {
    /// A mechanism without a parameter.
    #[must_use]
    pub fn new(kind: CK_MECHANISM_TYPE) -> Self {
        Self::raw(kind, 0, 0)
    }

    /// A mechanism whose parameter is bytes, such as an initialisation vector.
    #[must_use]
    pub fn with_bytes(kind: CK_MECHANISM_TYPE, bytes: &[u8]) -> Self {
        let mut bytes = bytes.to_vec();
        let words = vec![
            word(kind),
            bytes.as_mut_ptr().expose_provenance(),
            bytes.len(),
        ];
        Self {
            kind,
            parameter: Parameter::Bytes(bytes),
            words,
        }
    }

    /// A mechanism whose parameter is a number, such as `CK_MAC_GENERAL_PARAMS`.
    #[must_use]
    pub fn with_number(kind: CK_MECHANISM_TYPE, number: CK_ULONG) -> Self {
        Self::with(kind, Structure::new().number(number))
    }

    /// A mechanism whose parameter is a structure.
    #[must_use]
    pub fn with(kind: CK_MECHANISM_TYPE, structure: Structure) -> Self {
        let words = vec![word(kind), structure.address(), structure.size()];
        Self {
            kind,
            parameter: Parameter::Structure(structure),
            words,
        }
    }

    /// A mechanism with an address and a length that need not fit each other.
    #[must_use]
    pub fn raw(kind: CK_MECHANISM_TYPE, address: usize, length: usize) -> Self {
        Self {
            kind,
            parameter: Parameter::Raw,
            words: vec![word(kind), address, length],
        }
    }

    /// Says another length than the parameter has.
    #[must_use]
    pub fn length(mut self, length: usize) -> Self {
        self.words[2] = length;
        self
    }

    /// Returns which mechanism it is.
    #[must_use]
    pub fn kind(&self) -> CK_MECHANISM_TYPE {
        self.kind
    }

    /// Tells whether it has a parameter.
    #[must_use]
    pub fn has_parameter(&self) -> bool {
        !matches!(self.parameter, Parameter::Raw)
    }

    /// Returns how long it says that its parameter is.
    #[must_use]
    pub fn size(&self) -> usize {
        self.words[2]
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> String {
        names::name(names::MECHANISMS, self.kind)
    }

    /// Returns the parameter's structure, as the module may have changed it.
    #[must_use]
    pub fn structure(&self) -> Option<&Structure> {
        match &self.parameter {
            Parameter::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    pub(super) fn address(&self) -> usize {
        self.words.as_ptr().expose_provenance()
    }

    pub(super) fn show(&self) -> String {
        let name = self.name();
        let length = self.words[2];
        match &self.parameter {
            Parameter::Bytes(bytes) if bytes.len() == length => format!("{name} {}", show(bytes)),
            Parameter::Structure(one) if one.size() == length => format!("{name} {}", one.show()),
            Parameter::Bytes(_) | Parameter::Structure(_) => {
                format!("{name} with a parameter said to be {length} bytes")
            }
            Parameter::Raw if self.words[1] == 0 && length == 0 => name,
            Parameter::Raw => format!("{name} at {:#x}, {length} bytes", self.words[1]),
        }
    }
}
