//! `dew-mgmt ukey`: makes and keeps UKeys. None of it needs an HSM.

use serde_json::json;
use ukey::UkeyFile;

use crate::Error;
use crate::cli::{UkeyCommand, UkeyCreate};
use crate::output::{Output, facts};
use crate::pin;
use crate::settings::Settings;

pub(super) fn execute(
    command: UkeyCommand,
    settings: &Settings,
    output: &Output,
) -> Result<(), Error> {
    match command {
        UkeyCommand::ChangePin { new_pin_file } => {
            let mut file = settings.ukey_file()?;
            let old = pin::existing(settings.ukey_pin_file(), "Old PIN of the UKey")?;
            let new = pin::chosen(new_pin_file.as_deref(), "New PIN of the UKey")?;
            file.change_pin(&old, &new)?;
            let path = file.path().display();
            output.done(&format!(
                "{path} has a new PIN; copies of the file keep the old one"
            ))
        }
        UkeyCommand::Create(create) => make(&create, settings, output),
        UkeyCommand::Info => show(&settings.ukey_file()?, output),
    }
}

fn make(create: &UkeyCreate, settings: &Settings, output: &Output) -> Result<(), Error> {
    // Nobody should choose a PIN, twice, for a file that cannot be made.
    if create.out.exists() {
        return Err(Error::Exists(create.out.clone()));
    }
    let pin = pin::chosen(settings.ukey_pin_file(), "PIN of the new UKey")?;
    let file = UkeyFile::create(&create.out, &create.label, create.role, &pin)?;
    show(&file, output)
}

fn show(file: &UkeyFile, output: &Output) -> Result<(), Error> {
    let path = file.path().display().to_string();
    let spki = hex::encode(ukey::spki_sha256(file.certificate_der())?);
    let kdf = file.kdf();
    let value = json!({
        "path": path,
        "uuid": file.uuid(),
        "label": file.label(),
        "role": file.role().name(),
        "spki_sha256": spki,
        "kdf": {
            "name": "argon2id",
            "memory_kib": kdf.memory_kib(),
            "passes": kdf.passes(),
            "lanes": kdf.lanes(),
        },
    });
    let cost = format!(
        "argon2id, {} MiB, {} passes, {} lanes",
        kdf.memory_kib() / 1024,
        kdf.passes(),
        kdf.lanes()
    );
    let text = facts(&[
        ("File", path),
        ("UUID", file.uuid()),
        ("Label", file.label().to_owned()),
        ("Role", file.role().to_string()),
        ("Public key", format!("sha256:{spki}")),
        ("PIN", cost),
    ]);
    output.show(&value, &text)
}
