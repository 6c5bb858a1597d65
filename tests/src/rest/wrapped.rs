//! Imports of symmetric material: wrapped as the guide does it with OpenSSL, RSA-OAEP with SHA-256.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::{Client, text};

/// The parameters of an import, with which material is wrapped.
#[derive(Clone, Debug)]
pub struct Wrapping {
    /// The key that they are for.
    pub key_id: String,
    /// The token.
    pub token: String,
    public: Vec<u8>,
}

impl Wrapping {
    /// Reads the answer to `get-parameters-for-import`.
    ///
    /// # Panics
    /// If it is not what the contract says.
    #[must_use]
    pub fn of(key_id: &str, answer: &Value) -> Self {
        let public = BASE64.decode(text(&answer["public_key"]));
        Self {
            key_id: key_id.to_owned(),
            token: text(&answer["import_token"]),
            public: public.expect("the public key is Base64"),
        }
    }

    /// Wraps material: the body of an import.
    ///
    /// # Panics
    /// If the server's public key is none.
    #[must_use]
    pub fn body(&self, material: &[u8]) -> Value {
        let key = PublicEncryptingKey::from_der(&self.public).expect("the public key is RSA");
        let key = OaepPublicEncryptingKey::new(key).expect("the public key is RSA");
        let mut wrapped = vec![0; key.ciphertext_size()];
        let wrapped = key
            .encrypt(&OAEP_SHA256_MGF1SHA256, material, &mut wrapped, None)
            .expect("32 bytes fit into a block");
        json!({
            "key_id": self.key_id,
            "import_token": self.token,
            "encrypted_key_material": BASE64.encode(wrapped),
        })
    }
}

impl Client {
    /// Asks for the parameters of an import; the answer is the refusal where there is one.
    ///
    /// # Errors
    /// The status and the body of the refusal.
    ///
    /// # Panics
    /// If the answer is not what the contract says.
    pub fn wrapping(&self, key_id: &str) -> Result<Wrapping, (u16, Value)> {
        let body = json!({"key_id": key_id, "wrapping_algorithm": "RSAES_OAEP_SHA_256"});
        let (status, answer) = self.kms("get-parameters-for-import", body);
        if status != 200 {
            return Err((status, answer));
        }
        Ok(Wrapping::of(key_id, &answer))
    }
}
