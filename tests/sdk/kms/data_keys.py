"""Data keys: made, sealed and opened."""

import hashlib
import os
import re

from kit import keys
from kit.claims import claim, differ, each, equal, refused, true
from kit.keys import kms

HEX = re.compile(r"[0-9A-F]+")

# What is asked for, and how many bits come.
LENGTHS = [
    ("nothing", {}, 256),
    ("AES_128", {"key_spec": "AES_128"}, 128),
    ("AES_256", {"key_spec": "AES_256"}, 256),
    ("SM4", {"key_spec": "SM4"}, 128),
    ("HMAC_256", {"key_spec": "HMAC_256"}, 256),
    ("HMAC_SM3", {"key_spec": "HMAC_SM3"}, 256),
    ("HMAC_384", {"key_spec": "HMAC_384"}, 384),
    ("HMAC_512", {"key_spec": "HMAC_512"}, 512),
    ("8 bits", {"datakey_length": "8"}, 8),
    ("8192 bits", {"datakey_length": "8192"}, 8192),
    ("a length and a spec", {"datakey_length": "512", "key_spec": "AES_128"}, 512),
]


def sealed_length(plain_bytes):
    """The documented size of a sealed data key."""
    return 124 + 16 * -(-plain_bytes // 16)


def plain_text(data_key):
    """A data key as encrypt-datakey wants it: followed by its hash, in hexadecimal."""
    return (data_key + hashlib.sha256(data_key).digest()).hex()


@each(LENGTHS)
def a_data_key_has_the_length_asked_for_and_is_opened(members, bits):
    key_id = keys.shared()
    made = kms().create_datakey(key_id=key_id, **members)
    equal(made.key_id, key_id, "key_id")
    equal(len(made.plain_text) * 4, bits, "bits of the plain text")
    true(HEX.fullmatch(made.plain_text), "the plain text is upper-case hexadecimal")
    true(HEX.fullmatch(made.cipher_text), "the sealed key is upper-case hexadecimal")
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length=str(bits // 8)
    )
    equal(opened.data_key, made.plain_text, "the opened key")
    equal(opened.datakey_length, str(bits // 8), "datakey_length")
    digest = hashlib.sha256(bytes.fromhex(made.plain_text)).hexdigest()
    equal(opened.datakey_dgst.lower(), digest, "datakey_dgst")


@each(LENGTHS)
def a_data_key_without_plain_text_is_opened(members, bits):
    key_id = keys.shared()
    made = kms().create_datakey_without_plaintext(key_id=key_id, **members)
    true(b"plain_text" not in made.raw_content, "no plain text is sent")
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length=str(bits // 8)
    )
    equal(len(opened.data_key) * 4, bits, "bits")


@claim
def a_data_key_is_sealed_from_outside_and_opened():
    key_id, data_key = keys.shared(), os.urandom(64)
    sealed = kms().encrypt_datakey(
        key_id=key_id,
        plain_text=plain_text(data_key),
        datakey_plain_length="64",
        sequence=keys.SEQUENCE,
    )
    equal((sealed.key_id, sealed.datakey_length), (key_id, "64"), "answer")
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=sealed.cipher_text, datakey_cipher_length="64"
    )
    equal(opened.data_key.lower(), data_key.hex(), "the opened key")


@each([(str(size), size) for size in (1, 15, 16, 17, 64, 1023, 1024)])
def any_size_is_sealed_and_opened(size):
    key_id, data_key = keys.shared(), os.urandom(size)
    sealed = kms().encrypt_datakey(
        key_id=key_id, plain_text=plain_text(data_key), datakey_plain_length=str(size)
    )
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=sealed.cipher_text, datakey_cipher_length=str(size)
    )
    equal(opened.data_key.lower(), data_key.hex(), "the opened key")


@claim
def digits_of_both_cases_are_read():
    key_id, data_key = keys.shared(), os.urandom(32)
    for text in (plain_text(data_key).upper(), plain_text(data_key).lower()):
        sealed = kms().encrypt_datakey(key_id=key_id, plain_text=text, datakey_plain_length="32")
        for cipher in (sealed.cipher_text.upper(), sealed.cipher_text.lower()):
            opened = kms().decrypt_datakey(
                key_id=key_id, cipher_text=cipher, datakey_cipher_length="32"
            )
            equal(opened.data_key.lower(), data_key.hex(), "the opened key")


@claim
def two_data_keys_differ_and_one_is_sealed_anew_each_time():
    key_id = keys.shared()
    one, two = kms().create_datakey(key_id=key_id), kms().create_datakey(key_id=key_id)
    differ(one.plain_text, two.plain_text, "plain text")
    text = plain_text(os.urandom(32))
    sealed = [
        kms().encrypt_datakey(key_id=key_id, plain_text=text, datakey_plain_length="32").cipher_text
        for _ in range(2)
    ]
    differ(sealed[0], sealed[1], "the sealed key")


CONTEXTS = [
    ("a text", {"additional_authenticated_data": "blue"}, {"additional_authenticated_data": "red"}),
    ("128 bytes", {"additional_authenticated_data": "密" * 42 + "ab"}, {}),
    ("a map", {"encryption_context": {"a": "1", "b": "2"}}, {"encryption_context": {"a": "1"}}),
]


@each(CONTEXTS)
def context_binds(members, other):
    key_id = keys.shared()
    made = kms().create_datakey(key_id=key_id, **members)
    opening = {"key_id": key_id, "cipher_text": made.cipher_text, "datakey_cipher_length": "32"}
    equal(kms().decrypt_datakey(**opening, **members).data_key, made.plain_text, "the opened key")
    refused(400, "KMS.2201", kms().decrypt_datakey, **opening, **other)
    refused(400, "KMS.2201", kms().decrypt_datakey, **opening)


@claim
def an_empty_context_is_none():
    key_id = keys.shared()
    made = kms().create_datakey(key_id=key_id, additional_authenticated_data="")
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32"
    )
    equal(opened.data_key, made.plain_text, "the opened key")


