//! Templates: attributes that a module reads, and attributes that it is asked for.

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CK_FALSE, CK_OBJECT_CLASS, CK_TRUE, CK_ULONG, CKA_CLASS, CKA_KEY_TYPE,
};

use super::names;
use super::structure::{show, word};

/// Words of a `CK_ATTRIBUTE`: type, pointer, length.
const WORDS: usize = 3;

/// An array of `CK_ATTRIBUTE` that the module reads, with its values.
#[derive(Default)]
pub struct Template {
    entries: Vec<Entry>,
    words: Vec<usize>,
}

#[derive(Clone)]
struct Entry {
    kind: CK_ATTRIBUTE_TYPE,
    value: Value,
}

#[derive(Clone)]
enum Value {
    Bytes(Vec<u8>),
    Template(Template),
    Raw { address: usize, length: usize },
}

impl Clone for Template {
    /// Copies the values, and lays the copy out over its own.
    fn clone(&self) -> Self {
        let entries = self.entries.clone();
        Self {
            words: words(&entries),
            entries,
        }
    }
}

impl Template {
    /// An empty template.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An object's class, which most templates begin with.
    #[must_use]
    pub fn class(class: CK_OBJECT_CLASS) -> Self {
        Self::new().number(CKA_CLASS, class)
    }

    /// Adds or replaces an attribute of bytes.
    #[must_use]
    pub fn bytes(self, kind: CK_ATTRIBUTE_TYPE, value: &[u8]) -> Self {
        self.set(kind, Value::Bytes(value.to_vec()))
    }

    /// Adds or replaces an attribute of text.
    #[must_use]
    pub fn text(self, kind: CK_ATTRIBUTE_TYPE, value: &str) -> Self {
        self.bytes(kind, value.as_bytes())
    }

    /// Adds or replaces a `CK_ULONG`.
    #[must_use]
    pub fn number(self, kind: CK_ATTRIBUTE_TYPE, value: CK_ULONG) -> Self {
        self.bytes(kind, &value.to_ne_bytes())
    }

    /// Adds or replaces a `CK_BBOOL`.
    #[must_use]
    pub fn flag(self, kind: CK_ATTRIBUTE_TYPE, value: bool) -> Self {
        self.bytes(kind, &[if value { CK_TRUE } else { CK_FALSE }])
    }

    /// Adds or replaces an array of `CK_ULONG`, such as `CKA_ALLOWED_MECHANISMS`.
    #[must_use]
    pub fn numbers(self, kind: CK_ATTRIBUTE_TYPE, values: &[CK_ULONG]) -> Self {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_ne_bytes())
            .collect();
        self.bytes(kind, &bytes)
    }

    /// Adds or replaces a template, such as `CKA_UNWRAP_TEMPLATE`.
    #[must_use]
    pub fn nested(self, kind: CK_ATTRIBUTE_TYPE, template: Self) -> Self {
        self.set(kind, Value::Template(template))
    }

    /// Adds or replaces an attribute with any address and length.
    #[must_use]
    pub fn raw(self, kind: CK_ATTRIBUTE_TYPE, address: usize, length: usize) -> Self {
        self.set(kind, Value::Raw { address, length })
    }

    /// Adds an attribute even if it is already there.
    #[must_use]
    pub fn again(mut self, kind: CK_ATTRIBUTE_TYPE, value: &[u8]) -> Self {
        self.entries.push(Entry {
            kind,
            value: Value::Bytes(value.to_vec()),
        });
        self.laid_out()
    }

    /// Removes an attribute.
    #[must_use]
    pub fn without(mut self, kind: CK_ATTRIBUTE_TYPE) -> Self {
        self.entries.retain(|entry| entry.kind != kind);
        self.laid_out()
    }

    /// Adds or replaces all attributes of another template.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        other.entries.iter().fold(self, |template, entry| {
            template.set(entry.kind, entry.value.clone())
        })
    }

    /// Returns how many attributes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the types of its attributes.
    pub fn kinds(&self) -> impl Iterator<Item = CK_ATTRIBUTE_TYPE> + '_ {
        self.entries.iter().map(|entry| entry.kind)
    }

    /// Returns the value of an attribute, where it is bytes.
    #[must_use]
    pub fn value(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<&[u8]> {
        self.entries.iter().find_map(|entry| match &entry.value {
            Value::Bytes(bytes) if entry.kind == kind => Some(bytes.as_slice()),
            _ => None,
        })
    }

    fn set(mut self, kind: CK_ATTRIBUTE_TYPE, value: Value) -> Self {
        match self.entries.iter_mut().find(|entry| entry.kind == kind) {
            Some(entry) => entry.value = value,
            None => self.entries.push(Entry { kind, value }),
        }
        self.laid_out()
    }

    /// Lays the array out again: its words point at the values, which do not move when the template does.
    fn laid_out(mut self) -> Self {
        self.words = words(&self.entries);
        self
    }

    pub(super) fn address(&self) -> usize {
        self.words.as_ptr().expose_provenance()
    }

    pub(super) fn show(&self) -> String {
        let shown: Vec<_> = self.entries.iter().map(Entry::show).collect();
        format!("{{{}}}", shown.join(", "))
    }
}

