//! Values on PostgreSQL's wire.

use std::error::Error;

use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::super::Value;

/// The digits of a NUMERIC are of this base.
const BASE: i128 = 10_000;

/// The type that a value is sent as. Only for a value that is absent the server chooses.
pub(super) fn kind(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Blob(_) => Type::BYTEA,
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    /// Statements are prepared for the types of their values, and an absent value fits all.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::BOOL => bool::from_sql(kind, raw)?.into(),
            Type::INT2 => i64::from(i16::from_sql(kind, raw)?).into(),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?).into(),
            Type::INT8 => i64::from_sql(kind, raw)?.into(),
            Type::NUMERIC => whole(raw)
                .ok_or("the number is no whole one of 64 bits")?
                .into(),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            _ => Self::Text(String::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::NUMERIC | Type::BYTEA
        ) || <String as FromSql<'_>>::accepts(kind)
    }
}

/// Reads a NUMERIC, which is what PostgreSQL makes of the sum of BIGINTs: the count of its digits, the weight of the first,
/// the sign, the scale, the digits.
fn whole(raw: &[u8]) -> Option<i64> {
    let mut words = raw
        .chunks_exact(2)
        .map(|word| i16::from_be_bytes([word[0], word[1]]));
    let (count, weight, sign, scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if scale != 0 || words.len() != usize::try_from(count).ok()? {
        return None;
    }
    let mut number: i128 = 0;
    for _ in 0..=weight {
        let digit = words.next().unwrap_or(0);
        number = number.checked_mul(BASE)?.checked_add(digit.into())?;
    }
    match sign {
        0 => i64::try_from(number).ok(),
        0x4000 => i64::try_from(-number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[i16], expected: Option<i64>) {
        let raw: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert_eq!(whole(&raw), expected, "{words:?}");
    }

    #[test]
    fn whole_numerics_are_read_and_others_refused() {
        check(&[0, 0, 0, 0], Some(0));
        check(&[1, 0, 0, 0, 42], Some(42));
        check(&[1, 1, 0x4000, 0, 3], Some(-30_000));
        check(&[2, 1, 0, 0, 1, 2], Some(10_002));
        check(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807], Some(i64::MAX));
        check(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5808], None);
        check(
            &[5, 4, 0x4000, 0, 922, 3372, 368, 5477, 5808],
            Some(i64::MIN),
        );
        check(&[1, -1, 0, 1, 5000], None);
        check(&[0, 0, -0x4000, 0], None);
        check(&[1, i16::MAX, 0, 0, 1], None);
        check(&[2, 0, 0, 0, 1], None);
        check(&[], None);
    }
}
