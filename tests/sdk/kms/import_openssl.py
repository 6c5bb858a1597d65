"""Imports with the OpenSSL commands that the user guide prints."""

import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import keywrap

from kit import imports, keys, oracle
from kit.claims import claim, equal, true
from kit.keys import kms

DECODE = "openssl enc -d -base64 -A -in PublicKey.b64 -out PublicKey.bin"
SYMMETRIC = "openssl rand -out PlaintextKeyMaterial.bin 32"
TEMPORARY = "openssl rand -out 0xPlaintextKeyMaterial.bin -hex 32"
TO_BINARY = "cat 0xPlaintextKeyMaterial.bin | xxd -r -ps > PlaintextKeyMaterial.bin"
WRAP = (
    "openssl pkeyutl -in PlaintextKeyMaterial.bin -inkey PublicKey.bin -out EncryptedKeyMaterial.bin "
    "-keyform der -pubin -encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256"
)
TO_PKCS8 = (
    "openssl pkcs8 -topk8 -inform PEM -in pkcs1_rsa_private_key.pem -outform pem -nocrypt "
    "-out rsa_private_key.pem"
)
TO_DER = "openssl pkcs8 -topk8 -inform PEM -outform DER -in rsa_private_key.pem -out rsa_private_key.der -nocrypt"
WRAP_PRIVATE = (
    "openssl enc -id-aes256-wrap-pad -K $(cat 0xPlaintextKeyMaterial.bin) -iv A65959A6 "
    "-in rsa_private_key.der -out out_rsa_private_key.der"
)


class Folder:
    """A folder in which the guide's commands run."""

    def __init__(self, path, key_id):
        self.path = Path(path)
        self.answer = imports.parameters(kms(), key_id)
        (self.path / "PublicKey.b64").write_text(self.answer.public_key)
        (self.path / "ImportToken.b64").write_text(self.answer.import_token)
        self.run(DECODE)

    def run(self, command):
        """Runs a command as a shell does; it must succeed."""
        done = subprocess.run(
            command, shell=True, cwd=self.path, capture_output=True, text=True, check=False
        )
        equal(done.returncode, 0, f"exit code of `{command}` ({done.stderr.strip()})")
        return done

    def bytes(self, name):
        """Reads a file."""
        return (self.path / name).read_bytes()

    def text(self, name):
        """Reads a file in the form that the API takes."""
        return oracle.b64(self.bytes(name))


@claim
def a_symmetric_key_is_wrapped_and_imported():
    key_id = keys.external()
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path, key_id)
        folder.run(SYMMETRIC)
        folder.run(WRAP)
        kms().import_key_material(
            key_id=key_id,
            import_token=(folder.path / "ImportToken.b64").read_text(),
            encrypted_key_material=folder.text("EncryptedKeyMaterial.bin"),
        )
    equal(keys.state(key_id), "2", "key_state")
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")


def _asymmetric(spec, make, algorithm):
    key_id = keys.external(spec)
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path, key_id)
        folder.run(TEMPORARY)
        folder.run(TO_BINARY)
        folder.run(WRAP)
        folder.run(make)
        folder.run(TO_PKCS8)
        folder.run(TO_DER)
        _wrap_private(folder)
        kms().import_key_material(
            key_id=key_id,
            import_token=(folder.path / "ImportToken.b64").read_text(),
            encrypted_key_material=folder.text("EncryptedKeyMaterial.bin"),
            encrypted_privatekey=folder.text("out_rsa_private_key.der"),
        )
        _signs_for(folder, key_id, algorithm)


def _wrap_private(folder):
    """The guide's last command; it says itself that an OpenSSL without a patch refuses this algorithm."""
    done = subprocess.run(
        WRAP_PRIVATE, shell=True, cwd=folder.path, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    print(
        f"    openssl refuses id-aes256-wrap-pad ({done.stderr.strip().splitlines()[-1]}); wrapped elsewhere"
    )
    wrapped = keywrap.aes_key_wrap_with_padding(
        folder.bytes("PlaintextKeyMaterial.bin"), folder.bytes("rsa_private_key.der")
    )
    (folder.path / "out_rsa_private_key.der").write_bytes(wrapped)


def _signs_for(folder, key_id, algorithm):
    """Lets OpenSSL verify a signature with the public half of what was imported."""
    answer = kms().sign(
        key_id=key_id, message=oracle.b64(b"m"), message_type="RAW", signing_algorithm=algorithm
    )
    (folder.path / "message").write_bytes(b"m")
    (folder.path / "signature").write_bytes(oracle.unb64(answer.signature))
    folder.run("openssl pkey -in rsa_private_key.pem -pubout -out public.pem")
    done = folder.run("openssl dgst -sha256 -verify public.pem -signature signature message")
    true("Verified OK" in done.stdout, "OpenSSL verifies the signature")


@claim
def an_rsa_key_is_wrapped_and_imported():
    make = "openssl genrsa -traditional -out pkcs1_rsa_private_key.pem 4096"
    _asymmetric("RSA_4096", make, "RSASSA_PKCS1_V1_5_SHA_256")


@claim
def an_ec_key_is_wrapped_and_imported():
    make = "openssl ecparam -genkey -name prime256v1 -out pkcs1_rsa_private_key.pem"
    _asymmetric("EC_P256", make, "ECDSA_SHA_256")
