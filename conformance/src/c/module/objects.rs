//! Objects (PKCS#11 3.1 section 5.7).

use cryptoki_sys::{CK_ATTRIBUTE_TYPE, CK_ULONG};

use super::Module;
use super::general::Listed;
use crate::c::{Arg, Function, Object, Out, Query, Rv, Session, Template};

/// How many handles one `C_FindObjects` asks for when all are wanted.
const BATCH: usize = 256;

impl Module {
    /// `C_CreateObject`.
    pub fn create_object(&self, session: Session, template: &Template) -> (Rv, Object) {
        self.object(
            Function::C_CreateObject,
            vec![Arg::Number(session.0)],
            template,
        )
    }

    /// `C_CopyObject`.
    pub fn copy_object(
        &self,
        session: Session,
        object: Object,
        template: &Template,
    ) -> (Rv, Object) {
        self.object(
            Function::C_CopyObject,
            vec![Arg::Number(session.0), Arg::Number(object.0)],
            template,
        )
    }

    /// `C_DestroyObject`.
    pub fn destroy_object(&self, session: Session, object: Object) -> Rv {
        self.call(
            Function::C_DestroyObject,
            vec![Arg::Number(session.0), Arg::Number(object.0)],
        )
    }

    /// `C_GetObjectSize`.
    pub fn object_size(&self, session: Session, object: Object) -> (Rv, CK_ULONG) {
        let mut size: CK_ULONG = 0;
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Place(&mut size),
        ];
        (self.call(Function::C_GetObjectSize, args), size)
    }

    /// `C_GetAttributeValue`; the answers stand in the query.
    pub fn attribute_values(&self, session: Session, object: Object, query: &mut Query) -> Rv {
        let count = Arg::Number(query.len() as CK_ULONG);
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Query(query),
            count,
        ];
        self.call(Function::C_GetAttributeValue, args)
    }

    /// One attribute's value, as applications ask for it: length, then value.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub fn attribute(
        &self,
        session: Session,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Result<Vec<u8>, Rv> {
        let mut lengths = Query::lengths(&[kind]);
        let rv = self.attribute_values(session, object, &mut lengths);
        if !rv.is_ok() {
            return Err(rv);
        }
        let mut values = Query::values(&[(kind, lengths.length(0).unwrap_or(0).min(1 << 20))]);
        let rv = self.attribute_values(session, object, &mut values);
        if rv.is_ok() {
            Ok(values.value(0).unwrap_or_default().to_vec())
        } else {
            Err(rv)
        }
    }

    /// `C_SetAttributeValue`.
    pub fn set_attribute_values(
        &self,
        session: Session,
        object: Object,
        template: &Template,
    ) -> Rv {
        let count = Arg::Number(template.len() as CK_ULONG);
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Template(template),
            count,
        ];
        self.call(Function::C_SetAttributeValue, args)
    }

    /// `C_FindObjectsInit`.
    pub fn find_objects_init(&self, session: Session, template: &Template) -> Rv {
        let count = Arg::Number(template.len() as CK_ULONG);
        self.call(
            Function::C_FindObjectsInit,
            vec![Arg::Number(session.0), Arg::Template(template), count],
        )
    }

    /// `C_FindObjects` for at most `most` handles.
    pub fn find_objects(&self, session: Session, most: usize) -> Listed<Vec<Object>> {
        let mut list = vec![CK_ULONG::MAX; most];
        let mut count: CK_ULONG = 0;
        let room = Arg::Number(most as CK_ULONG);
        let args = vec![
            Arg::Number(session.0),
            Arg::Numbers(&mut list),
            room,
            Arg::Place(&mut count),
        ];
        let rv = self.call(Function::C_FindObjects, args);
        let told = usize::try_from(count).unwrap_or(usize::MAX).min(most);
        let found = if rv.is_ok() { told } else { 0 };
        Listed {
            rv,
            count,
            list: list[..found].iter().map(|handle| Object(*handle)).collect(),
        }
    }

    /// `C_FindObjectsFinal`.
    pub fn find_objects_final(&self, session: Session) -> Rv {
        self.call(Function::C_FindObjectsFinal, vec![Arg::Number(session.0)])
    }

    /// Every object that fits a template.
    ///
    /// # Errors
    /// The first return code that is not `CKR_OK`.
    pub fn find(&self, session: Session, template: &Template) -> Result<Vec<Object>, Rv> {
        let rv = self.find_objects_init(session, template);
        if !rv.is_ok() {
            return Err(rv);
        }
        let mut found = Vec::new();
        let result = loop {
            let batch = self.find_objects(session, BATCH);
            if !batch.rv.is_ok() {
                break Err(batch.rv);
            }
            if batch.list.is_empty() {
                break Ok(found);
            }
            found.extend(batch.list);
        };
        let ended = self.find_objects_final(session);
        result.and_then(|found| if ended.is_ok() { Ok(found) } else { Err(ended) })
    }

    /// Calls a function whose last arguments are a template, its length and the place of a handle.
    pub(super) fn object(
        &self,
        function: Function,
        args: Vec<Arg<'_>>,
        template: &Template,
    ) -> (Rv, Object) {
        let mut handle: CK_ULONG = 0;
        let count = Arg::Number(template.len() as CK_ULONG);
        let last = [Arg::Template(template), count, Arg::Place(&mut handle)];
        (
            self.call(function, args.into_iter().chain(last).collect()),
            Object(handle),
        )
    }

    /// `C_GenerateRandom` of so many bytes.
    pub fn generate_random(&self, session: Session, size: usize) -> (Rv, Vec<u8>) {
        let mut buffer = crate::c::Buffer::new(size);
        let args = vec![
            Arg::Number(session.0),
            Arg::Buffer(&mut buffer),
            Arg::Number(size as CK_ULONG),
        ];
        let rv = self.call(Function::C_GenerateRandom, args);
        (rv, buffer.bytes().to_vec())
    }

    /// `C_SeedRandom`.
    pub fn seed_random(&self, session: Session, seed: &[u8]) -> Rv {
        let args = vec![
            Arg::Number(session.0),
            Arg::Bytes(seed),
            Arg::Number(seed.len() as CK_ULONG),
        ];
        self.call(Function::C_SeedRandom, args)
    }

    /// Calls a function that takes bytes and gives bytes.
    pub(super) fn transform(
        &self,
        function: Function,
        session: Session,
        data: &[u8],
        out: Out,
    ) -> crate::c::Output {
        let args = vec![
            Arg::Number(session.0),
            Arg::Bytes(data),
            Arg::Number(data.len() as CK_ULONG),
        ];
        self.produce(function, args, out)
    }

    /// Calls a function that takes bytes and gives nothing.
    pub(super) fn feed(&self, function: Function, session: Session, data: &[u8]) -> Rv {
        self.call(
            function,
            vec![
                Arg::Number(session.0),
                Arg::Bytes(data),
                Arg::Number(data.len() as CK_ULONG),
            ],
        )
    }

    /// Calls a function that begins an operation with a key; with a null pointer for no mechanism.
    pub(super) fn begin(
        &self,
        function: Function,
        session: Session,
        mechanism: Option<&crate::c::Mechanism>,
        key: Object,
    ) -> Rv {
        let mechanism = mechanism.map_or(Arg::Null, Arg::Mechanism);
        self.call(
            function,
            vec![Arg::Number(session.0), mechanism, Arg::Number(key.0)],
        )
    }
}
