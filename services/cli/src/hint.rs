//! What to do about a refusal, by its code.

/// A code and what helps.
struct Hint(&'static str, &'static str);

#[rustfmt::skip] // A table reads by its columns.
const HINTS: &[Hint] = &[
    Hint("APIGW.0101", "this server does not offer it; check the endpoint and the server's version"),
    Hint("APIGW.0301", "check the access key and its secret key"),
    Hint("APIGW.0308", "too many requests: wait a moment"),
    Hint("APIG.0301",  "check the access key and its secret key"),
    Hint("KMS.0207",   "`dew kms list` shows the keys of this project"),
    Hint("KMS.0209",   "enable it first: dew kms enable KEY"),
    Hint("KMS.0210",   "bring it back first: dew kms cancel-deletion KEY"),
    Hint("KMS.0211",   "make a key of your own: dew kms create NAME"),
    Hint("KMS.0306",   "ask the key's owner for a grant, or an administrator for the permission"),
    Hint("KMS.0307",   "ask an administrator for the permission"),
    Hint("KMS.0309",   "only a key made with `dew kms create --external` takes material from outside"),
    Hint("KMS.0310",   "the key has its material; `dew kms delete-material KEY` takes it away"),
    Hint("KMS.0312",   "make a new key, and move its alias there: dew kms alias move ALIAS KEY"),
    Hint("KMS.0313",   "switch it on first: dew kms rotation enable KEY"),
    Hint("KMS.0321",   "the project is not one of this access key's account: leave --project-id away to look it up"),
    Hint("KMS.0325",   "use a symmetric key"),
    Hint("KMS.0330",   "ask an administrator for the permission"),
    Hint("KMS.0331",   "use an asymmetric key"),
    Hint("KMS.0332",   "`dew kms show KEY` tells the kind of the key; give an --algorithm of that kind"),
    Hint("KMS.0334",   "use a key made with --usage SIGN_VERIFY"),
    Hint("KMS.0335",   "use a key made with --usage ENCRYPT_DECRYPT"),
    Hint("KMS.0341",   "an HMAC key can only make and verify MACs"),
    Hint("KMS.1101",   "use letters, digits and : / _ - , and no end in /default"),
    Hint("KMS.1104",   "choose another name; `dew kms list` and `dew kms alias list` show those that are taken"),
    Hint("KMS.1105",   "schedule keys that are no longer needed for deletion; `dew kms quotas` shows the limit"),
    Hint("KMS.1201",   "the key is enabled already, or cannot be"),
    Hint("KMS.1301",   "`dew kms show KEY` tells the key's state; a key without material needs `dew kms import` first"),
    Hint("KMS.1402",   "`dew kms show KEY` tells when it will be deleted"),
    Hint("KMS.2201",   "the ciphertext is not whole, is another key's, or was made with other --aad"),
    Hint("KMS.2404",   "revoke grants that are no longer needed: dew kms grant list KEY"),
    Hint("KMS.2606",   "only the material that the key had first can come back"),
    Hint("KMS.2702",   "schedule the key's deletion instead: dew kms schedule-deletion KEY --days 7"),
    Hint("KMS.2901",   "rotation is on already; `dew kms rotation set KEY --days N` changes its interval"),
];

/// Finds what to do about a refusal, if there is something to do.
pub(crate) fn of(code: &str, status: u16, message: &str) -> Option<&'static str> {
    if message.contains("signature expired") {
        return Some("check this machine's clock");
    }
    if status == 503 || status == 500 {
        return Some("try again in a moment; the server's log says more about the request");
    }
    HINTS.iter().find(|hint| hint.0 == code).map(|hint| hint.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_once() {
        for (index, hint) in HINTS.iter().enumerate() {
            assert!(
                HINTS[..index].iter().all(|other| other.0 != hint.0),
                "{}",
                hint.0
            );
        }
    }

    #[test]
    fn a_skewed_clock_is_told_from_a_wrong_key() {
        let expired = "Incorrect IAM authentication information: signature expired";
        assert_eq!(
            of("APIGW.0301", 401, expired),
            Some("check this machine's clock")
        );
        assert!(of("APIGW.0301", 401, "x").is_some_and(|hint| hint.contains("secret key")));
        assert_eq!(of("KMS.9999", 400, ""), None);
    }
}