@claim
def another_key_does_not_open():
    made = kms().create_datakey(key_id=keys.shared())
    refused(
        400,
        "KMS.2201",
        kms().decrypt_datakey,
        key_id=keys.new(),
        cipher_text=made.cipher_text,
        datakey_cipher_length="32",
    )


@claim
def no_digit_can_be_changed():
    key_id = keys.shared()
    sealed = kms().create_datakey(key_id=key_id).cipher_text
    step = max(1, len(sealed) // 40)
    for at in range(0, len(sealed), step):
        digit = "0" if sealed[at] != "0" else "1"
        changed = sealed[:at] + digit + sealed[at + 1 :]
        refused(
            400,
            "KMS.2201",
            kms().decrypt_datakey,
            key_id=key_id,
            cipher_text=changed,
            datakey_cipher_length="32",
        )


MAKING = [
    ("0 bits", "KMS.1901", {"datakey_length": "0"}),
    ("8200 bits", "KMS.1901", {"datakey_length": "8200"}),
    ("12 bits", "KMS.1903", {"datakey_length": "12"}),
    ("length in words", "KMS.1901", {"datakey_length": "long"}),
    ("negative length", "KMS.1901", {"datakey_length": "-8"}),
    ("an unknown spec", "KMS.1902", {"key_spec": "AES_192"}),
    ("129 bytes of context", "KMS.0308", {"additional_authenticated_data": "a" * 129}),
    ("129 bytes in 43 characters", "KMS.0308", {"additional_authenticated_data": "密" * 43}),
    ("a context that is a list", "KMS.0208", {"encryption_context": ["a"]}),
    ("a context with a number", "KMS.0208", {"encryption_context": {"a": 1}}),
    ("a context of 8193 characters", "KMS.0208", {"encryption_context": {"a": "x" * 8193}}),
    (
        "both kinds of context",
        "KMS.0308",
        {"encryption_context": {"a": "1"}, "additional_authenticated_data": "a"},
    ),
    ("a malformed sequence", "KMS.0206", {"sequence": "1"}),
]


@each(MAKING)
def a_bad_request_for_a_data_key_is_refused(code, members):
    for operation in ("create_datakey", "create_datakey_without_plaintext"):
        refused(400, code, kms().call, operation, key_id=keys.shared(), **members)


def _sealing(data_key=b"k" * 32, **members):
    return {
        "plain_text": plain_text(data_key),
        "datakey_plain_length": str(len(data_key)),
        **members,
    }


SEALING = [
    ("no text", "KMS.0204", {"datakey_plain_length": "32"}),
    ("no length", "KMS.0204", {"plain_text": plain_text(b"k" * 32)}),
    ("no digits", "KMS.2101", _sealing(plain_text="xyz" * 32)),
    ("an odd number of digits", "KMS.2101", _sealing(plain_text=plain_text(b"k" * 32)[:-1])),
    ("a wrong hash", "KMS.2103", _sealing(plain_text="ab" * 64)),
    ("a wrong length", "KMS.2104", _sealing(datakey_plain_length="33")),
    ("a length of 0", "KMS.2102", _sealing(datakey_plain_length="0")),
    ("a length of 1025", "KMS.2102", _sealing(datakey_plain_length="1025")),
    ("a length in words", "KMS.2102", _sealing(datakey_plain_length="short")),
    ("129 bytes of context", "KMS.0308", _sealing(additional_authenticated_data="a" * 129)),
]


@each(SEALING)
def a_bad_sealing_is_refused(code, members):
    refused(400, code, kms().encrypt_datakey, key_id=keys.shared(), **members)


OPENING = [
    ("no text", "KMS.0204", {"datakey_cipher_length": "32"}),
    ("no length", "KMS.0204", {"cipher_text": "ab" * 172}),
    ("no digits", "KMS.2201", {"cipher_text": "xyz" * 100, "datakey_cipher_length": "32"}),
    ("nothing sealed", "KMS.2201", {"cipher_text": "ab" * 172, "datakey_cipher_length": "32"}),
    ("a short text", "KMS.2201", {"cipher_text": "0200", "datakey_cipher_length": "32"}),
]


@each(OPENING)
def a_bad_opening_is_refused(code, members):
    refused(400, code, kms().decrypt_datakey, key_id=keys.shared(), **members)


@each([("31", "KMS.2204", "31"), ("33", "KMS.2204", "33")])
def a_wrong_length_is_refused(code, length):
    key_id = keys.shared()
    sealed = kms().create_datakey(key_id=key_id).cipher_text
    refused(
        400,
        code,
        kms().decrypt_datakey,
        key_id=key_id,
        cipher_text=sealed,
        datakey_cipher_length=length,
    )


@each([("0", "0"), ("1025", "1025")])
def a_length_out_of_range_is_refused(length):
    key_id = keys.shared()
    sealed = kms().create_datakey(key_id=key_id).cipher_text
    refused(
        400,
        "KMS.2202",
        kms().decrypt_datakey,
        key_id=key_id,
        cipher_text=sealed,
        datakey_cipher_length=length,
    )


@claim
def data_ciphertext_is_no_data_key():
    key_id = keys.shared()
    cipher = kms().encrypt_data(key_id=key_id, plain_text="x" * 32).cipher_text
    refused(
        400,
        "KMS.2201",
        kms().decrypt_datakey,
        key_id=key_id,
        cipher_text=cipher.encode().hex(),
        datakey_cipher_length="32",
    )


@claim
def an_alias_names_the_key():
    key_id, alias = keys.shared(), keys.name("alias/dek")
    kms().create_alias(key_id=key_id, alias=alias)
    made = kms().create_datakey(key_id=alias)
    equal(made.key_id, key_id, "key_id")
    opened = kms().decrypt_datakey(
        key_id=alias, cipher_text=made.cipher_text, datakey_cipher_length="32"
    )
    equal(opened.data_key, made.plain_text, "the opened key")
