"""Makes sealed.txt: records, wraps and slots sealed by another implementation (the Python package `cryptography`),
written after the layouts in src/record.rs, src/wrap.rs and src/slot.rs and not after their code."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def hkdf(ikm, salt, info, length):
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(ikm)


def write_key(ikm, salt, info):
    okm = hkdf(ikm, salt, info, 76)
    return okm[:32], okm[32:44], okm[44:]


def number(value, size):
    return value.to_bytes(size, "big")


def record(ikm, kind, body):
    place = (b"HSMR" + bytes([1, 1]) + INSTANCE + PARTITION + bytes([kind]) + OBJECT
             + number(7, 8) + number(2, 8))
    key, nonce, commitment = write_key(ikm, SALT, b"hsmd/rec/v1" + place)
    padded = body + bytes(-(len(body) + 4) % 64) + number(len(body), 4)
    header = place + SALT + commitment + number(len(padded), 4)
    return header + AESGCM(key).encrypt(nonce, padded, header)


def wrap(kek, name, owner, key):
    info = b"hsmd/wrap/v1" + name + b"\0" + owner
    aead, nonce, commitment = write_key(kek, SALT, info)
    header = bytes([1]) + SALT + commitment
    return header + AESGCM(aead).encrypt(nonce, key, header)


def slot(secret, kind, key, label):
    clear = (b"HSMS" + bytes([1, kind]) + INSTANCE + OBJECT
             + number(64, 4) + number(2, 4) + number(1, 4) + SLOT_SALT + bytes([len(label)]) + label)
    return clear + wrap(secret, b"the root key in its slot", clear, key)


INSTANCE, PARTITION, OBJECT = bytes([0x11]) * 16, bytes([0x22]) * 16, bytes([0x33]) * 16
SALT, SLOT_SALT = bytes(range(32)), bytes(range(0xA0, 0xB0))
ROOT, PK, UK = bytes([0xA1]) * 32, bytes([0xB2]) * 32, bytes([0xC3]) * 32
ARGON = bytes([0xD4]) * 32

pepper = hkdf(ROOT, b"", b"hsmd/root/pepper/v1", 32)
wrap_key = hkdf(ROOT, b"", b"hsmd/root/wrap/v1", 32)
system_key = hkdf(ROOT, b"", b"hsmd/root/system/v1", 32)
kek = hkdf(ARGON + pepper, b"", b"hsmd/pin/kek/v1" + PARTITION + bytes([1]), 32)
stretched = Argon2id(salt=SLOT_SALT, length=32, iterations=2, lanes=1, memory_cost=64).derive(b"correct horse battery")

vectors = {
    "public-record": record(PK, 3, b"a public object"),
    "private-record": record(PK + UK, 4, bytes(range(60))),
    "longer-record": record(PK, 3, bytes(61)),
    "system-record": record(system_key, 2, b"a partition"),
    "wrapped-partition-key": wrap(wrap_key, b"the partition's key under the root key", PARTITION, PK),
    "wrapped-user-key": wrap(wrap_key, b"the partition's user key under the root key", PARTITION, UK),
    "user-key-under-pin": wrap(kek, b"the user key under the PIN", PARTITION, UK),
    "passphrase-slot": slot(stretched, 1, ROOT, b"office"),
    "quorum-slot": slot(UK, 3, ROOT, b""),
}
for name, value in vectors.items():
    print(name, value.hex())