fn words(entries: &[Entry]) -> Vec<usize> {
    let words = entries.iter().flat_map(|entry| {
        let (address, length) = match &entry.value {
            Value::Bytes(bytes) if bytes.is_empty() => (0, 0),
            Value::Bytes(bytes) => (bytes.as_ptr().expose_provenance(), bytes.len()),
            Value::Template(inner) => (
                inner.words.as_ptr().expose_provenance(),
                inner.words.len() * size_of::<usize>(),
            ),
            Value::Raw { address, length } => (*address, *length),
        };
        [word(entry.kind), address, length]
    });
    words.collect()
}

impl Entry {
    fn show(&self) -> String {
        let name = names::name(names::ATTRIBUTES, self.kind);
        match &self.value {
            Value::Bytes(bytes) => format!("{name}={}", show_value(self.kind, bytes)),
            Value::Template(template) => format!("{name}={}", template.show()),
            Value::Raw { address, length } => format!("{name} at {address:#x}, {length} bytes"),
        }
    }
}

/// Writes a value down the way that its attribute is read.
fn show_value(kind: CK_ATTRIBUTE_TYPE, bytes: &[u8]) -> String {
    if let Ok(number) = <[u8; size_of::<CK_ULONG>()]>::try_from(bytes) {
        let number = CK_ULONG::from_ne_bytes(number);
        match kind {
            CKA_CLASS => return names::name(names::OBJECT_CLASSES, number),
            CKA_KEY_TYPE => return names::name(names::KEY_TYPES, number),
            _ if number < 0x1_0000 => return number.to_string(),
            _ => {}
        }
    }
    match bytes {
        [0] => "FALSE".to_owned(),
        [1] => "TRUE".to_owned(),
        _ => show(bytes),
    }
}

/// An array of `CK_ATTRIBUTE` that the module writes to.
pub struct Query {
    kinds: Vec<CK_ATTRIBUTE_TYPE>,
    values: Vec<Option<super::Buffer>>,
    words: Vec<usize>,
}

impl Query {
    /// Asks for the lengths of these attributes.
    #[must_use]
    pub fn lengths(kinds: &[CK_ATTRIBUTE_TYPE]) -> Self {
        Self::of(kinds.iter().map(|kind| (*kind, None)))
    }

    /// Asks for the values of these attributes, with room for so many bytes.
    #[must_use]
    pub fn values(kinds: &[(CK_ATTRIBUTE_TYPE, usize)]) -> Self {
        Self::of(kinds.iter().map(|(kind, size)| (*kind, Some(*size))))
    }

    /// Asks for values where there is room, for lengths where there is none.
    pub fn of(kinds: impl IntoIterator<Item = (CK_ATTRIBUTE_TYPE, Option<usize>)>) -> Self {
        let mut query = Self {
            kinds: Vec::new(),
            values: Vec::new(),
            words: Vec::new(),
        };
        for (kind, size) in kinds {
            let mut buffer = size.map(super::Buffer::new);
            let address = buffer.as_mut().map_or(0, super::Buffer::address);
            query.words.extend([word(kind), address, size.unwrap_or(0)]);
            query.kinds.push(kind);
            query.values.push(buffer);
        }
        query
    }

    /// Returns how many attributes it asks for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Tells whether it asks for none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Returns the length that the module told for the `index`th attribute; none for `CK_UNAVAILABLE_INFORMATION`.
    #[must_use]
    pub fn length(&self, index: usize) -> Option<usize> {
        Some(self.words[index * WORDS + 2]).filter(|length| *length != usize::MAX)
    }

    /// Returns the value of the `index`th attribute, where the module gave one.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<&[u8]> {
        let length = self.length(index)?;
        self.values[index].as_ref()?.bytes().get(..length)
    }

    /// Tells whether the `index`th buffer was written to.
    #[must_use]
    pub fn touched(&self, index: usize) -> bool {
        self.values[index]
            .as_ref()
            .is_some_and(super::Buffer::touched)
    }

    /// Tells whether the module wrote behind a buffer.
    pub(super) fn overrun(&self) -> bool {
        self.values.iter().flatten().any(super::Buffer::overrun)
    }

    pub(super) fn address(&mut self) -> usize {
        self.words.as_mut_ptr().expose_provenance()
    }

    pub(super) fn show_before(&self) -> String {
        let shown: Vec<_> = (0..self.len())
            .map(|index| {
                let name = names::name(names::ATTRIBUTES, self.kinds[index]);
                match &self.values[index] {
                    Some(buffer) => format!("{name} (room for {})", buffer.size()),
                    None => format!("{name} (length?)"),
                }
            })
            .collect();
        format!("{{{}}}", shown.join(", "))
    }

    pub(super) fn show_after(&self) -> String {
        let shown: Vec<_> = (0..self.len())
            .map(|index| match (self.length(index), self.value(index)) {
                (None, _) => "unavailable".to_owned(),
                (Some(_), Some(value)) => show_value(self.kinds[index], value),
                (Some(length), None) => format!("{length} bytes"),
            })
            .collect();
        format!("{{{}}}", shown.join(", "))
    }
}
