//! The C functions, made from the function table: each hands its words to the chosen rule.

use std::mem::transmute;

use cryptoki_sys::CK_RV;

use super::call::Call;
use super::under::Pointer;
use crate::functions::{FUNCTIONS, Function, for_each_function};
use crate::rule;

macro_rules! export {
    (@ $variant:ident $name:ident ($($word:ident)*)) => {
        #[unsafe(no_mangle)]
        pub(super) unsafe extern "C" fn $name($($word: usize),*) -> CK_RV {
            rule::answer(Call::new(Function::$variant, &[$($word),*]))
        }
    };
    ($variant:ident $name:ident 1) => { export! { @ $variant $name (a) } };
    ($variant:ident $name:ident 2) => { export! { @ $variant $name (a b) } };
    ($variant:ident $name:ident 3) => { export! { @ $variant $name (a b c) } };
    ($variant:ident $name:ident 4) => { export! { @ $variant $name (a b c d) } };
    ($variant:ident $name:ident 5) => { export! { @ $variant $name (a b c d e) } };
    ($variant:ident $name:ident 6) => { export! { @ $variant $name (a b c d e f) } };
    ($variant:ident $name:ident 7) => { export! { @ $variant $name (a b c d e f g) } };
    ($variant:ident $name:ident 8) => { export! { @ $variant $name (a b c d e f g h) } };
    ($variant:ident $name:ident 9) => { export! { @ $variant $name (a b c d e f g h i) } };
    ($variant:ident $name:ident 10) => { export! { @ $variant $name (a b c d e f g h i j) } };
}

macro_rules! functions {
    ($($variant:ident = $name:ident $count:tt;)*) => {
        /// The functions by their C names.
        mod functions {
            use super::*;

            $(export! { $variant $name $count })*
        }

        /// Every function, in the order of the lists.
        pub(super) static POINTERS: [Pointer; FUNCTIONS.len()] = [
            // SAFETY: a pointer to a C function keeps its meaning under another type, as long as nobody calls it by that.
            $(unsafe { transmute::<*const (), Pointer>(functions::$name as *const ()) },)*
        ];
    };
}

for_each_function!(functions);
