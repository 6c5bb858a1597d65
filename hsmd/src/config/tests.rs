//! A configuration is read as it was written, and a wrong one is told apart.

use super::{Config, FILE_NAME, RootSource};

fn read(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    std::fs::write(&path, text).unwrap();
    Config::read(&path).map_err(|error| error.to_string())
}

#[test]
fn what_is_written_is_read_with_paths_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let listen = "127.0.0.1:7443".parse().unwrap();
    Config::new(listen, RootSource::File("root.key".into()))
        .write(&path)
        .unwrap();
    let config = Config::read(&path).unwrap();
    assert_eq!(config.listen, listen);
    assert_eq!(config.store, folder.path().join("store"));
    assert!(
        matches!(config.root, RootSource::File(file) if file == folder.path().join("root.key"))
    );
}

#[test]
fn a_passphrase_is_asked_for_where_no_file_is_named() {
    let config = read("listen = '127.0.0.1:1'\nroot = { passphrase = '' }").unwrap();
    assert!(matches!(config.root, RootSource::Passphrase(file) if file.as_os_str().is_empty()));
}

#[test]
fn a_wrong_configuration_names_file_and_field() {
    for (text, field) in [
        ("root = { file = 'r' }", "listen"),
        ("listen = 'nowhere'\nroot = { file = 'r' }", "listen"),
        ("listen = '127.0.0.1:1'", "root"),
        (
            "listen = '127.0.0.1:1'\nroot = { file = 'r' }\nlissten = 1",
            "lissten",
        ),
        ("listen = '127.0.0.1:1'\nroot = { tpm = 'r' }", "tpm"),
        ("listen = ", "line 1"),
    ] {
        let error = read(text).unwrap_err();
        assert!(
            error.contains(FILE_NAME) && error.contains(field),
            "{text:?} gives {error}"
        );
    }
}

#[test]
fn a_missing_configuration_says_how_to_make_one() {
    let error = Config::read("/nowhere/hsmd.toml".as_ref())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("/nowhere/hsmd.toml") && error.contains("hsmd init"),
        "{error}"
    );
}
