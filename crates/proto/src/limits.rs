//! Limits of the wire, each with the reason for its number.

/// The largest payload of one frame, in bytes: a file signed or encrypted in one call fits, a hostile length does not
/// make a peer reserve more than this.
pub const PAYLOAD_BYTES: usize = 16 << 20;

/// The most attributes in one template: the largest class has some forty, and clients repeat none.
pub const TEMPLATE_ATTRIBUTES: usize = 128;

/// The largest value of one attribute, in bytes: certificates and data objects stay well below.
pub const ATTRIBUTE_BYTES: usize = 1 << 20;

/// The most handles that one `C_FindObjects` gives: GnuTLS asks for 8,192 at once; the standard lets us give fewer.
pub const FOUND_OBJECTS: usize = 65_536;

/// The most random bytes that one call gives: what fits a frame with room for its envelope.
pub const RANDOM_BYTES: usize = 1 << 20;

/// The longest PIN, in bytes (`CK_TOKEN_INFO.ulMaxPinLen`).
pub const PIN_BYTES: usize = 255;

/// How many calls of one application may be in flight: more threads than that wait in the module.
pub const CALLS_IN_FLIGHT: usize = 1024;
