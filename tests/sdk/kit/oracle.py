"""Cryptography that is not the server's: what its signatures, codes and keys are judged by."""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}

# Which signing algorithms each kind of key has.
SIGNING = {
    **{
        spec: [
            f"{padding_name}_SHA_{bits}"
            for padding_name in ("RSASSA_PSS", "RSASSA_PKCS1_V1_5")
            for bits in ("256", "384", "512")
        ]
        for spec in ("RSA_2048", "RSA_3072", "RSA_4096")
    },
    "EC_P256": ["ECDSA_SHA_256"],
    "EC_P384": ["ECDSA_SHA_384"],
    "SECP256K1": ["ECDSA_SHA_256"],
}


def b64(content):
    """Standard Base64 of bytes."""
    return base64.b64encode(content).decode()


def unb64(text):
    """Decodes standard Base64, and nothing else."""
    return base64.b64decode(text, validate=True)


def public_key(pem):
    """Reads a public key in PEM."""
    return serialization.load_pem_public_key(pem.encode())


def hash_of(algorithm):
    """The hash that a signing or MAC algorithm names."""
    return HASHES[algorithm[-3:]]()


def digest(algorithm, message):
    """Hashes a message as an algorithm would."""
    return hashlib.new(hash_of(algorithm).name, message).digest()


def verifies(algorithm, key, message, signature):
    """Tells whether a signature of a whole message is good."""
    chosen = hash_of(algorithm)
    try:
        if algorithm.startswith("RSASSA_PSS"):
            key.verify(signature, message, _pss(chosen, chosen.digest_size), chosen)
        elif algorithm.startswith("RSASSA_PKCS1"):
            key.verify(signature, message, padding.PKCS1v15(), chosen)
        else:
            key.verify(signature, message, ec.ECDSA(chosen))
    except InvalidSignature:
        return False
    return True


def sign(algorithm, key, message, salt=None):
    """Signs a whole message."""
    chosen = hash_of(algorithm)
    if algorithm.startswith("RSASSA_PSS"):
        return key.sign(message, _pss(chosen, chosen.digest_size if salt is None else salt), chosen)
    if algorithm.startswith("RSASSA_PKCS1"):
        return key.sign(message, padding.PKCS1v15(), chosen)
    return key.sign(message, ec.ECDSA(chosen))


def _pss(chosen, salt):
    return padding.PSS(mgf=padding.MGF1(chosen), salt_length=salt)


def mac(algorithm, key, message):
    """HMAC with the hash that the algorithm names."""
    return hmac.new(key, message, hash_of(algorithm).name).digest()
