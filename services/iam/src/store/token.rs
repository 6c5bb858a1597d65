//! Tokens: proof, for a day, that somebody signed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::clock::DAY_MS;
use kit::db::Tx;
use kit::id;
use kit::sql;
use zeroize::Zeroizing;

use super::token_hash;
use crate::error::IamError;

/// How long a token is good for.
pub const LIFE_MS: i64 = DAY_MS;
/// How long an ended token is remembered, so that its bearer is told that it has ended and not that it never was.
const MEMORY_MS: i64 = DAY_MS;
/// Characters of a token, at most: far above ours, far below what fills a header.
pub const MAX_CHARS: usize = 4_096;

/// What a token stands for.
#[derive(Clone, Debug)]
pub struct Token {
    /// Who signed in.
    pub user_id: String,
    /// The project that it is good for; none: the account.
    pub project_id: Option<String>,
    /// How they signed in, with commas between the methods.
    pub methods: String,
    /// Whether a second factor was shown.
    pub mfa: bool,
    /// When it was issued.
    pub issued_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
}

/// Draws a token's text.
#[must_use]
pub fn draw() -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(id::random::<48>()))
}

/// Keeps a token, and forgets those that have long ended.
///
/// # Errors
/// The database does not answer.
pub fn create(tx: &mut Tx<'_>, text: &str, token: &Token) -> Result<(), IamError> {
    let forgotten = token.issued_ms - MEMORY_MS;
    tx.execute(sql!("delete_ended_tokens"), &[forgotten.into()])?;
    let values = [
        token_hash(text).into(),
        token.user_id.as_str().into(),
        token.project_id.as_deref().into(),
        token.methods.as_str().into(),
        token.mfa.into(),
        token.issued_ms.into(),
        token.expires_ms.into(),
    ];
    tx.execute(sql!("insert_token"), &values)?;
    Ok(())
}

/// Finds a token, ended or not.
///
/// # Errors
/// The database does not answer.
pub fn find(tx: &mut Tx<'_>, text: &str) -> Result<Option<Token>, IamError> {
    let row = tx.row(sql!("select_token"), &[token_hash(text).into()])?;
    let read = |row: kit::db::Row| {
        Ok(Token {
            user_id: row.text("user_id")?,
            project_id: row.maybe_text("project_id")?,
            methods: row.text("methods")?,
            mfa: row.flag("mfa")?,
            issued_ms: row.int("issued_ms")?,
            expires_ms: row.int("expires_ms")?,
        })
    };
    row.map(read).transpose()
}

pub(super) fn delete_of_user(tx: &mut Tx<'_>, user_id: &str) -> Result<(), IamError> {
    tx.execute(sql!("delete_tokens_of_user"), &[user_id.into()])?;
    Ok(())
}
