//! Which source wins.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

const FILE: &str = "\
# The form is that of the Python SDK's documentation.
[basic]
AK = FILEAK
sk: FILE;SK#1
project_id = file-project
iam_endpoint = https://iam.example
endpoint = https://file.example

[global]
ak = FILEAK
sk = FILESK
domain_id = file-domain

[other]
ak = OTHERAK
sk = OTHERSK
security_token = OTHERTOKEN
";

impl Sources {
    /// Takes options and an environment, and no credentials file.
    pub(crate) fn of_test(globals: Globals, environment: Vec<(String, String)>) -> Self {
        let find = move |name: &str| {
            // The last one wins, so that a test can put its own behind those of all.
            let found = environment.iter().rev().find(|variable| variable.0 == name);
            found.map(|variable| variable.1.clone())
        };
        Self {
            globals,
            environment: Box::new(find),
            profile: Profile::default(),
        }
    }
}

fn sources(globals: Globals, environment: &'static [(&'static str, &'static str)]) -> Sources {
    let section = globals.profile.clone();
    let profile = Profile::parse(FILE, PathBuf::from("f"), section.as_deref()).unwrap();
    let find = move |name: &str| {
        let found = environment.iter().find(|variable| variable.0 == name);
        found.map(|variable| variable.1.to_owned())
    };
    Sources {
        globals,
        environment: Box::new(find),
        profile,
    }
}

fn settings(globals: Globals, environment: &'static [(&'static str, &'static str)]) -> Settings {
    Settings::new(&sources(globals, environment)).ok().unwrap()
}

fn failure(sources: &Sources) -> Error {
    Settings::new(sources).err().unwrap()
}

#[test]
fn the_credentials_file_is_read_as_the_sdk_reads_it() {
    let settings = settings(Globals::default(), &[]);
    assert_eq!(settings.credentials.access_key, "FILEAK");
    assert_eq!(settings.credentials.expose_secret(), b"FILE;SK#1");
    assert_eq!(settings.project_id.as_deref(), Some("file-project"));
    assert_eq!(settings.domain_id.as_deref(), Some("file-domain"));
    assert_eq!(settings.endpoint.to_string(), "https://file.example");
    assert_eq!(settings.iam_endpoint.to_string(), "https://iam.example");
}

#[test]
fn the_environment_wins_over_the_file_as_a_whole() {
    let settings = settings(
        Globals::default(),
        &[
            ("HUAWEICLOUD_SDK_AK", "ENVAK"),
            ("HUAWEICLOUD_SDK_SK", "ENVSK"),
            ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "ENVTOKEN"),
            ("DEW_ENDPOINT", "http://127.0.0.1:1"),
        ],
    );
    let credentials = &settings.credentials;
    assert_eq!(credentials.access_key, "ENVAK");
    assert_eq!(credentials.expose_secret(), b"ENVSK");
    let token = credentials
        .security_token
        .as_ref()
        .map(|token| token.as_str());
    assert_eq!(token, Some("ENVTOKEN"));
    // The project of the file is that of another access key.
    assert_eq!(settings.project_id, None);
    assert_eq!(settings.domain_id, None);
    assert_eq!(settings.endpoint.to_string(), "http://127.0.0.1:1");
}

#[test]
fn options_win_over_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let sk_file = folder.path().join("sk");
    sys::file::write_new_private(&sk_file, b"OPTSK\n").unwrap();
    let environment: &[_] = &[
        ("HUAWEICLOUD_SDK_AK", "ENVAK"),
        ("HUAWEICLOUD_SDK_SK", "ENVSK"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "ENVTOKEN"),
        ("HUAWEICLOUD_SDK_PROJECT_ID", "env-project"),
        ("DEW_ENDPOINT", "https://env.example"),
    ];
    let globals = Globals {
        ak: Some("OPTAK".to_owned()),
        sk_file: Some(sk_file.clone()),
        endpoint: Some("https://opt.example".to_owned()),
        ..Globals::default()
    };
    let settings = settings(globals, environment);
    assert_eq!(settings.credentials.access_key, "OPTAK");
    assert_eq!(settings.credentials.expose_secret(), b"OPTSK");
    assert!(settings.credentials.security_token.is_none());
    assert_eq!(settings.project_id.as_deref(), Some("env-project"));
    assert_eq!(settings.endpoint.to_string(), "https://opt.example");

    fs::set_permissions(&sk_file, fs::Permissions::from_mode(0o644)).unwrap();
    let globals = Globals {
        ak: Some("OPTAK".to_owned()),
        sk_file: Some(sk_file),
        ..Globals::default()
    };
    assert!(matches!(
        failure(&sources(globals, environment)),
        Error::Sys(_)
    ));
}

#[test]
fn a_section_is_chosen_by_its_name() {
    let globals = Globals {
        profile: Some("other".to_owned()),
        endpoint: Some("https://opt.example".to_owned()),
        ..Globals::default()
    };
    let settings = settings(globals, &[]);
    assert_eq!(settings.credentials.access_key, "OTHERAK");
    assert!(settings.credentials.security_token.is_some());
    assert_eq!(settings.project_id, None);
    assert_eq!(settings.iam_endpoint, settings.endpoint);
    let missing = Profile::parse(FILE, PathBuf::from("f"), Some("none"))
        .err()
        .unwrap();
    assert!(missing.to_string().ends_with("it has no section [none]"));
}

#[test]
fn half_a_pair_is_an_error_and_nothing_at_all_another() {
    let half = sources(Globals::default(), &[("HUAWEICLOUD_SDK_AK", "ENVAK")]);
    let error = failure(&half);
    assert!(
        error.to_string().contains("HUAWEICLOUD_SDK_SK is not"),
        "{error}"
    );
    assert_eq!(error.exit_code(), 2);

    let mut none = sources(Globals::default(), &[("HUAWEICLOUD_SDK_AK", "")]);
    none.profile = Profile::default();
    assert!(
        failure(&none)
            .to_string()
            .starts_with("the server is missing: give --endpoint")
    );
    none.globals.endpoint = Some("https://a.example".to_owned());
    assert!(
        failure(&none)
            .to_string()
            .starts_with("the access key is missing")
    );
}
