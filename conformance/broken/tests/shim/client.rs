//! A client that makes the same calls every time and writes down what came.

use std::env::var_os;
use std::io::{Write as _, stdout};
use std::mem::transmute;
use std::ptr::{null, null_mut};

use broken_module::Function;
use cryptoki_sys::{CK_ATTRIBUTE, CK_MECHANISM, CK_RV, CK_ULONG};
use libloading::Library;

/// The words of a function list behind its version.
type List = *const [usize; 69];

/// A module and its function list.
pub(crate) struct Client {
    library: &'static Library,
    list: [usize; 69],
}

impl Client {
    /// Loads the module that the environment names.
    pub(crate) fn load() -> Self {
        let path = var_os("CLIENT_MODULE").expect("the parent names it");
        // SAFETY: the module does nothing when it is loaded.
        let library = unsafe { Library::new(path) }.expect("the module is built");
        let library: &'static Library = Box::leak(Box::new(library));
        // SAFETY: a function of this type is exported under this name.
        let get = unsafe {
            library.get::<unsafe extern "C" fn(*mut List) -> CK_RV>(b"C_GetFunctionList\0")
        };
        let mut list: List = null();
        // SAFETY: the place is valid.
        let rv = unsafe { get.expect("it is exported")(&raw mut list) };
        let list = match list.is_null() {
            true => [0; 69],
            // SAFETY: a list of 68 functions and its version, which takes a word with its padding.
            false => unsafe { *list },
        };
        let missing: Vec<_> = (1..69).filter(|index| list[*index] == 0).collect();
        say(&format!(
            "list: {rv:#x}, {:x}, without {missing:?}",
            list[0] & 0xffff
        ));
        Self { library, list }
    }

    /// Makes a call and writes down its result.
    pub(crate) fn call(&self, function: Function, words: &[usize]) -> CK_RV {
        let rv = self.quietly(function, words);
        say(&format!("{} = {rv:#x}", function.name()));
        rv
    }

    fn quietly(&self, function: Function, words: &[usize]) -> CK_RV {
        let mut all = [0; 8];
        all[..words.len()].copy_from_slice(words);
        let [a, b, c, d, e, f, g, h] = all;
        type Any =
            unsafe extern "C" fn(usize, usize, usize, usize, usize, usize, usize, usize) -> CK_RV;
        let pointer = match self.list.get(function as usize + 1) {
            Some(0) => return CK_RV::MAX,
            Some(pointer) => *pointer,
            // SAFETY: the symbol is called by its own arguments below.
            None => *unsafe { self.library.get::<usize>(function.name().as_bytes()) }
                .expect("every function is exported"),
        };
        // SAFETY: arguments that a C function does not have are ignored by the calling conventions of all supported machines.
        unsafe { transmute::<usize, Any>(pointer)(a, b, c, d, e, f, g, h) }
    }

    /// Makes a call that writes a number.
    pub(crate) fn number(&self, function: Function, words: &[usize]) -> usize {
        let mut number: CK_ULONG = 0;
        let mut words = words.to_vec();
        words.push(address(&mut number));
        self.call(function, &words);
        say(&format!("    {number}"));
        usize::try_from(number).expect("a word")
    }

    /// Makes a call that fills a buffer of its last two arguments: asked for the length, with one byte too few, and well.
    pub(crate) fn output(&self, function: Function, words: &[usize]) -> Vec<u8> {
        let mut length: CK_ULONG = 0;
        let mut with = words.to_vec();
        with.extend([0, address(&mut length)]);
        self.call(function, &with);
        say(&format!("    length {length}"));
        let mut buffer = vec![0xaa; 600];
        let mut room = length.saturating_sub(1);
        let mut with = words.to_vec();
        with.extend([buffer.as_mut_ptr().expose_provenance(), address(&mut room)]);
        self.call(function, &with);
        say(&format!("    short {room}: {:02x?}", &buffer[..80]));
        room = 600;
        self.call(function, &with);
        buffer.truncate(usize::try_from(room).map_or(600, |room| room.min(600)));
        say(&format!("    {room}: {buffer:02x?}"));
        buffer
    }

    /// Makes a call that fills a structure.
    pub(crate) fn structure<const SIZE: usize>(&self, function: Function, words: &[usize]) {
        let mut bytes = Box::new([0u64; SIZE]);
        let mut words = words.to_vec();
        words.push(bytes.as_mut_ptr().expose_provenance());
        self.call(function, &words);
        // What lies behind is the time.
        say(&format!("    {:x?}", &bytes[..SIZE.min(23)]));
    }
}

/// Writes a line.
pub(crate) fn say(line: &str) {
    // Nothing is left to do where nobody reads it.
    let _ = writeln!(stdout(), "{line}");
}

/// Turns a number of C into a word.
pub(crate) fn size(number: CK_ULONG) -> usize {
    usize::try_from(number).expect("a word")
}

/// Returns the address of a number.
pub(crate) fn address(number: &mut CK_ULONG) -> usize {
    std::ptr::from_mut(number).expose_provenance()
}

/// A template as two words; its memory is never given back.
pub(crate) fn template(rows: &[(CK_ULONG, &[u8])]) -> [usize; 2] {
    let attributes: Vec<_> = rows
        .iter()
        .map(|(kind, value)| CK_ATTRIBUTE {
            type_: *kind,
            pValue: value.to_vec().leak().as_mut_ptr().cast(),
            ulValueLen: value.len() as CK_ULONG,
        })
        .collect();
    let attributes = attributes.leak();
    [
        attributes.as_mut_ptr().expose_provenance(),
        attributes.len(),
    ]
}

/// A mechanism as a word; its memory is never given back.
pub(crate) fn mechanism(kind: CK_ULONG, parameter: &[u8]) -> usize {
    let place = match parameter {
        [] => null_mut(),
        _ => parameter.to_vec().leak().as_mut_ptr().cast(),
    };
    let mechanism = Box::leak(Box::new(CK_MECHANISM {
        mechanism: kind,
        pParameter: place,
        ulParameterLen: parameter.len() as CK_ULONG,
    }));
    std::ptr::from_mut(mechanism).expose_provenance()
}

/// Bytes as two words.
pub(crate) fn bytes(bytes: &[u8]) -> [usize; 2] {
    [bytes.as_ptr().expose_provenance(), bytes.len()]
}
