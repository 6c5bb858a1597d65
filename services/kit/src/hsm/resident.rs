//! Keys that live wholly in the HSM.
//!
//! Such a key is named by its binding alone: its `CKA_ID` is `dew/key/<account>/<key>/<version>`. So a row cannot be made
//! to name the key of somebody else.

use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::id;

use super::error::Fault;
use super::make;
use super::template::Home;
use super::{Binding, Error, Hsm, Kind, Resident, Usage};

/// What all identifiers of resident keys begin with.
const PREFIX: &str = "dew/key/";

impl Hsm {
    /// Generates a key version that stays in the HSM.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is one for that binding; see [`Error`] for the others.
    pub fn generate_resident(
        &self,
        binding: &Binding<'_>,
        kind: Kind,
        usage: Usage,
    ) -> Result<Resident, Error> {
        make::check(kind, usage)?;
        // Tells what an attempt left behind that broke, so that the next attempt clears it away, from what was there.
        let label = format!("dew/resident/{}", id::hex32());
        self.pool.call("generating a resident key", |lease| {
            make::offered(lease, kind, usage)?;
            let session = lease.session();
            // One at a time in this process, so that two requests for one binding do not both find nothing.
            let _one = lease.epoch().residents();
            for left in search(
                session,
                kind,
                &[Attribute::Label(label.clone().into_bytes())],
            )? {
                session.destroy_object(left)?;
            }
            let id = id(binding);
            if !search(session, kind, &[Attribute::Id(id.clone())])?.is_empty() {
                let name = String::from_utf8_lossy(&id).into_owned();
                return Err(Error::invalid(format!("the HSM has a key {name} already")).into());
            }
            let home = Home::Token {
                label: label.clone(),
                id,
            };
            let (_, public) = make::generate(session, &home, kind, usage, false)?;
            Ok(Resident {
                kind,
                usage,
                public,
            })
        })
    }

    /// Destroys a key version in the HSM. One that is not there is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn destroy_resident(&self, binding: &Binding<'_>) -> Result<(), Error> {
        let id = id(binding);
        self.forget(binding.key);
        self.pool.call("destroying a resident key", |lease| {
            let session = lease.session();
            for class in [ObjectClass::SECRET_KEY, ObjectClass::PRIVATE_KEY] {
                for handle in search_class(session, class, &[Attribute::Id(id.clone())])? {
                    session.destroy_object(handle)?;
                }
            }
            Ok(())
        })
    }

    /// Lists the resident keys whose name, `<account>/<key>/<version>`, begins with `prefix`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn list_resident(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.pool.call("listing resident keys", |lease| {
            let session = lease.session();
            let mut names = Vec::new();
            for class in [ObjectClass::SECRET_KEY, ObjectClass::PRIVATE_KEY] {
                for handle in search_class(session, class, &[])? {
                    let name = name(session, handle)?;
                    names.extend(name.filter(|name| name.starts_with(prefix)));
                }
            }
            names.sort_unstable();
            Ok(names)
        })
    }
}

/// Returns the identifier of a resident key.
pub(super) fn id(binding: &Binding<'_>) -> Vec<u8> {
    let Binding {
        account,
        key,
        version,
    } = binding;
    format!("{PREFIX}{account}/{key}/{version}").into_bytes()
}

/// Finds a resident key, of which there must be one.
pub(super) fn find(
    session: &Session,
    binding: &Binding<'_>,
    kind: Kind,
) -> Result<ObjectHandle, Fault> {
    let found = search(session, kind, &[Attribute::Id(id(binding))])?;
    match found.as_slice() {
        [handle] => Ok(*handle),
        _ => Err(Error::Refused {
            what: "finding a resident key",
        }
        .into()),
    }
}

fn name(session: &Session, handle: ObjectHandle) -> Result<Option<String>, Fault> {
    let attributes = session.get_attributes(handle, &[AttributeType::Id])?;
    let [Attribute::Id(id)] = attributes.as_slice() else {
        return Ok(None);
    };
    let id = std::str::from_utf8(id).ok();
    Ok(id.and_then(|id| id.strip_prefix(PREFIX)).map(str::to_owned))
}

fn search(session: &Session, kind: Kind, wanted: &[Attribute]) -> Result<Vec<ObjectHandle>, Fault> {
    let class = if kind.is_pair() {
        ObjectClass::PRIVATE_KEY
    } else {
        ObjectClass::SECRET_KEY
    };
    search_class(session, class, wanted)
}

fn search_class(
    session: &Session,
    class: ObjectClass,
    wanted: &[Attribute],
) -> Result<Vec<ObjectHandle>, Fault> {
    let mut template = vec![Attribute::Class(class), Attribute::Token(true)];
    template.extend_from_slice(wanted);
    Ok(session.find_objects(&template)?)
}
