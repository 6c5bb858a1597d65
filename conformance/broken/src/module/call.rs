//! A call on its way through: its arguments as words, and the memory that they point to.
//!
//! Every argument of PKCS#11 is an integer or a pointer of at most a word, so a call is its function and its words.

use std::ptr::with_exposed_provenance_mut;
use std::slice;

use cryptoki_sys::{CK_ATTRIBUTE, CK_INTERFACE, CK_RV, CK_ULONG};

use super::structures::Structure;
use super::{lists, under};
use crate::functions::Function;

/// The most arguments that a function has.
const MOST: usize = 10;

/// A call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    function: Function,
    words: [usize; MOST],
}

impl Call {
    /// Makes a call.
    pub(crate) fn new(function: Function, arguments: &[usize]) -> Self {
        let mut words = [0; MOST];
        for (word, argument) in words.iter_mut().zip(arguments) {
            *word = *argument;
        }
        Self { function, words }
    }

    /// Returns the function that is called.
    pub(crate) const fn function(&self) -> Function {
        self.function
    }

    /// Returns an argument that is a number, or the address of a pointer.
    pub(crate) const fn word(&self, index: usize) -> usize {
        self.words[index]
    }

    /// Returns the same call with another argument.
    pub(crate) const fn with(mut self, index: usize, word: usize) -> Self {
        self.words[index] = word;
        self
    }

    /// Has the real module answer.
    pub(crate) fn pass(&self) -> CK_RV {
        match self.function {
            Function::GetFunctionList => lists::function_list(*self),
            Function::GetInterfaceList => lists::interface_list(*self),
            Function::GetInterface => lists::interface(*self),
            function => under::call(function, &self.words[..function.arguments()]),
        }
    }

    /// Asks the real module for something else.
    pub(crate) fn ask(function: Function, words: &[usize]) -> CK_RV {
        Self::new(function, words).pass()
    }

    /// Tells whether an argument is a null pointer.
    pub(crate) const fn is_null(&self, index: usize) -> bool {
        self.words[index] == 0
    }

    /// Reads the number that an argument points to.
    pub(crate) fn number(&self, index: usize) -> Option<CK_ULONG> {
        let place = self.place::<CK_ULONG>(index)?;
        // SAFETY: the host owes a valid pointer to a `CK_ULONG` here, or a null pointer, which `place` has sorted out.
        Some(unsafe { place.read() })
    }

    /// Writes the number that an argument points to.
    pub(crate) fn set_number(&mut self, index: usize, number: CK_ULONG) {
        if let Some(place) = self.place::<CK_ULONG>(index) {
            // SAFETY: as for `number`; the functions that write are those to which the host gives the place to be written.
            unsafe { place.write(number) };
        }
    }

    /// Writes the word-sized pointer that an argument points to.
    pub(super) fn set_pointer<T>(self, index: usize, pointer: *const T) {
        if let Some(place) = self.place::<*const T>(index) {
            // SAFETY: the host owes a valid place for a pointer here, or a null pointer, which `place` has sorted out.
            unsafe { place.write(pointer) };
        }
    }

    /// Writes the interface that an argument points to.
    pub(super) fn set_interface(self, index: usize, interface: CK_INTERFACE) {
        if let Some(place) = self.place::<CK_INTERFACE>(index) {
            // SAFETY: the host owes room for as many interfaces as it says, and the caller writes no more.
            unsafe { place.write(interface) };
        }
    }

    /// Returns the bytes that an argument points to; none for a null pointer.
    pub(crate) fn bytes(&mut self, index: usize, length: usize) -> &mut [u8] {
        self.slice(index, length)
    }

    /// Returns the numbers that an argument points to; none for a null pointer.
    pub(crate) fn numbers(&mut self, index: usize, count: usize) -> &mut [CK_ULONG] {
        self.slice(index, count)
    }

    /// Returns the template that an argument points to, as long as the argument after it says.
    pub(crate) fn template(&mut self, index: usize) -> &mut [CK_ATTRIBUTE] {
        self.slice(index, self.words[index + 1])
    }

    /// Returns the structure that an argument points to; none for a null pointer.
    pub(crate) fn structure<T: Structure>(&mut self, index: usize) -> Option<&mut T> {
        let place = self.place::<T>(index)?;
        // SAFETY: the host owes a valid pointer to the structure that the function table of PKCS#11 names for this argument;
        // the rules ask for that one. Any bytes are a valid value of it. Nobody else uses it while the call lasts.
        Some(unsafe { &mut *place })
    }

    fn slice<T>(&mut self, index: usize, count: usize) -> &mut [T] {
        match self.place::<T>(index) {
            // SAFETY: the host owes a pointer to as many elements as it says beside it, which is what the rules ask for, or a
            // null pointer. The elements are numbers or attributes, of which any bytes are valid values.
            Some(place) => unsafe { slice::from_raw_parts_mut(place, count) },
            None => &mut [],
        }
    }

    fn place<T>(&self, index: usize) -> Option<*mut T> {
        let place = with_exposed_provenance_mut::<T>(self.words[index]);
        (!place.is_null() && place.is_aligned()).then_some(place)
    }
}

/// Turns a number of C into one of Rust.
pub(crate) fn size(number: CK_ULONG) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
