//! From a C call to a request and back.

use ck::Rv;
use proto::{Call, DecodeError, Reader, Writer};

use super::shape::CArgument;
use crate::process;

/// The arguments of a call, one before the rest.
pub(super) trait Arguments {
    /// How many bytes they take in the request at most.
    fn size(&self) -> usize;

    /// Appends what goes in to the request.
    ///
    /// # Safety
    /// As for [`CArgument::encode`].
    unsafe fn encode(&self, writer: &mut Writer<'_>);

    /// Copies what came out to the host.
    ///
    /// # Safety
    /// As for [`CArgument::write_back`].
    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError>;
}

impl Arguments for () {
    fn size(&self) -> usize {
        0
    }

    unsafe fn encode(&self, _writer: &mut Writer<'_>) {}

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        reader.finish()
    }
}

impl<A: CArgument, Rest: Arguments> Arguments for (A, Rest) {
    fn size(&self) -> usize {
        self.0.size() + self.1.size()
    }

    unsafe fn encode(&self, writer: &mut Writer<'_>) {
        // SAFETY: the caller's promise covers every argument.
        unsafe {
            self.0.encode(writer);
            self.1.encode(writer);
        }
    }

    unsafe fn write_back(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        // SAFETY: the caller's promise covers every argument.
        unsafe {
            self.0.write_back(reader)?;
            self.1.write_back(reader)
        }
    }
}

/// Carries a call to the token. The arguments are not looked at before it is clear that the module is initialised.
///
/// # Safety
/// What `read` gives must be memory that the host keeps as the standard says until the function returns.
pub(super) unsafe fn forward<A: Arguments>(
    call: Call,
    read: impl FnOnce() -> Result<A, Rv>,
) -> Result<(), Rv> {
    let application = process::application()?;
    let arguments = read()?;
    // SAFETY: the caller's promise, and the arguments were checked when they were read.
    let encode = |writer: &mut Writer<'_>| unsafe { arguments.encode(writer) };
    let decode = |rv: Rv, reader: &mut Reader<'_>| {
        // An agent or HSM that cannot serve the call answers with a return code alone: outputs stay as they are.
        if reader.is_empty() {
            return rv;
        }
        // SAFETY: as above.
        match unsafe { arguments.write_back(reader) } {
            Err(_) if rv == Rv::OK => Rv::DEVICE_ERROR,
            _ => rv,
        }
    };
    match application.call(call, arguments.size(), &encode, &decode)? {
        Rv::OK => Ok(()),
        rv => Err(rv),
    }
}
