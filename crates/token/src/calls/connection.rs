//! Deriving the keys of a TLS connection (Mechanisms 6.40).

use ck::{Algorithm, AttributeType as A, KeyType, Mechanism, ObjectClass, Params};
use mech::KeyBlock;
use proto::Call;
use proto::shape::{Attribute, Derived};
use zeroize::Zeroizing;

use super::Within;
use super::derivation::source;
use crate::draft::Trust;
use crate::object::Object;
use crate::policy;
use crate::rules::Template;
use crate::{Attributes, Error};

const TRUE: &[u8] = &[1];
const GENERIC: &[u8] = &KeyType::GENERIC_SECRET.0.to_le_bytes();

/// What the template says of the ciphers' keys alone.
const OF_CIPHERS: [A; 10] = [
    A::DECRYPT,
    A::DERIVE,
    A::ENCRYPT,
    A::KEY_TYPE,
    A::SIGN,
    A::UNWRAP,
    A::VALUE_LEN,
    A::VERIFY,
    A::WRAP,
    A::ALLOWED_MECHANISMS,
];

impl Within<'_> {
    /// Derives the keys of both sides' MACs and ciphers, as the parameter asks for them.
    pub(super) fn derive_connection(
        &self,
        row: &Mechanism,
        params: &Params<'_>,
        base: &Object,
        template: &Template<'_>,
    ) -> Result<Derived, Error> {
        self.check_first(true)?;
        let attributes = base.attributes();
        let vectors = row.algorithm == Algorithm::TlsKeys { vectors: true };
        let lengths = KeyBlock::new(vectors, params)?;
        let block = mech::derive(row, params, &*base.key()?, None)?;
        let (macs, rest) = block.split_at(2 * lengths.mac);
        let (keys, vectors) = rest.split_at(2 * lengths.key);
        let [of_macs, of_ciphers] = split(template, &attributes)?;
        let parts = [
            (macs, lengths.mac, &of_macs),
            (keys, lengths.key, &of_ciphers),
        ];
        let (mut made, mut places) = (Vec::new(), Vec::new());
        for (pair, (bytes, len, template)) in parts.into_iter().enumerate() {
            for (side, value) in bytes.chunks_exact(len.max(1)).enumerate() {
                made.push(self.part(value, &attributes, template)?);
                places.push(2 * pair + side);
            }
        }
        let mut handles = vec![0; 4];
        for (place, handle) in places
            .into_iter()
            .zip(self.keep_as(1, made, Call::DeriveKey)?)
        {
            handles[place] = handle;
        }
        Ok(Derived {
            version: None,
            keys: handles,
            vectors: vectors.to_vec(),
        })
    }

    /// Makes one of the keys.
    fn part(
        &self,
        value: &[u8],
        base: &Attributes,
        template: &Template<'_>,
    ) -> Result<Attributes, Error> {
        let key_type = template.number(A::KEY_TYPE)?.map(KeyType);
        let key_type = key_type.ok_or(Error::TemplateIncomplete(A::KEY_TYPE))?;
        let kind = (ObjectClass::SECRET_KEY, key_type);
        let plan = self.plan(source(&[base]), kind, template)?;
        let profile = self.session.tenancy.partition.profile;
        policy::decide_derive(profile, base, value.len()).obey()?;
        let value = Zeroizing::new(value.to_vec());
        plan.receive(vec![(A::VALUE, value)], Trust::Known, template)
    }
}

/// Makes one template for the keys of MACs, and one for those of ciphers. Both are as hidden as the key that they come from.
fn split<'a>(template: &Template<'a>, base: &Attributes) -> Result<[Template<'a>; 2], Error> {
    let flag = |id| -> &'static [u8] { if base.is(id) { TRUE } else { &[0] } };
    let hidden = [A::SENSITIVE, A::EXTRACTABLE].map(|id| Attribute {
        id,
        value: flag(id),
    });
    let common: Vec<_> = template
        .iter()
        .filter(|attribute| !OF_CIPHERS.contains(&attribute.id))
        .copied()
        .collect();
    let of_macs = [(A::KEY_TYPE, GENERIC), (A::SIGN, TRUE), (A::VERIFY, TRUE)];
    let of_macs = of_macs.map(|(id, value)| Attribute { id, value });
    let all: Vec<_> = template.iter().copied().collect();
    Ok([
        Template::new(&common)?.with(&hidden)?.with(&of_macs)?,
        Template::new(&all)?.with(&hidden)?,
    ])
}
