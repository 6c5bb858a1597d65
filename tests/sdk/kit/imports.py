"""Key material from outside: made and wrapped with `cryptography`."""

import base64
import os

from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)

_CURVES = {"EC_P256": ec.SECP256R1, "EC_P384": ec.SECP384R1, "SECP256K1": ec.SECP256K1}


def material(spec):
    """Makes material for a key of this kind: bytes, or a private key."""
    if spec.startswith("RSA_"):
        return rsa.generate_private_key(65537, int(spec[4:]))
    if spec in _CURVES:
        return ec.generate_private_key(_CURVES[spec]())
    return os.urandom(16 if spec == "SM4" else 32)


def pkcs8(private_key):
    """The DER form that is wrapped."""
    return private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def parameters(kms, key_id):
    """Asks for the wrapping key and the token."""
    return kms.create_parameters_for_import(key_id=key_id, wrapping_algorithm="RSAES_OAEP_SHA_256")


def wrapping_key(answer):
    """Reads the wrapping key."""
    return serialization.load_der_public_key(base64.b64decode(answer.public_key))


def sealed(answer, secret):
    """Encrypts a few bytes for the wrapping key."""
    return text(wrapping_key(answer).encrypt(secret, OAEP))


def wrapped(answer, secret, temporary=None):
    """Returns the members of import-key-material that carry this secret."""
    if isinstance(secret, bytes):
        return {"encrypted_key_material": sealed(answer, secret)}
    temporary = temporary or os.urandom(32)
    private = keywrap.aes_key_wrap_with_padding(temporary, pkcs8(secret))
    return {
        "encrypted_key_material": sealed(answer, temporary),
        "encrypted_privatekey": text(private),
    }


def give(kms, key_id, secret, expiration_time=None):
    """Imports a secret in the two steps."""
    answer = parameters(kms, key_id)
    members = wrapped(answer, secret)
    if expiration_time is not None:
        members["expiration_time"] = expiration_time
    return kms.import_key_material(key_id=key_id, import_token=answer.import_token, **members)


def text(content):
    """Standard Base64."""
    return base64.b64encode(content).decode()
