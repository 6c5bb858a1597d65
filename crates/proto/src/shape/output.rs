//! The arguments that come out.

use ck::AttributeType;

use super::{BufferOut, FoundOut, ListOut, NumberOut, RandomOut, Shape, TemplateOut};
use crate::codec::{DecodeError, Reader, Writer};
use crate::limits;

/// `CK_UNAVAILABLE_INFORMATION`, the length of an attribute that cannot be had.
pub const UNAVAILABLE: u64 = u64::MAX;

/// How much room the caller has for an output, in items (bytes or numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// No buffer: the caller asks for the length.
    Query,
    /// A buffer of so many items.
    Items(u64),
}

impl Room {
    /// Appends the room to a request.
    pub fn encode(self, writer: &mut Writer<'_>) {
        match self {
            Self::Query => writer.u8(0),
            Self::Items(items) => {
                writer.u8(1);
                writer.u64(items);
            }
        }
    }

    /// Reads the room from a request.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no room.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.u8("the room of an output")? {
            0 => Ok(Self::Query),
            1 => Ok(Self::Items(reader.u64("the room of an output")?)),
            tag => Err(DecodeError::Unknown {
                what: "the room of an output",
                tag: tag.into(),
            }),
        }
    }

    /// Tells whether `len` items fit; nothing fits a query.
    #[must_use]
    pub fn fits(self, len: usize) -> bool {
        match self {
            Self::Query => false,
            Self::Items(items) => u64::try_from(len).is_ok_and(|len| len <= items),
        }
    }
}

/// The answer to an output under the two-call rule.
#[derive(Debug)]
pub struct Answer<T> {
    room: Room,
    given: Given<T>,
}

#[derive(Debug)]
enum Given<T> {
    /// The caller's memory stays as it is.
    Nothing,
    /// Only the length is written.
    Length(u64),
    /// The items and the length are written.
    Items(T),
    /// The same, of a structure in which distances stand where pointers are to be.
    Structure(T),
}

impl<T> Answer<T> {
    /// Starts without an answer.
    #[must_use]
    pub const fn new(room: Room) -> Self {
        Self {
            room,
            given: Given::Nothing,
        }
    }

    /// How much room the caller has.
    #[must_use]
    pub const fn room(&self) -> Room {
        self.room
    }

    /// Answers with a length alone: to a query, or beside `CKR_BUFFER_TOO_SMALL`.
    pub fn length(&mut self, length: usize) {
        self.given = Given::Length(u64::try_from(length).unwrap_or(UNAVAILABLE));
    }

    /// Answers with the items. The caller has made sure that they fit.
    pub fn items(&mut self, items: T) {
        self.given = Given::Items(items);
    }

    /// Answers with a structure in which distances stand where pointers are to be. The caller has made sure that it fits.
    pub fn structure(&mut self, items: T) {
        self.given = Given::Structure(items);
    }

    /// Tells whether the items are such a structure.
    #[must_use]
    pub const fn is_structure(&self) -> bool {
        matches!(self.given, Given::Structure(_))
    }

    /// The items, where they were given.
    #[must_use]
    pub const fn given(&self) -> Option<&T> {
        match &self.given {
            Given::Items(items) | Given::Structure(items) => Some(items),
            _ => None,
        }
    }

    /// The length, where it alone was given.
    #[must_use]
    pub const fn given_length(&self) -> Option<u64> {
        match self.given {
            Given::Length(length) => Some(length),
            _ => None,
        }
    }

    fn reply(&self, writer: &mut Writer<'_>, items: impl FnOnce(&T, &mut Writer<'_>)) {
        match &self.given {
            Given::Nothing => writer.u8(0),
            Given::Length(length) => {
                writer.u8(1);
                writer.u64(*length);
            }
            Given::Items(given) => {
                writer.u8(2);
                items(given, writer);
            }
            Given::Structure(given) => {
                writer.u8(3);
                items(given, writer);
            }
        }
    }

    /// Reads the answer from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply<'a>(
        reader: &mut Reader<'a>,
        room: Room,
        items: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
    ) -> Result<Self, DecodeError> {
        let given = match reader.u8("an output")? {
            0 => Given::Nothing,
            1 => Given::Length(reader.u64("the length of an output")?),
            2 => Given::Items(items(reader)?),
            3 => Given::Structure(items(reader)?),
            tag => {
                return Err(DecodeError::Unknown {
                    what: "an output",
                    tag: tag.into(),
                });
            }
        };
        Ok(Self { room, given })
    }
}

