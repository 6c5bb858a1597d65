"""BLAKE2b in partitions of both kinds, beside Python's own; MD5 and DES in `compat` partitions alone."""

import hashlib
import hmac
import os

from PyKCS11 import *  # noqa: F403

MESSAGE = b"a message that somebody hashes"
# CKM_BLAKE2B_160 to CKM_BLAKE2B_512 and their like, and the types of their keys.
BLAKE2B = {20: (0x400C, 0x3A), 32: (0x4011, 0x3B), 48: (0x4016, 0x3C), 64: (0x401B, 0x3D)}
HMAC, GENERAL, DERIVE, KEY_GEN = 1, 2, 3, 4

lib = PyKCS11Lib()
lib.load(os.environ["MODULE"])
slot = next(s for s in lib.getSlotList(tokenPresent=True) if lib.getTokenInfo(s).label.strip() == os.environ["TOKEN"])
listed = {CKM[name] if isinstance(name, str) and name in CKM else name for name in lib.getMechanismList(slot)}
session = lib.openSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)
session.login(os.environ["PIN"])
compat = CKM_DES3_KEY_GEN in listed


def refused(code, call, *arguments):
    try:
        call(*arguments)
    except PyKCS11Error as error:
        assert error.value == code, error
    else:
        raise AssertionError("it was done")


def secret(kind, value, *usages):
    template = [(CKA_CLASS, CKO_SECRET_KEY), (CKA_KEY_TYPE, kind), (CKA_VALUE, value)]
    return session.createObject(template + [(usage, True) for usage in usages])


def value(key):
    return bytes(session.getAttributeValue(key, [CKA_VALUE])[0])


for length, (first, kind) in BLAKE2B.items():
    digest = lambda data=b"", length=length: hashlib.blake2b(data, digest_size=length)
    assert bytes(session.digest(MESSAGE, Mechanism(first))) == digest(MESSAGE).digest()
    template = [(CKA_CLASS, CKO_SECRET_KEY), (CKA_KEY_TYPE, kind), (CKA_VALUE_LEN, length), (CKA_SIGN, True), (CKA_VERIFY, True)]
    made = session.generateKey(template, Mechanism(first + KEY_GEN))
    mac = session.sign(made, MESSAGE, Mechanism(first + HMAC))
    assert len(mac) == length
    assert session.verify(made, MESSAGE, mac, Mechanism(first + HMAC))
    assert not session.verify(made, MESSAGE + b".", mac, Mechanism(first + HMAC))
    # The key is for this hash function alone.
    other = 0x400C if first != 0x400C else 0x4011
    refused(CKR_KEY_TYPE_INCONSISTENT, session.sign, made, MESSAGE, Mechanism(other + HMAC))
    refused(CKR_KEY_TYPE_INCONSISTENT, session.sign, made, MESSAGE, Mechanism(CKM_SHA256_HMAC))
    if not compat:
        assert first + DERIVE not in listed
        continue
    for given in kind, CKK_GENERIC_SECRET:
        key = secret(given, b"k" * 40, CKA_SIGN)
        mac = bytes(session.sign(key, MESSAGE, Mechanism(first + HMAC)))
        assert mac == hmac.new(b"k" * 40, MESSAGE, digest).digest()
    base = secret(CKK_GENERIC_SECRET, b"k" * 40, CKA_DERIVE)
    template = [(CKA_CLASS, CKO_SECRET_KEY), (CKA_KEY_TYPE, CKK_GENERIC_SECRET), (CKA_SENSITIVE, False), (CKA_EXTRACTABLE, True)]
    child = session.deriveKey(base, template, Mechanism(first + DERIVE))
    assert value(child) == digest(b"k" * 40).digest()

OLD = [CKM_MD5, CKM_MD5_HMAC, CKM_MD5_RSA_PKCS, CKM_DES_KEY_GEN, CKM_DES_ECB, CKM_DES_CBC_PAD]
if compat:
    assert listed.issuperset(OLD)
    assert bytes(session.digest(MESSAGE, Mechanism(CKM_MD5))) == hashlib.md5(MESSAGE).digest()
    key = secret(CKK_GENERIC_SECRET, b"k" * 40, CKA_SIGN)
    assert bytes(session.sign(key, MESSAGE, Mechanism(CKM_MD5_HMAC))) == hmac.new(b"k" * 40, MESSAGE, "md5").digest()
    # FIPS 81, appendix B.
    key = secret(CKK_DES, bytes.fromhex("0123456789abcdef"), CKA_ENCRYPT)
    sealed = session.encrypt(key, b"Now is the time for all ", Mechanism(CKM_DES_ECB))
    assert bytes(sealed).hex() == "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53"
    made = session.generateKey([(CKA_CLASS, CKO_SECRET_KEY), (CKA_ENCRYPT, True), (CKA_DECRYPT, True)], Mechanism(CKM_DES_KEY_GEN))
    mechanism = Mechanism(CKM_DES_CBC_PAD, bytes(8))
    assert bytes(session.decrypt(made, session.encrypt(made, MESSAGE, mechanism), mechanism)) == MESSAGE
else:
    assert not listed.intersection(OLD)
    refused(CKR_MECHANISM_INVALID, session.digest, MESSAGE, Mechanism(CKM_MD5))

print("all is well")
