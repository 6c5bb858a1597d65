//! What a developer is told when everything runs.

use anyhow::Result;

use super::home::{ACCOUNTS, COMPAT_LABEL, Home, STRICT_LABEL};
use crate::workspace::Profile;

/// Writes it.
pub(super) fn write(home: &Home, profile: Profile) -> Result<String> {
    Ok(format!(
        r#"
An HSM is running on {address}, its agent on {socket}.

Tokens  {STRICT_LABEL} (strict: one purpose per key), {COMPAT_LABEL} (as other software tokens),
        and two slots to initialise
PINs    user {pin}, security officer {so_pin}

KMS is served on {endpoint}, for the official SDKs and for `dew`.

Account {account}, project {project}
Keys    access key {access}, secret {secret}

In another shell, first:

  . {env}

then, for example:

  # make a key in KMS, and encrypt under it
  {dew} kms create orders
  echo hello | {dew} kms encrypt orders

  # list the tokens
  pkcs11-tool --module "$DEW_MODULE" --list-slots

  # make a key pair
  pkcs11-tool --module "$DEW_MODULE" --token-label "$DEW_TOKEN" --login --pin "$DEW_PIN" \
      --keypairgen --key-type EC:prime256v1 --id 01 --label web

  # request a certificate for it
  PKCS11_MODULE_PATH="$DEW_MODULE" openssl req -new -engine pkcs11 -keyform engine \
      -key "pkcs11:token=$DEW_TOKEN;id=%01;type=private?pin-value=$DEW_PIN" -subj /CN=example.test
"#,
        address = home.address()?,
        socket = home.socket().display(),
        pin = home.pin("user")?,
        so_pin = home.pin("so")?,
        env = home.env().display(),
        endpoint = home.endpoint()?,
        account = ACCOUNTS[0].0,
        project = home.account_value(ACCOUNTS[0].0, "project_id")?,
        access = home.account_value(ACCOUNTS[0].0, "access")?,
        secret = home.account_value(ACCOUNTS[0].0, "secret")?,
        dew = profile.output().join("dew").display(),
    ))
}