impl Shape for BufferOut {
    type Value<'a> = Answer<Vec<u8>>;
    type Lent<'b> = &'b mut Answer<Vec<u8>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Room::decode(reader).map(Answer::new)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        value
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        value.reply(writer, |bytes, writer| writer.bytes(bytes));
    }
}

/// Appends a list of numbers.
fn encode_numbers(numbers: &[u64], writer: &mut Writer<'_>) {
    writer.count(numbers.len());
    numbers.iter().for_each(|number| writer.u64(*number));
}

/// Reads a list of numbers, on the caller's side.
fn decode_numbers(reader: &mut Reader<'_>) -> Result<Vec<u64>, DecodeError> {
    let count = reader.count(limits::FOUND_OBJECTS, "a list")?;
    (0..count).map(|_| reader.u64("a list")).collect()
}

impl ListOut {
    /// Reads the answer from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(
        reader: &mut Reader<'_>,
        room: Room,
    ) -> Result<Answer<Vec<u64>>, DecodeError> {
        Answer::read_reply(reader, room, decode_numbers)
    }
}

impl Shape for ListOut {
    type Value<'a> = Answer<Vec<u64>>;
    type Lent<'b> = &'b mut Answer<Vec<u64>>;

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Room::decode(reader).map(Answer::new)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        value
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        value.reply(writer, |numbers, writer| encode_numbers(numbers, writer));
    }
}

impl FoundOut {
    /// Reads what was found from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no list.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Vec<u64>, DecodeError> {
        decode_numbers(reader)
    }
}

impl Shape for FoundOut {
    /// The room, and what was found.
    type Value<'a> = (u64, Vec<u64>);
    type Lent<'b> = (usize, &'b mut Vec<u64>);

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Ok((reader.u64("the room for handles")?, Vec::new()))
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        let room = usize::try_from(value.0).unwrap_or(limits::FOUND_OBJECTS);
        (room.min(limits::FOUND_OBJECTS), &mut value.1)
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        encode_numbers(&value.1, writer);
    }
}

impl Shape for RandomOut {
    /// How many bytes are asked for, and the bytes.
    type Value<'a> = (usize, Vec<u8>);
    type Lent<'b> = (usize, &'b mut Vec<u8>);

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Ok((
            reader.count(limits::RANDOM_BYTES, "a request for random bytes")?,
            Vec::new(),
        ))
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        (value.0, &mut value.1)
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        writer.bytes(&value.1);
    }
}

impl NumberOut {
    /// Reads the number from a reply, on the caller's side.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_reply(reader: &mut Reader<'_>) -> Result<Option<u64>, DecodeError> {
        let present = reader.u8("a number")? != 0;
        let number = reader.u64("a number")?;
        Ok(present.then_some(number))
    }
}

impl Shape for NumberOut {
    type Value<'a> = Option<u64>;
    type Lent<'b> = &'b mut Option<u64>;

    fn decode<'a>(_reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        Ok(None)
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        value
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        writer.u8(u8::from(value.is_some()));
        writer.u64(value.unwrap_or_default());
    }
}

/// One attribute that is asked for.
#[derive(Debug)]
pub struct AttributeRequest {
    /// Which attribute.
    pub id: AttributeType,
    /// How many bytes of room its value has.
    pub room: Room,
    /// What comes out.
    pub answer: AttributeAnswer,
    /// The room for each of its own attributes, where it is a template.
    pub inner: Vec<Room>,
}

/// What comes out for one attribute (`C_GetAttributeValue`, 5.7.5).
#[derive(Debug, PartialEq, Eq)]
pub enum AttributeAnswer {
    /// Only the length: the caller asked for it.
    Length(u64),
    /// The value is a template: its attributes, each with its own answer.
    Template(Vec<(AttributeType, Self)>),
    /// `CK_UNAVAILABLE_INFORMATION`: it is sensitive, unknown to the object, or does not fit.
    Unavailable,
    /// The value.
    Value(Vec<u8>),
}

