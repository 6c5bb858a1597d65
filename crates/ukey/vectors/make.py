#!/usr/bin/env python3
"""Makes this folder's files with other people's cryptography (pyca/cryptography over OpenSSL).

`python.ukey` follows the table in `src/format.rs`; its PIN is "correct horse".
`p256.der`, `p256.sig`: a certificate and a signature over "message".
`p384.der`: a certificate that no UKey has.
"""

import datetime
import hashlib
import os
import pathlib
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

HERE = pathlib.Path(__file__).parent


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    if number < 1 << 8:
        return bytes([major << 5 | 24, number])
    if number < 1 << 16:
        return bytes([major << 5 | 25]) + struct.pack(">H", number)
    return bytes([major << 5 | 26]) + struct.pack(">I", number)


def cbor(value):
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def certificate(key, digest):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vector")])
    start = datetime.datetime(2024, 1, 1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(start.replace(year=2044))
    return builder.sign(key, digest).public_bytes(s.Encoding.DER)


def ukey(pin):
    signing = ec.generate_private_key(ec.SECP256R1())
    sealing = x25519.X25519PrivateKey.generate()
    salt, nonce = os.urandom(16), os.urandom(12)
    pkcs8 = signing.private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, s.NoEncryption())
    entries = {
        "ver": 1,
        "uuid": bytes(range(16)),
        "role": "auditor",
        "label": "Zoë",
        "kdf": ["argon2id", 64, 2, 2, salt],
        "seal": sealing.public_key().public_bytes_raw(),
        "cert": certificate(signing, hashes.SHA256()),
        "nonce": nonce,
    }
    key = Argon2id(salt=salt, length=32, iterations=2, lanes=2, memory_cost=64).derive(pin)
    plain = sealing.private_bytes_raw() + pkcs8
    entries["ct"] = AESGCM(key).encrypt(nonce, plain, cbor(entries))
    entries["sum"] = hashlib.sha256(cbor(entries)).digest()
    return cbor(entries)


HERE.joinpath("python.ukey").write_bytes(ukey(b"correct horse"))
KEY = ec.generate_private_key(ec.SECP256R1())
HERE.joinpath("p256.der").write_bytes(certificate(KEY, hashes.SHA256()))
HERE.joinpath("p256.sig").write_bytes(KEY.sign(b"message", ec.ECDSA(hashes.SHA256())))
OTHER = ec.generate_private_key(ec.SECP384R1())
HERE.joinpath("p384.der").write_bytes(certificate(OTHER, hashes.SHA384()))
