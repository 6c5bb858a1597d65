//! Where the settings come from, and what a bad file is answered with.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;

/// Loads a file that the environment names.
fn load(text: &str) -> Result<Config, Error> {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("pkcs11.toml");
    fs::write(&file, text).unwrap();
    Config::load(&Environment {
        file: Some(file.into()),
        ..Environment::default()
    })
}

#[test]
fn every_field_is_read() {
    let config = load("socket = \"/tmp/a.sock\"\ntimeout_seconds = 7\nsilence_seconds = 3\nresume_seconds = 0\nlog = \"off\"\n").unwrap();
    let expected = Config {
        socket: PathBuf::from("/tmp/a.sock"),
        timeout: Duration::from_secs(7),
        silence: Duration::from_secs(3),
        resume: Duration::ZERO,
        log: Log::Off,
    };
    assert_eq!(config, expected);
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let config = load("").unwrap();
    let expected = Config {
        socket: PathBuf::from(SYSTEM_SOCKET),
        timeout: Duration::from_secs(TIMEOUT_SECONDS),
        silence: Duration::from_secs(SILENCE_SECONDS),
        resume: Duration::from_secs(RESUME_SECONDS),
        log: Log::Errors,
    };
    assert_eq!(config, expected);
}

#[test]
fn a_bad_file_is_named_with_the_line_and_the_field() {
    for (text, line, field) in [
        ("# ours\nsockets = \"/tmp/a.sock\"\n", "line 2", "sockets"),
        ("log = \"loud\"", "line 1", "loud"),
        ("timeout_seconds = \"1\"", "line 1", "string"),
        ("timeout_seconds = 0", "timeout_seconds is 0", "from 1"),
        (
            "timeout_seconds = 86401",
            "timeout_seconds is 86401",
            "86400",
        ),
        ("silence_seconds = 0", "silence_seconds is 0", "1 to 3600"),
        (
            "resume_seconds = 3601",
            "resume_seconds is 3601",
            "0 to 3600",
        ),
        ("\0", "line 1", "pkcs11.toml"),
    ] {
        let message = load(text).unwrap_err().to_string();
        assert!(
            message.contains(line) && message.contains(field),
            "{message}"
        );
        assert!(
            message.contains("pkcs11.toml") && !message.contains('\n'),
            "{message}"
        );
    }
}

#[test]
fn a_named_file_must_be_there() {
    let environment = Environment {
        file: Some("/nonexistent/pkcs11.toml".into()),
        ..Environment::default()
    };
    let message = Config::load(&environment).unwrap_err().to_string();
    assert!(message.contains("/nonexistent/pkcs11.toml"), "{message}");
}

#[test]
fn the_users_file_is_found_and_need_not_be_there() {
    let directory = TempDir::new().unwrap();
    let environment = Environment {
        config_home: Some(directory.path().to_owned()),
        ..Environment::default()
    };
    assert!(Config::load(&environment).is_ok());
    fs::create_dir(directory.path().join("dew")).unwrap();
    fs::write(
        directory.path().join("dew/pkcs11.toml"),
        "socket = \"/tmp/b.sock\"",
    )
    .unwrap();
    let config = Config::load(&environment).unwrap();
    assert_eq!(config.socket, Path::new("/tmp/b.sock"));
}

#[test]
fn the_users_agent_serves_where_there_is_no_system_agent() {
    let directory = TempDir::new().unwrap();
    let environment = Environment {
        runtime: Some(directory.path().to_owned()),
        ..Environment::default()
    };
    let socket = || Config::load(&environment).unwrap().socket;
    assert_eq!(socket(), Path::new(SYSTEM_SOCKET));
    let of_user = directory.path().join("dew/agent.sock");
    fs::create_dir(directory.path().join("dew")).unwrap();
    fs::write(&of_user, "").unwrap();
    if !Path::new(SYSTEM_SOCKET).exists() {
        assert_eq!(socket(), of_user);
    }
}

#[test]
fn the_environment_outranks_the_file() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("pkcs11.toml");
    fs::write(&file, "log = \"errors\"").unwrap();
    let environment = Environment {
        file: Some(file.into()),
        log: Some(Log::Off),
        ..Environment::default()
    };
    assert_eq!(Config::load(&environment).unwrap().log, Log::Off);
}