impl AttributeRequest {
    /// Asks for an attribute; `inner` is the room for each attribute of one that is a template.
    #[must_use]
    pub const fn new(id: AttributeType, room: Room, inner: Vec<Room>) -> Self {
        Self {
            id,
            room,
            inner,
            answer: AttributeAnswer::Unavailable,
        }
    }
}

/// The answer for one attribute, as the caller's side reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeRead<'a> {
    /// The length alone.
    Length(u64),
    /// The value is a template of so many attributes: they follow, each its type and then its answer.
    Template(usize),
    /// `CK_UNAVAILABLE_INFORMATION`.
    Unavailable,
    /// The value.
    Value(&'a [u8]),
}

/// The tag of an answer that is a template.
const TEMPLATE: u8 = 70;

impl TemplateOut {
    /// Appends what is asked for to a request.
    pub fn encode(requests: &[AttributeRequest], writer: &mut Writer<'_>) {
        writer.count(requests.len());
        for request in requests {
            writer.u64(request.id.0);
            request.room.encode(writer);
            if ck::is_template(request.id) {
                writer.count(request.inner.len());
                request.inner.iter().for_each(|room| room.encode(writer));
            }
        }
    }

    /// Reads the next attribute's answer from a reply, on the caller's side; they come in the order of the request,
    /// after the count that `reader.count(limits::TEMPLATE_ATTRIBUTES, ..)` reads.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are no such answer.
    pub fn read_answer<'a>(reader: &mut Reader<'a>) -> Result<AttributeRead<'a>, DecodeError> {
        const WHAT: &str = "an attribute's value";
        match reader.u8(WHAT)? {
            0 => Ok(AttributeRead::Unavailable),
            1 => Ok(AttributeRead::Length(reader.u64(WHAT)?)),
            2 => reader
                .bytes(limits::PAYLOAD_BYTES, WHAT)
                .map(AttributeRead::Value),
            TEMPLATE => {
                let count = reader.count(limits::TEMPLATE_ATTRIBUTES, WHAT)?;
                Ok(AttributeRead::Template(count))
            }
            tag => Err(DecodeError::Unknown {
                what: WHAT,
                tag: tag.into(),
            }),
        }
    }

    fn write_answer(answer: &AttributeAnswer, writer: &mut Writer<'_>) {
        match answer {
            AttributeAnswer::Unavailable => writer.u8(0),
            AttributeAnswer::Length(length) => {
                writer.u8(1);
                writer.u64(*length);
            }
            AttributeAnswer::Value(bytes) => {
                writer.u8(2);
                writer.bytes(bytes);
            }
            AttributeAnswer::Template(inner) => {
                writer.u8(TEMPLATE);
                writer.count(inner.len());
                for (id, answer) in inner {
                    writer.u64(id.0);
                    Self::write_answer(answer, writer);
                }
            }
        }
    }
}

impl Shape for TemplateOut {
    type Value<'a> = Vec<AttributeRequest>;
    type Lent<'b> = &'b mut [AttributeRequest];

    fn decode<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, DecodeError> {
        let count = reader.count(limits::TEMPLATE_ATTRIBUTES, "a template")?;
        (0..count)
            .map(|_| {
                let id = AttributeType(reader.u64("an attribute's type")?);
                let room = Room::decode(reader)?;
                let mut inner = Vec::new();
                if ck::is_template(id) {
                    let count = reader.count(limits::TEMPLATE_ATTRIBUTES, "a template")?;
                    for _ in 0..count {
                        inner.push(Room::decode(reader)?);
                    }
                }
                Ok(AttributeRequest::new(id, room, inner))
            })
            .collect()
    }

    fn lend<'b>(value: &'b mut Self::Value<'_>) -> Self::Lent<'b> {
        value
    }

    fn reply(value: &Self::Value<'_>, writer: &mut Writer<'_>) {
        writer.count(value.len());
        for request in value {
            Self::write_answer(&request.answer, writer);
        }
    }
}
