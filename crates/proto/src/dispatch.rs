//! From a request's bytes to a handler's method, and back: made from the call table.

use ck::Rv;

use crate::codec::{DecodeError, Reader, Writer};
use crate::shape::{self, Shape};
use crate::{Call, CallRow, for_each_call};

/// A method of the handler, for rows that travel; nothing for the others.
macro_rules! method {
    (Token $doc:ident $method:ident ($($argument:ident: $shape:ty),*)) => {
        #[doc = concat!("Serves `", stringify!($doc), "`.")]
        ///
        /// # Errors
        /// What the standard lists for the function.
        fn $method(&mut self, $($argument: <$shape as Shape>::Lent<'_>),*) -> Result<(), Self::Error>;
    };
    ($place:ident $doc:ident $method:ident ($($argument:ident: $shape:ty),*)) => {};
}

/// An arm of the dispatch: decode every argument, check that nothing is left, call, append every answer.
macro_rules! arm {
    (Token $handler:ident $row:ident $reader:ident $writer:ident $method:ident ($($argument:ident: $shape:ty),*)) => {{
        $(let mut $argument = <$shape as Shape>::decode(&mut $reader).map_err(Fault::Malformed)?;)*
        $reader.finish().map_err(Fault::Malformed)?;
        $handler.admit($row, $reader.session()).map_err(Fault::Failed)?;
        let result = $handler.$method($(<$shape as Shape>::lend(&mut $argument)),*);
        $(<$shape as Shape>::reply(&$argument, $writer);)*
        result.map_err(Fault::Failed)
    }};
    ($place:ident $handler:ident $row:ident $reader:ident $writer:ident $method:ident ($($argument:ident: $shape:ty),*)) => {
        // The one place that answers for functions which the token does not serve.
        Err(Fault::NotServed)
    };
}

/// Why a call gave no success.
#[derive(Debug)]
pub enum Fault<E> {
    /// The handler's own error.
    Failed(E),
    /// The request's bytes are not such a call.
    Malformed(DecodeError),
    /// The token does not serve the function.
    NotServed,
}

impl<E> Fault<E> {
    /// Returns the return code that the application sees.
    pub fn rv(&self, failed: impl FnOnce(&E) -> Rv) -> Rv {
        match self {
            Self::Failed(error) => failed(error),
            Self::Malformed(_) => Rv::ARGUMENTS_BAD,
            Self::NotServed => Rv::FUNCTION_NOT_SUPPORTED,
        }
    }
}

macro_rules! make_handler {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident $weight:ident $place:ident
        ($($argument:ident: $shape:ty),*);)*) => {
        /// What serves the calls: a method per row of the table. A method that is missing does not compile.
        #[expect(clippy::too_many_arguments, reason = "the functions are the standard's")]
        pub trait Handler {
            /// Why a call failed.
            type Error;

            /// Checks what the row's class asks for, before the method runs.
            ///
            /// # Errors
            /// `CKR_SESSION_HANDLE_INVALID`, `CKR_USER_NOT_LOGGED_IN` and their like.
            fn admit(&mut self, row: &'static CallRow, session: shape::SessionHandle) -> Result<(), Self::Error>;

            $(method! { $place $c_name $method ($($argument: $shape),*) })*
        }

        /// Serves one call: reads the arguments from `reader`, calls the handler, appends the answers to `writer`.
        ///
        /// Answers are appended even when the handler fails, because some failures come with a length.
        ///
        /// # Errors
        /// [`Fault`], which names the return code.
        pub fn dispatch<H: Handler>(
            handler: &mut H,
            call: Call,
            mut reader: Reader<'_>,
            writer: &mut Writer<'_>,
        ) -> Result<(), Fault<H::Error>> {
            let row = call.row();
            match call {
                $(Call::$variant => arm!($place handler row reader writer $method ($($argument: $shape),*)),)*
            }
        }
    };
}

for_each_call!(make_handler);
