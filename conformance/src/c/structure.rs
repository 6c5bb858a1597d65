//! A C structure in memory that we own: parameters of mechanisms, and whatever else is a row of words.

/// A structure of machine words, bytes and pointers to memory that it owns.
///
/// Every structure of PKCS#11 on the supported machines is a row of eight-byte fields and byte arrays, so it is built field by field, in
/// the order of the header. Memory that the module writes into is read back with [`Structure::room`]'s index.
#[derive(Default)]
pub struct Structure {
    words: Vec<usize>,
    owned: Vec<Vec<u8>>,
    nested: Vec<Self>,
    shown: Vec<String>,
}

impl Structure {
    /// Starts an empty structure.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a `CK_ULONG`.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.words.push(word(number));
        self.shown.push(format!("{number:#x}"));
        self
    }

    /// Appends a null pointer.
    #[must_use]
    pub fn null(mut self) -> Self {
        self.words.push(0);
        self.shown.push("NULL".to_owned());
        self
    }

    /// Appends a pointer to a copy of these bytes; a null pointer for none.
    #[must_use]
    pub fn pointer(mut self, bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return self.null();
        }
        self.shown.push(show(bytes));
        self.room_of(bytes.to_vec());
        self
    }

    /// Appends a pointer to `size` zero bytes that the module may write to; [`Structure::read`] gives them by their position among the pointers.
    #[must_use]
    pub fn room(mut self, size: usize) -> Self {
        self.shown.push(format!("room for {size}"));
        self.room_of(vec![0; size]);
        self
    }

    /// Appends a pointer and its length, as most structures have them.
    #[must_use]
    pub fn counted(self, bytes: &[u8]) -> Self {
        self.pointer(bytes).number(bytes.len() as u64)
    }

    /// Appends bytes in place, padded to a whole word.
    #[must_use]
    pub fn inline(mut self, bytes: &[u8]) -> Self {
        for chunk in bytes.chunks(size_of::<usize>()) {
            let mut bytes = [0; size_of::<usize>()];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.words.push(usize::from_ne_bytes(bytes));
        }
        self.shown.push(show(bytes));
        self
    }

    /// Appends a pointer to another structure.
    #[must_use]
    pub fn nested(mut self, structure: Self) -> Self {
        self.shown.push(structure.show());
        self.words.push(structure.address());
        self.nested.push(structure);
        self
    }

    /// Appends an address as it is, valid or not.
    #[must_use]
    pub fn address_of_nothing(mut self, address: usize) -> Self {
        self.words.push(address);
        self.shown.push(format!("address {address:#x}"));
        self
    }

    /// Returns what stands in the memory of the `index`th pointer to bytes.
    #[must_use]
    pub fn read(&self, index: usize) -> &[u8] {
        &self.owned[index]
    }

    /// Returns the `index`th structure that it points to, as the module may have changed it.
    #[must_use]
    pub fn inner(&self, index: usize) -> &Self {
        &self.nested[index]
    }

    /// Returns a word, as the module may have changed it.
    #[must_use]
    pub fn word(&self, index: usize) -> u64 {
        self.words[index] as u64
    }

    /// Returns its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.words.len() * size_of::<usize>()
    }

    /// Returns its address, which stays as long as it is not changed.
    pub(super) fn address(&self) -> usize {
        self.words.as_ptr().expose_provenance()
    }

    /// Writes it down for people.
    #[must_use]
    pub fn show(&self) -> String {
        format!("{{{}}}", self.shown.join(", "))
    }

    fn room_of(&mut self, mut bytes: Vec<u8>) {
        self.words.push(bytes.as_mut_ptr().expose_provenance());
        self.owned.push(bytes);
    }
}

/// Turns a number of the standard into a machine word.
pub(super) fn word(number: u64) -> usize {
    usize::try_from(number).expect("supported machines have words of 64 bits")
}

/// Writes bytes down: in full when short, else the beginning and the length.
pub(super) fn show(bytes: &[u8]) -> String {
    const SHOWN: usize = 24;
    if bytes.len() <= SHOWN {
        return format!("[{}]", hex::encode(bytes));
    }
    format!("[{}… {} bytes]", hex::encode(&bytes[..SHOWN]), bytes.len())
}
