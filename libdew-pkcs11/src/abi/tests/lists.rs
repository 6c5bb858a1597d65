//! The function lists are those of the standard: place by place, and parameter by parameter.

use cryptoki_sys::{CK_FUNCTION_LIST, CK_FUNCTION_LIST_3_0, CK_FUNCTION_LIST_3_2};
use proto::for_each_call;

use crate::abi::{export, lists};

/// A C function's parameters, by their sizes: what decides in which registers they are passed.
trait Signature {
    const SIZES: &'static [usize];
}

macro_rules! signatures {
    ($(($($parameter:ident)*))*) => {$(
        impl<R, $($parameter),*> Signature for unsafe extern "C" fn($($parameter),*) -> R {
            const SIZES: &'static [usize] = &[$(size_of::<$parameter>()),*];
        }
    )*};
}

signatures! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
    (A B C D E F G H I) (A B C D E F G H I J)
}

const fn sizes<F: Signature + Copy>(_: Option<F>) -> &'static [usize] {
    F::SIZES
}

/// A function of our list beside the field that the standard's list has for it.
struct Pair {
    name: &'static str,
    places: (usize, usize),
    parameters: (&'static [usize], &'static [usize]),
}

macro_rules! pair_up {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident
        $weight:ident $place:ident ($($arguments:tt)*);)*) => {
        fn pairs(list: &CK_FUNCTION_LIST_3_2) -> Vec<Pair> {
            vec![$(Pair {
                name: stringify!($c_name),
                places: (
                    list.$c_name.map_or(0, |function| function as usize),
                    export::$c_name as *const () as usize,
                ),
                parameters: (sizes(list.$c_name), export::$method()),
            }),*]
        }
    };
}

for_each_call!(pair_up);

fn as_standard<S, const COUNT: usize>(list: &'static lists::List<COUNT>) -> &'static S {
    assert_eq!(size_of::<S>(), size_of_val(list));
    // SAFETY: both are a version and as many function pointers, in C layout, and both are static.
    unsafe { &*std::ptr::from_ref(list).cast::<S>() }
}

#[test]
fn every_function_stands_in_its_place_with_its_parameters() {
    let list = as_standard::<CK_FUNCTION_LIST_3_2, _>(&lists::V3_2);
    assert_eq!((list.version.major, list.version.minor), (3, 2));
    let pairs = pairs(list);
    assert_eq!(pairs.len(), 104);
    for Pair {
        name,
        places,
        parameters,
    } in pairs
    {
        assert_eq!(places.0, places.1, "{name}");
        assert_eq!(parameters.0, parameters.1, "{name}");
    }
}

#[test]
fn older_lists_are_shorter_and_say_so() {
    let newest = as_standard::<CK_FUNCTION_LIST_3_2, _>(&lists::V3_2);
    let middle = as_standard::<CK_FUNCTION_LIST_3_0, _>(&lists::V3_0);
    let oldest = as_standard::<CK_FUNCTION_LIST, _>(&lists::V2_40);
    assert_eq!((middle.version.major, middle.version.minor), (3, 0));
    assert_eq!((oldest.version.major, oldest.version.minor), (2, 40));
    let address = |function: Option<_>| {
        function.map(|function: unsafe extern "C" fn(_, _, _) -> _| function as usize)
    };
    assert_eq!(
        address(oldest.C_WaitForSlotEvent),
        address(newest.C_WaitForSlotEvent)
    );
    assert!(middle.C_MessageVerifyFinal.is_some() && newest.C_UnwrapKeyAuthenticated.is_some());
}
