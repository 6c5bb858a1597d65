//! Whatever reads bytes from elsewhere refuses or reads them, and never panics.
//!
//! A target is a row of the table below: its name, sound inputs to start from, and what reads. As a test it runs through
//! inputs made from a fixed seed, so that every run is the same; with `DEW_FUZZ_SECONDS` set (`cargo xtask deep`) it
//! runs that long, on other inputs each time.

#![forbid(unsafe_code)]

#[path = "hostile/calls.rs"]
mod calls;
#[path = "hostile/disk.rs"]
mod disk;
#[path = "hostile/inputs.rs"]
mod inputs;
#[path = "hostile/keys.rs"]
mod keys;
#[path = "hostile/rest.rs"]
mod rest;
#[path = "hostile/wire.rs"]
mod wire;

/// Makes a test of each row.
macro_rules! targets {
    ($($name:ident: $samples:expr, $reader:expr;)*) => {$(
        #[test]
        fn $name() {
            inputs::run(stringify!($name), &$samples, $reader);
        }
    )*};
}

#[rustfmt::skip] // A table reads by its columns.
targets! {
    admin_commands: wire::admin_commands(), wire::read_admin_command;
    admin_requests: wire::admin_requests(), wire::read_admin_request;
    audit_entries:  disk::audit_entries(),  disk::read_audit_entry;
    authorizations: rest::authorizations(), rest::read_authorization;
    calls:          calls::samples(),       calls::read;
    ciphertexts:    rest::ciphertexts(),    rest::read_ciphertext;
    frame_headers:  wire::frame_headers(),  wire::read_frame_header;
    hellos:         wire::hellos(),         wire::read_hello;
    json_bodies:    rest::bodies(),         rest::read_body;
    object_bodies:  disk::object_bodies(),  disk::read_object_body;
    paths:          rest::paths(),          rest::read_path;
    policies:       rest::policies(),       rest::read_policy;
    private_keys:   keys::private_keys(),   keys::read_private_key;
    public_keys:    keys::public_keys(),    keys::read_public_key;
    root_slots:     disk::root_slots(),     disk::read_root_slot;
    sealed_records: disk::sealed_records(), disk::read_sealed_record;
    signed_requests: rest::requests(),      rest::read_request;
    tickets:        wire::tickets(),        wire::read_ticket;
    ukey_files:     disk::ukey_files(),     disk::read_ukey_file;
}
