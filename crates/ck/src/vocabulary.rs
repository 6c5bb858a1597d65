//! The macro behind every list of named numbers.

/// Makes a newtype over `u64` with a constant and a C name per row.
///
/// Several names may share one value, as in the standard; `name` gives the first.
macro_rules! vocabulary {
    ($(
        $(#[$doc:meta])*
        $type:ident: $prefix:literal { $($name:ident = $value:literal,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub u64);

        impl $type {
            $(
                #[doc = concat!("`", $prefix, stringify!($name), "`")]
                pub const $name: Self = Self($value);
            )*

            /// Lists every value that the standard names, with its C name.
            pub const ALL: &'static [(Self, &'static str)] =
                &[$((Self($value), concat!($prefix, stringify!($name)))),*];

            /// Returns the C name, where the standard has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                Self::ALL.iter().find(|(value, _)| *value == self).map(|(_, name)| *name)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{}{:#x}", $prefix, self.0),
                }
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl From<u64> for $type {
            fn from(value: u64) -> Self {
                Self(value)
            }
        }
    )*};
}

pub(crate) use vocabulary;
