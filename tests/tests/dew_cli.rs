//! `dew`, the command line for people, through the whole chain: the client, the server, the agent, the HSM.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::{Account, Chain, Finished, Partition, Run, Server, program};

/// A person at a command line, with a folder of files.
struct Person<'a> {
    server: &'a Server,
    account: &'a Account,
    folder: tempfile::TempDir,
}

impl<'a> Person<'a> {
    fn of(server: &'a Server, account: usize) -> Self {
        Self {
            server,
            account: &server.accounts()[account],
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Prepares a command line; its words are split at spaces.
    fn dew(&self, line: &str) -> Run {
        Run::new(program("dew"))
            .args(line)
            .folder(self.folder.path())
            .env("HOME", self.folder.path())
            .env("DEW_ENDPOINT", self.server.endpoint())
            .env("HUAWEICLOUD_SDK_AK", &self.account.access)
            .env("HUAWEICLOUD_SDK_SK", &self.account.secret)
    }

    /// Runs a command line and gives what it printed.
    fn prints(&self, line: &str) -> String {
        let finished = self.dew(line).succeed();
        String::from_utf8(finished.bytes().to_vec())
            .unwrap()
            .trim_end()
            .to_owned()
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.prints(&format!("{line} --json"))).unwrap()
    }

    fn refused(&self, line: &str, code: &str) -> Finished {
        let finished = self.dew(line).fail().says(&[code, "request "]);
        assert_eq!(finished.code(), Some(1), "{finished}");
        finished
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn openssl(&self, line: &str) -> Finished {
        Run::new("openssl")
            .args(line)
            .folder(self.folder.path())
            .succeed()
    }
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn people_use_keys_from_the_command_line() {
    let chain = Chain::start();
    let server = Server::start(&chain.token(Partition::Compat));
    let alice = Person::of(&server, 0);
    encrypts(&alice);
    encrypts_files(&alice);
    signs(&alice);
    imports(&alice);
    names(&alice);
    grants(&alice, &Person::of(&server, 1));
    ends(&alice);
    identities(&alice);
    explains(&alice);
}

fn encrypts(alice: &Person<'_>) {
    let id = alice.prints("kms create app --description texts");
    assert_eq!(
        alice.json("kms show app")["key_info"]["key_id"],
        id.as_str()
    );
    alice.write("text", "grüß Gott\n".as_bytes());
    alice.prints("kms encrypt app text --aad bound --out cipher");
    alice.prints("kms rotate app");
    assert_eq!(
        alice.json("kms rotation show app")["number_of_rotations"],
        1
    );
    let opened = alice.dew("kms decrypt cipher --aad bound").succeed();
    assert_eq!(opened.bytes(), "grüß Gott\n".as_bytes());
    alice.refused("kms decrypt cipher --aad other", "KMS.2201");
    let piped = alice.dew("kms encrypt app").input("piped").succeed();
    let opened = alice.dew("kms decrypt -").input(piped.bytes()).succeed();
    assert_eq!(opened.bytes(), b"piped");

    // The official form of a data key, and back.
    alice.write("datakey", &[7; 32]);
    alice.prints("kms encrypt-datakey app datakey --out wrapped");
    assert_eq!(
        alice
            .prints("kms decrypt-datakey app wrapped")
            .to_lowercase(),
        "07".repeat(32)
    );
    let made = alice.json("kms create-datakey app");
    assert_eq!(made["plain_text"].as_str().unwrap().len(), 64);
    assert_eq!(alice.prints("kms random --bytes 16").len(), 32);
}

fn encrypts_files(alice: &Person<'_>) {
    let plain: Vec<u8> = (0..=250).cycle().take(300_000).collect();
    alice.write("plain", &plain);
    alice.prints("kms encrypt-file app plain sealed");
    let sealed = alice.read("sealed");
    assert!(!sealed.windows(16).any(|window| plain.starts_with(window)));
    alice.prints("kms decrypt-file sealed opened");
    assert_eq!(alice.read("opened"), plain);
    alice.write("cut", &sealed[..sealed.len() - 20]);
    let cut = alice
        .dew("kms decrypt-file cut never")
        .fail()
        .says(&["not whole"]);
    assert_eq!(cut.code(), Some(1));
    assert!(!alice.path("never").exists());
}

fn signs(alice: &Person<'_>) {
    for (name, spec, options) in [
        ("ec", "EC_P256", ""),
        (
            "rsa",
            "RSA_2048",
            "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest",
        ),
    ] {
        alice.prints(&format!(
            "kms create {name} --spec {spec} --usage SIGN_VERIFY"
        ));
        alice.prints(&format!("kms sign {name} plain --out signature"));
        alice.prints(&format!("kms verify {name} plain --signature signature"));
        alice.prints(&format!("kms public-key {name} --out public.pem"));
        let check = format!("dgst -sha256 -verify public.pem -signature signature {options} plain");
        alice.openssl(&check).says(&["Verified OK"]);
        let wrong = alice
            .dew(&format!("kms verify {name} text --signature signature"))
            .fail();
        assert_eq!(wrong.code(), Some(1), "{wrong}");
    }
    alice.prints("kms create mac --spec HMAC_256");
    let mac = alice.prints("kms mac generate mac text");
    alice.prints(&format!("kms mac verify mac text --mac {mac}"));
    alice
        .dew(&format!("kms mac verify mac cipher --mac {mac}"))
        .fail()
        .says(&["not right"]);
}

fn imports(alice: &Person<'_>) {
    let id = alice.prints("kms create brought --external");
    alice.write("material", &[0x5a; 32]);
    set_mode(&alice.path("material"), 0o644);
    alice
        .dew("kms import brought material")
        .fail()
        .says(&["material", "0644"]);
    set_mode(&alice.path("material"), 0o600);
    alice.prints("kms import brought material --expires 30d");
    let key = alice.json("kms show brought");
    assert_eq!(key["key_info"]["key_state"], "2");
    assert_ne!(key["key_info"]["expiration_time"], "");
    alice.prints("kms encrypt brought text --out kept");
    alice.refused("kms import brought material", "KMS.0310");

    // Away and back: the same material opens what it encrypted, other material is refused.
    alice.prints("kms delete-material brought --yes");
    alice.write("other", &[0x5b; 32]);
    set_mode(&alice.path("other"), 0o600);
    alice.refused("kms import brought other", "KMS.2606");
    alice.prints(&format!("kms import {id} material"));
    let opened = alice.dew("kms decrypt kept").succeed();
    assert_eq!(opened.bytes(), alice.read("text"));

    alice.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out p8.pem");
    alice.openssl("rsa -in p8.pem -traditional -out p1.pem");
    set_mode(&alice.path("p1.pem"), 0o600);
    alice.prints("kms create brought-rsa --spec RSA_2048 --usage SIGN_VERIFY --external");
    alice.prints("kms import brought-rsa p1.pem");
    alice
        .prints("kms sign brought-rsa plain --algorithm RSASSA_PKCS1_V1_5_SHA_256 --out signature");
    alice.openssl("pkey -in p8.pem -pubout -out public.pem");
    let check = "dgst -sha256 -verify public.pem -signature signature plain";
    alice.openssl(check).says(&["Verified OK"]);
}

fn names(alice: &Person<'_>) {
    alice.prints("kms alias create app current");
    alice.prints("kms encrypt alias/current text --out cipher");
    alice.prints("kms create next");
    alice.prints("kms alias move current next");
    let next = alice.json("kms show next")["key_info"]["key_id"].clone();
    assert_eq!(alice.json("kms alias list")["aliases"][0]["key_id"], next);
    alice.prints("kms alias delete next current");
    assert_eq!(alice.prints("kms alias list"), "there are no aliases");
    alice.refused("kms show alias/current", "KMS.0207");

    alice.prints("kms tag set next team=payments");
    alice.prints("kms tag set next stage=test team=billing");
    let found = alice.json("kms tag search team=billing stage");
    assert_eq!(found["resources"][0]["resource_id"], next);
    alice.prints("kms tag set next a/b:中=c");
    alice.prints("kms tag unset next a/b:中");
    alice.prints("kms tag unset next team stage");
    assert_eq!(alice.prints("kms tag list next"), "the key has no tags");
}

fn grants(alice: &Person<'_>, bob: &Person<'_>) {
    let key = alice.json("kms show app")["key_info"]["key_id"].clone();
    let key = key.as_str().unwrap();
    bob.write("text", b"from bob");
    bob.refused(&format!("kms encrypt {key} text"), "KMS.0207");
    let user = &bob.account.user_id;
    let line = format!(
        "kms grant create app --to {user} --operation encrypt-data,describe-key --name bobs"
    );
    let grant = alice.prints(&line);
    bob.prints(&format!("kms encrypt {key} text --out cipher"));
    alice.write("from-bob", &bob.read("cipher"));
    let opened = alice.dew("kms decrypt from-bob").succeed();
    assert_eq!(opened.bytes(), b"from bob");
    assert_eq!(
        alice.json("kms grant list app")["grants"][0]["grant_id"],
        grant.as_str()
    );
    alice.prints(&format!("kms grant revoke app {grant}"));
    bob.refused(&format!("kms encrypt {key} text"), "KMS.0207");
}

fn ends(alice: &Person<'_>) {
    let ask = alice
        .dew("kms schedule-deletion next --days 7")
        .fail()
        .says(&["--yes"]);
    assert_eq!(ask.code(), Some(2));
    alice.prints("kms schedule-deletion next --days 7 --yes");
    alice
        .refused("kms encrypt next text", "KMS.0210")
        .says(&["dew kms cancel-deletion"]);
    alice.prints("kms cancel-deletion next");
    alice
        .refused("kms encrypt next text", "KMS.0209")
        .says(&["dew kms enable"]);
    alice.prints("kms enable next");
    alice.prints("kms encrypt next text");
}

fn identities(alice: &Person<'_>) {
    let account = alice.account;
    alice
        .dew("iam whoami")
        .succeed()
        .says(&[&account.domain_id]);
    alice.dew("iam users").succeed().says(&[&account.name]);
    alice
        .dew("iam projects")
        .succeed()
        .says(&[&account.project_id]);
    alice
        .dew("iam access-keys")
        .succeed()
        .says(&[&account.access]);
    alice
        .dew("iam policies --system")
        .succeed()
        .says(&["KMS CMKFullAccess"]);
    alice.prints("iam policies");
    alice.prints("iam groups");
}

fn explains(alice: &Person<'_>) {
    // The same credentials from the SDKs' file, and the server from an option.
    fs::create_dir(alice.path(".huaweicloud")).unwrap();
    let account = alice.account;
    let text = format!(
        "[basic]\nak = {}\nsk = {}\n",
        account.access, account.secret
    );
    alice.write(".huaweicloud/credentials", text.as_bytes());
    let by_file = || {
        Run::new(program("dew"))
            .env("HOME", alice.folder.path())
            .args("kms list --endpoint")
            .arg(alice.server.endpoint())
    };
    by_file()
        .succeed()
        .says(&["brought-rsa", "enabled", "chmod 600"]);
    set_mode(&alice.path(".huaweicloud/credentials"), 0o600);
    by_file().succeed().never_says(&["chmod"]);

    let wrong = alice
        .dew("kms list")
        .env("HUAWEICLOUD_SDK_SK", "wrong")
        .fail();
    assert_eq!(
        wrong.says(&["APIGW.0301", "check the access key"]).code(),
        Some(1)
    );
    let nobody = alice
        .dew("kms list")
        .env("DEW_ENDPOINT", "http://127.0.0.1:1")
        .fail();
    assert_eq!(nobody.says(&["cannot reach"]).code(), Some(3));
    let usage = alice.dew("kms").fail();
    assert_eq!(usage.code(), Some(2));
    alice.dew("completions bash").succeed().says(&["_dew"]);
}
