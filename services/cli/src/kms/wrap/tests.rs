//! What is wrapped here, OpenSSL unwraps.

use std::path::Path;
use std::process::Command;

use super::*;

/// Runs openssl in a folder; the words of `line` are split at spaces.
fn openssl(folder: &Path, line: &str) {
    let output = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(folder)
        .output();
    let output = output.unwrap();
    assert!(
        output.status.success(),
        "openssl {line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Makes the pair that a service wraps with, or nothing where there is no openssl.
fn service() -> Option<(tempfile::TempDir, Vec<u8>)> {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    openssl(
        folder.path(),
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out service.pem",
    );
    openssl(
        folder.path(),
        "pkey -in service.pem -pubout -outform DER -out service.der",
    );
    let public_key = std::fs::read(folder.path().join("service.der")).unwrap();
    Some((folder, public_key))
}

fn unwrap_oaep(folder: &Path, base64: &str) -> Vec<u8> {
    std::fs::write(folder.join("wrapped"), BASE64.decode(base64).unwrap()).unwrap();
    openssl(
        folder,
        "pkeyutl -decrypt -inkey service.pem -in wrapped -out plain -pkeyopt rsa_padding_mode:oaep \
         -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256",
    );
    std::fs::read(folder.join("plain")).unwrap()
}

#[test]
fn a_symmetric_key_is_unwrapped_by_openssl() {
    let Some((folder, public_key)) = service() else {
        return;
    };
    let material: Vec<u8> = (0..32).collect();
    let wrapped = wrap("AES_256", &material, &public_key).unwrap();
    assert_eq!(wrapped.material.len(), 344);
    assert!(wrapped.private_key.is_none());
    assert_eq!(unwrap_oaep(folder.path(), &wrapped.material), material);
    assert!(wrap("AES_256", &material[1..], &public_key).is_err());
    assert!(wrap("SM4", &material, &public_key).is_err());
    assert!(wrap("HMAC_256", &material, &public_key).is_err());
}

#[test]
fn private_keys_of_every_form_are_unwrapped_by_openssl() {
    let Some((folder, public_key)) = service() else {
        return;
    };
    let folder = folder.path();
    openssl(
        folder,
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.p8.pem",
    );
    openssl(folder, "rsa -in rsa.p8.pem -traditional -out rsa.p1.pem");
    openssl(
        folder,
        "pkcs8 -topk8 -nocrypt -in rsa.p8.pem -outform DER -out rsa.p8.der",
    );
    openssl(folder, "ecparam -name prime256v1 -genkey -out ec.sec1.pem");
    openssl(
        folder,
        "pkcs8 -topk8 -nocrypt -in ec.sec1.pem -out ec.p8.pem",
    );
    openssl(folder, "ec -in ec.sec1.pem -outform DER -out ec.sec1.der");
    for (file, spec) in [
        ("rsa.p8.pem", "RSA_2048"),
        ("rsa.p1.pem", "RSA_2048"),
        ("rsa.p8.der", "RSA_2048"),
        ("ec.p8.pem", "EC_P256"),
        ("ec.sec1.pem", "EC_P256"),
        ("ec.sec1.der", "EC_P256"),
    ] {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let wrapped = wrap(spec, &bytes, &public_key).unwrap();
        let temporary = unwrap_oaep(folder, &wrapped.material);
        assert_eq!(temporary.len(), 32);
        let private_key = BASE64.decode(wrapped.private_key.unwrap()).unwrap();
        std::fs::write(folder.join("wrapped"), private_key).unwrap();
        let key = hex::encode(temporary);
        openssl(
            folder,
            &format!("enc -d -id-aes256-wrap-pad -iv A65959A6 -K {key} -in wrapped -out key.der"),
        );
        // It is PKCS#8, and the same key: openssl gives both the same public key.
        openssl(
            folder,
            "pkcs8 -nocrypt -inform DER -in key.der -out key.pem",
        );
        openssl(folder, "pkey -in key.pem -pubout -out one.pem");
        openssl(folder, &format!("pkey -in {file} -pubout -out two.pem"));
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        assert_eq!(read("one.pem"), read("two.pem"), "{file}");
    }
}

#[test]
fn another_kind_of_key_is_refused_before_it_is_sent() {
    let Some((folder, public_key)) = service() else {
        return;
    };
    let folder = folder.path();
    openssl(folder, "ecparam -name secp384r1 -genkey -noout -out ec.pem");
    openssl(
        folder,
        "pkey -in service.pem -aes256 -passout pass:secret -out locked.pem",
    );
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    for (file, spec, says) in [
        (
            "service.pem",
            "RSA_3072",
            "no private key of the kind RSA_3072",
        ),
        (
            "service.pem",
            "EC_P256",
            "no private key of the kind EC_P256",
        ),
        ("ec.pem", "EC_P256", "no private key of the kind EC_P256"),
        (
            "service.der",
            "RSA_2048",
            "no private key of the kind RSA_2048",
        ),
        ("locked.pem", "RSA_2048", "take it off first"),
    ] {
        let error = wrap(spec, &read(file), &public_key).err().unwrap();
        assert!(
            error.to_string().contains(says),
            "{file} as {spec}: {error}"
        );
        assert_eq!(error.exit_code(), 2);
    }
}
