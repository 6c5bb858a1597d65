//! Objects: making, copying, changing, reading and destroying them (5.7).

use std::sync::Arc;

use ck::{AttributeType as A, ObjectClass, ValueKind};
use proto::Call;
use proto::shape::{Attribute, AttributeAnswer, AttributeRequest, Room};

use super::Within;
use crate::draft;
use crate::journal::Act;
use crate::keeping::NewObject;
use crate::lock::lock;
use crate::object::{Content, Object, is_hidden};
use crate::policy;
use crate::rules::{self, Change, Rows, Template};
use crate::standing;
use crate::tenancy::Login;
use crate::{Attributes, Error, templates};

/// The most session objects of one application with one token: far above any use, and bounded in memory.
const SESSION_OBJECTS_MAX: usize = 65_536;

impl Within<'_> {
    /// Makes an object from a template.
    pub(super) fn create_object(&self, template: &[Attribute<'_>]) -> Result<u64, Error> {
        let template = Template::new(template)?;
        let attributes = draft::import(self.session.tenancy.partition.profile, &template)?;
        self.check_new(&attributes)?;
        let [handle] = self.keep([attributes], Call::CreateObject)?;
        Ok(handle)
    }

    /// Makes a copy of an object that differs in what the template says.
    pub(super) fn copy_object(
        &self,
        handle: u64,
        template: &[Attribute<'_>],
    ) -> Result<u64, Error> {
        let source = self.object(handle)?.attributes();
        if !source.is(A::COPYABLE) {
            return Err(Error::ActionProhibited(A::COPYABLE));
        }
        let copy = self.changed(&source, template, Change::Copy)?;
        policy::check_copy(&source, &copy)?;
        if source.is(A::PRIVATE) && !copy.is(A::PRIVATE) {
            let why = "a private object has no public copies";
            return Err(Error::TemplateInconsistent {
                id: A::PRIVATE,
                why,
            });
        }
        self.check_place(&copy)?;
        let [handle] = self.keep([copy], Call::CopyObject)?;
        Ok(handle)
    }

    /// Changes attributes of an object: all that the template names, or none.
    pub(super) fn set_attributes(
        &self,
        handle: u64,
        template: &[Attribute<'_>],
    ) -> Result<(), Error> {
        let object = self.object(handle)?;
        let _changing = lock(&object.changing);
        let content = self.content_to_change(&object, A::MODIFIABLE)?;
        let attributes = self.changed(&content.attributes, template, Change::Set)?;
        self.replace(&object, content, attributes, Call::SetAttributeValue)
    }

    /// Gives an object other attributes, durably where it is the token's. The caller holds its `changing`.
    pub(super) fn replace(
        &self,
        object: &Arc<Object>,
        content: Content,
        attributes: Attributes,
        call: Call,
    ) -> Result<(), Error> {
        let tenancy = &self.session.tenancy;
        if object.session.is_none() {
            let event = self.event(call, object);
            return tenancy
                .partition
                .rewrite(self.core, object, attributes, event);
        }
        let attributes = Arc::new(attributes);
        let changed = Content {
            attributes,
            ..content
        };
        tenancy.objects.change(object, || object.replace(changed));
        Ok(())
    }

    /// Destroys an object.
    pub(super) fn destroy_object(&self, handle: u64) -> Result<(), Error> {
        let object = match self.object(handle) {
            Err(Error::ObjectHandleInvalid) if self.may_have_destroyed(handle) => return Ok(()),
            object => object?,
        };
        let _changing = lock(&object.changing);
        self.content_to_change(&object, A::DESTROYABLE)?;
        let tenancy = &self.session.tenancy;
        if object.session.is_none() {
            let event = self.event(Call::DestroyObject, &object);
            return tenancy.partition.erase(self.core, &object, event);
        }
        tenancy.objects.remove(&object);
        Ok(())
    }

    /// Tells how many bytes an object takes in the store, before it is sealed.
    pub(super) fn object_size(&self, handle: u64) -> Result<u64, Error> {
        let attributes = self.object(handle)?.attributes();
        Ok(u64::try_from(attributes.encode(handle).len()).unwrap_or(u64::MAX))
    }

    /// Reads attributes. All are answered; the first that cannot be had names the return code (5.7.5).
    pub(super) fn attribute_values(
        &self,
        handle: u64,
        template: &mut [AttributeRequest],
    ) -> Result<(), Error> {
        let object = self.object(handle)?;
        let partition = &self.session.tenancy.partition;
        let attributes = standing::shown(self.core, partition, &self.who, &object, template)?;
        let rows = Rows::of(attributes.class(), attributes.key_type())?;
        let mut result = Ok(());
        for request in template {
            let (answer, read) = read(&attributes, &rows, request)
                .unwrap_or_else(|error| (AttributeAnswer::Unavailable, Err(error)));
            request.answer = answer;
            result = result.and(read);
        }
        result
    }

    /// Checks that the session may make an object with these attributes.
    pub(super) fn check_new(&self, attributes: &Attributes) -> Result<(), Error> {
        let officer = self.session.tenancy.login() == Login::SecurityOfficer;
        if attributes.is(A::TRUSTED) && !officer {
            return Err(Error::AttributeReadOnly(A::TRUSTED));
        }
        self.check_place(attributes)
    }

    /// Checks that the session may have an object with these attributes.
    fn check_place(&self, attributes: &Attributes) -> Result<(), Error> {
        let login = self.session.tenancy.login();
        if attributes.is(A::TOKEN) {
            self.check_writable()?;
        }
        if attributes.is(A::PRIVATE) && login != Login::User {
            return Err(Error::UserNotLoggedIn);
        }
        Ok(())
    }

    /// Keeps new objects, those of the token durably and in one batch, and gives their handles.
    pub(super) fn keep<const N: usize>(
        &self,
        all: [Attributes; N],
        call: Call,
    ) -> Result<[u64; N], Error> {
        let mut handles = [0; N];
        handles.copy_from_slice(&self.keep_as(0, all, call)?);
        Ok(handles)
    }

    /// Does the same with objects whose names are counted from another number than 0: calls that come again do not look for
    /// them.
    pub(super) fn keep_as(
        &self,
        first: usize,
        all: impl IntoIterator<Item = Attributes, IntoIter: ExactSizeIterator>,
        call: Call,
    ) -> Result<Vec<u64>, Error> {
        let all = all.into_iter();
        let count = all.len();
        let tenancy = &self.session.tenancy;
        if tenancy.objects.len() + count > SESSION_OBJECTS_MAX {
            return Err(Error::TooMany {
                what: "session objects of one application",
                limit: SESSION_OBJECTS_MAX,
                rv: ck::Rv::DEVICE_MEMORY,
            });
        }
        let mut handles = vec![0; count];
        let (mut places, mut token) = (Vec::new(), Vec::new());
        let mut temporary = Vec::new();
        for (place, mut attributes) in all.enumerate() {
            let id = self.new_name(first + place);
            draft::name(&mut attributes, id);
            if attributes.is(A::TOKEN) {
                places.push(place);
                token.push(NewObject { id, attributes });
            } else {
                handles[place] = self.hsm.object_handle();
                let session = Some(self.session.handle);
                temporary.push(Object::new(handles[place], id, session, 0, attributes));
            }
        }
        if let Some(last) = token.last() {
            let act = Act::call(&self.who, call, tenancy.partition.id);
            let event = match token.first() {
                Some(first) if first.id != last.id => {
                    let detail = format!("together with {}", first.id);
                    act.done_with(self.core, Some(last.id), detail)
                }
                _ => act.done(self.core, Some(last.id)),
            };
            let added = tenancy.partition.add(self.core, token, event)?;
            for (place, object) in places.into_iter().zip(added) {
                handles[place] = tenancy.handle_of(&object);
            }
        }
        temporary
            .into_iter()
            .try_for_each(|object| tenancy.add(object))?;
        Ok(handles)
    }

    fn object(&self, handle: u64) -> Result<Arc<Object>, Error> {
        self.visible(handle, Error::ObjectHandleInvalid)
    }

    /// Checks that the session may make, change and destroy objects of the token.
    fn check_writable(&self) -> Result<(), Error> {
        if !self.session.writable {
            return Err(Error::SessionReadOnly);
        }
        if !self.session.tenancy.may_write() {
            return Err(Error::TokenWriteProtected);
        }
        Ok(())
    }

    /// The content of an object that is about to be changed, which `permission` must allow.
    fn content_to_change(&self, object: &Object, permission: A) -> Result<Content, Error> {
        let content = object.content();
        if !content.attributes.is(permission) {
            return Err(Error::ActionProhibited(permission));
        }
        if object.session.is_none() {
            self.check_writable()?;
        }
        let trusted = content.attributes.class() == ObjectClass::CERTIFICATE
            && content.attributes.is(A::TRUSTED);
        // "Trusted certificates cannot be modified" (4.6.2), save by who trusts them.
        if trusted
            && permission == A::MODIFIABLE
            && self.session.tenancy.login() != Login::SecurityOfficer
        {
            return Err(Error::ActionProhibited(A::TRUSTED));
        }
        Ok(content)
    }

    /// The attributes of an object after a template, where rules and policy let it be so.
    fn changed(
        &self,
        before: &Attributes,
        template: &[Attribute<'_>],
        change: Change,
    ) -> Result<Attributes, Error> {
        let template = Template::new(template)?;
        let rows = Rows::of(before.class(), before.key_type())?;
        let mut after = before.duplicate();
        let officer = self.session.tenancy.login() == Login::SecurityOfficer;
        rules::change(&mut after, &template, &rows, change, officer)?;
        if before.class() == ObjectClass::TRUST && draft::trusts_anything(&after) {
            return Err(Error::TemplateInconsistent {
                id: A::HASH_OF_CERTIFICATE,
                why: "trust is for a certificate whose hash is there",
            });
        }
        policy::check_change(self.session.tenancy.partition.profile, before, &mut after)?;
        Ok(after)
    }

    fn event(&self, call: Call, object: &Object) -> audit::Event {
        let partition = self.session.tenancy.partition.id;
        Act::call(&self.who, call, partition).done(self.core, Some(object.id))
    }
}

/// Reads one attribute. Those that the class has are always there, empty where nothing was set: applications stop at
/// one that is not.
fn read(
    attributes: &Attributes,
    rows: &Rows,
    request: &AttributeRequest,
) -> Result<(AttributeAnswer, Result<(), Error>), Error> {
    let (id, room) = (request.id, request.room);
    let row = rows.find(id).ok_or(Error::AttributeTypeInvalid(id))?;
    if is_hidden(row, attributes) {
        return Err(Error::AttributeSensitive(id));
    }
    // Features of the hardware share their rows, and each has some of them.
    if attributes.class() == ObjectClass::HW_FEATURE && attributes.get(id).is_none() {
        return Err(Error::AttributeTypeInvalid(id));
    }
    if row.kind == ValueKind::Template {
        return Ok(templates::read(attributes, request));
    }
    let value = attributes.get(id).unwrap_or_default();
    let answer = match room {
        Room::Query => AttributeAnswer::Length(u64::try_from(value.len()).unwrap_or(u64::MAX)),
        room if room.fits(value.len()) => AttributeAnswer::Value(value.to_vec()),
        Room::Items(_) => return Err(Error::BufferTooSmall),
    };
    Ok((answer, Ok(())))
}
