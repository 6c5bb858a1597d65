//! An object: its place, its attributes and its parsed key.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use ck::{AttributeRow, AttributeType, KeyType, ObjectClass};

use crate::identifier::ObjectId;
use crate::lock::{read, write};
use crate::rules::is_secret;
use crate::{Attributes, Error};

/// An object, of the token or of a session.
pub(crate) struct Object {
    /// Its handle, never given to another object.
    pub(crate) handle: u64,
    /// Its name for good.
    pub(crate) id: ObjectId,
    /// The session that it ends with; none for an object of the token.
    pub(crate) session: Option<u64>,
    /// Whether only the user may see it.
    pub(crate) private: bool,
    /// Held while the object is changed or destroyed, so that changes come one after another.
    pub(crate) changing: Mutex<()>,
    content: RwLock<Content>,
    key: OnceLock<Arc<mech::Key>>,
    /// Whether somebody asked for it of late.
    touched: AtomicBool,
}

/// What of an object can change.
#[derive(Clone)]
pub(crate) struct Content {
    /// Its attributes.
    pub(crate) attributes: Arc<Attributes>,
    /// The version of its row; 0 for an object of a session.
    pub(crate) version: u64,
}

impl Object {
    /// Makes an object from its attributes.
    pub(crate) fn new(
        handle: u64,
        id: ObjectId,
        session: Option<u64>,
        version: u64,
        attributes: Attributes,
    ) -> Self {
        Self {
            handle,
            id,
            session,
            private: attributes.is(AttributeType::PRIVATE),
            changing: Mutex::new(()),
            content: RwLock::new(Content {
                attributes: Arc::new(attributes.packed()),
                version,
            }),
            key: OnceLock::new(),
            touched: AtomicBool::new(false),
        }
    }

    /// Notes that somebody asked for it.
    pub(crate) fn touch(&self) {
        self.touched.store(true, Ordering::Relaxed);
    }

    /// Tells whether somebody asked for it since this was asked last.
    pub(crate) fn take_touched(&self) -> bool {
        self.touched.swap(false, Ordering::Relaxed)
    }

    /// The attributes as they are now.
    pub(crate) fn attributes(&self) -> Arc<Attributes> {
        Arc::clone(&read(&self.content).attributes)
    }

    /// The whole content as it is now.
    pub(crate) fn content(&self) -> Content {
        read(&self.content).clone()
    }

    /// Puts a changed content in; the caller holds `changing`.
    pub(crate) fn replace(&self, content: Content) {
        *write(&self.content) = content;
    }

    /// The parsed key. Parsing is done at the first use and kept until the object goes.
    pub(crate) fn key(&self) -> Result<Arc<mech::Key>, Error> {
        if let Some(key) = self.key.get() {
            return Ok(Arc::clone(key));
        }
        let attributes = self.attributes();
        let key_type = attributes.key_type().ok_or(Error::KeyHandleInvalid)?;
        let key = mech::Key::parse(attributes.class(), key_type, &|id| attributes.get(id))?;
        Ok(Arc::clone(self.key.get_or_init(|| Arc::new(key))))
    }
}

/// Tells whether the value of an attribute must not leave the token: that of a key which is sensitive or not
/// extractable.
pub(crate) fn is_hidden(row: &AttributeRow, attributes: &Attributes) -> bool {
    row.sensitive
        && is_secret(attributes.class())
        && (attributes.is(AttributeType::SENSITIVE) || !attributes.is(AttributeType::EXTRACTABLE))
}

/// Tells whether an object has this value of an attribute. Hidden values match nothing: finding is not for guessing.
pub(crate) fn matches(attributes: &Attributes, id: AttributeType, value: &[u8]) -> bool {
    let kept = attributes.get(id).unwrap_or_default();
    // Most objects differ, and are told by the value alone, however it is to be compared.
    if kept != value && kept != crate::rules::canonical(ck::ValueKind::BigInteger, value) {
        return false;
    }
    let (class, key_type): (ObjectClass, Option<KeyType>) =
        (attributes.class(), attributes.key_type());
    match ck::attribute_row(class, key_type, id) {
        None => false,
        Some(row) if is_hidden(row, attributes) => false,
        Some(row) => kept == crate::rules::canonical(row.kind, value),
    }
}
