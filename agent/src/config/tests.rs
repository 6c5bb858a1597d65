use super::*;

const HSM: &str =
    "[[hsm]]\naddress = \"hsm:7443\"\nca = \"ca.pem\"\ncertificate = \"c.pem\"\nkey = \"/k.pem\"\n";

fn read(text: &str) -> Result<Config, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("agent.toml");
    std::fs::write(&path, text).unwrap();
    Config::read(&path).map_err(|error| {
        let text = error.to_string();
        assert!(text.contains(path.to_str().unwrap()), "{text}");
        text
    })
}

fn check_refused(text: &str, because: &str) {
    let error = read(text).unwrap_err();
    assert!(error.contains(because), "{error}");
}

#[test]
fn defaults_are_private() {
    let config = read(HSM).unwrap();
    assert_eq!(config.socket, Path::new("/run/dew/agent.sock"));
    assert_eq!(config.socket_mode, 0o660);
    assert_eq!(config.hsm[0].server_name, "hsmd");
}

#[test]
fn relative_paths_start_at_the_file() {
    let config = read(HSM).unwrap();
    let ca = &config.hsm[0].ca;
    assert!(
        ca.is_absolute() && ca.ends_with("ca.pem"),
        "{}",
        ca.display()
    );
    assert_eq!(config.hsm[0].key, Path::new("/k.pem"));
}

#[test]
fn the_sample_file_is_a_configuration() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("agent.toml");
    let config = Config::read(&sample).unwrap();
    assert_eq!(config.hsm.len(), 1);
    assert_eq!(config.socket_mode, 0o660);
}

#[test]
fn errors_name_the_field() {
    check_refused(&format!("sokcet = \"/x\"\n{HSM}"), "sokcet");
    check_refused(&format!("socket = 7\n{HSM}"), "socket");
    check_refused(&format!("socket_mode = 4096\n{HSM}"), "socket_mode");
    check_refused(&format!("log = \"=,=\"\n{HSM}"), "`log`");
    check_refused(&HSM.replace("hsm:7443", "hsm"), "number 1, `address`");
    check_refused(&HSM.replace("hsm:7443", "hsm:0"), "`address`");
    check_refused(&format!("{HSM}server_name = \"a b\"\n"), "`server_name`");
    check_refused(&HSM.replace("ca =", "cq ="), "cq");
    check_refused(&HSM.replace("key = \"/k.pem\"\n", ""), "key");
    check_refused("hsm = []", "`hsm`");
    check_refused("", "hsm");
}

#[test]
fn a_socket_for_everybody_needs_a_list() {
    check_refused(&format!("socket_mode = 0o666\n{HSM}"), "allowed_uids");
    read(&format!("socket_mode = 0o666\nallowed_uids = [33]\n{HSM}")).unwrap();
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::read(Path::new("/nowhere/agent.toml")).unwrap_err();
    assert!(error.to_string().contains("/nowhere/agent.toml"));
}
