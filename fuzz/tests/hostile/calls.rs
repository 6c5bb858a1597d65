//! Requests of every call, decoded as hsmd decodes them, for a token that serves none.

use ck::{AttributeType, KeyDerivation, MechanismType, Params, Rv};
use proto::shape::{
    Attribute, KeyPlace, MechanismArgument, MechanismIn, Room, SessionHandle, Shape, TemplateIn,
};
use proto::{CALLS, Call, CallRow, Handler, Reader, Writer, dispatch, for_each_call};

/// Refuses every call that was decoded.
struct Refuser;

macro_rules! refuse {
    (Token $method:ident ($($argument:ident: $shape:ty),*)) => {
        fn $method(&mut self, $(_: <$shape as Shape>::Lent<'_>),*) -> Result<(), Rv> {
            Err(Rv::GENERAL_ERROR)
        }
    };
    ($place:ident $method:ident ($($argument:ident: $shape:ty),*)) => {};
}

macro_rules! make_refuser {
    ($($variant:ident = $number:literal $c_name:ident $method:ident $since:ident $section:literal $class:ident
        $weight:ident $place:ident ($($argument:ident: $shape:ty),*);)*) => {
        impl Handler for Refuser {
            type Error = Rv;

            fn admit(&mut self, _: &'static CallRow, _: SessionHandle) -> Result<(), Rv> {
                Ok(())
            }

            $(refuse! { $place $method ($($argument: $shape),*) })*
        }
    };
}

use proto::shape;

for_each_call!(make_refuser);

/// Decodes the bytes as a request of every call.
pub(super) fn read(bytes: &[u8]) {
    for row in CALLS {
        let mut reply = Vec::new();
        let reader = Reader::new(SessionHandle(1), bytes);
        // Whether it was refused is the decoder's affair; that it came back is what is tested.
        let _ = dispatch(&mut Refuser, row.call, reader, &mut Writer::new(&mut reply));
    }
}

/// Payloads that some calls take as they are.
pub(super) fn samples() -> Vec<Vec<u8>> {
    let write = |write: &dyn Fn(&mut Writer<'_>)| {
        let mut bytes = Vec::new();
        write(&mut Writer::new(&mut bytes));
        bytes
    };
    let mechanism = |params| MechanismArgument {
        id: MechanismType::AES_GCM,
        params,
    };
    let gcm = mechanism(Params::Gcm {
        iv: b"123456789012",
        aad: b"data",
        tag_bits: 128,
    });
    let label = Attribute {
        id: AttributeType::LABEL,
        value: b"a key",
    };
    vec![
        write(&|writer| Room::Query.encode(writer)),
        write(&|writer| {
            writer.u8(1);
            Room::Items(16).encode(writer);
        }),
        write(&|writer| {
            MechanismIn::encode(Some(&gcm), writer);
            writer.u64(7);
        }),
        write(&|writer| {
            MechanismIn::encode(Some(&mechanism(Params::None)), writer);
            TemplateIn::encode(&[label, label], writer);
        }),
        write(&|writer| TemplateIn::encode(&[label], writer)),
        write(&|writer| {
            MechanismIn::encode(Some(&mechanism(Params::Bytes(&[0xa6; 8]))), writer);
            writer.u64(7);
            writer.u64(8);
            Room::Items(40).encode(writer);
        }),
        write(&|writer| {
            let ecdh = mechanism(Params::Ecdh {
                kdf: KeyDerivation::NULL,
                shared_data: b"shared",
                public_data: &[4; 65],
            });
            MechanismIn::encode(Some(&ecdh), writer);
            writer.count(0);
            writer.u64(7);
            TemplateIn::encode(&[label], writer);
            KeyPlace::encode(true, writer);
        }),
        write(&|writer| {
            let eddsa = mechanism(Params::Eddsa {
                prehash: true,
                context: b"context",
            });
            MechanismIn::encode(Some(&eddsa), writer);
            writer.u64(7);
        }),
        write(&|writer| {
            MechanismIn::encode(Some(&mechanism(Params::None)), writer);
            writer.u64(7);
            writer.bytes(&[0; 40]);
            TemplateIn::encode(&[label], writer);
        }),
    ]
}

#[test]
fn samples_reach_the_token() {
    let reaches = |call: Call| {
        samples().iter().any(|sample| {
            let mut reply = Vec::new();
            let reader = Reader::new(SessionHandle(1), sample);
            let result = dispatch(&mut Refuser, call, reader, &mut Writer::new(&mut reply));
            matches!(result, Err(proto::Fault::Failed(Rv::GENERAL_ERROR)))
        })
    };
    for call in [
        Call::GetSlotList,
        Call::SignInit,
        Call::GenerateKey,
        Call::FindObjectsInit,
        Call::SignFinal,
        Call::WrapKey,
        Call::UnwrapKey,
        Call::DeriveKey,
    ] {
        assert!(reaches(call), "{call:?}");
    }
}
