"""Small data, encrypted and decrypted whole."""

import re

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import imports, keys, oracle
from kit.claims import claim, differ, each, equal, refused, true
from kit.keys import kms

# The pattern that clients check ciphertexts with before they send them.
PUBLISHED = re.compile(r"[0-9a-zA-Z+/=]{128,5648}")

TEXTS = [
    ("one byte", "x"),
    ("16 bytes", "x" * 16),
    ("17 bytes", "x" * 17),
    ("4096 bytes", "x" * 4096),
    ("4096 bytes of three-byte characters", "密" * 1365 + "x"),
    ("lines", "first\nsecond\r\n\tthird\n"),
    ("quotes and a zero", 'a "b" \\ \u0000 c'),
    ("an emoji", "🔑 and 密钥"),
]


@each(TEXTS)
def text_comes_back(text):
    key_id = keys.shared()
    answer = kms().encrypt_data(key_id=key_id, plain_text=text)
    equal(answer.key_id, key_id, "key_id")
    true(PUBLISHED.fullmatch(answer.cipher_text), "the ciphertext fits the published pattern")
    opened = kms().decrypt_data(cipher_text=answer.cipher_text)
    equal(opened.plain_text, text, "plain_text")
    equal(oracle.unb64(opened.plain_text_base64), text.encode(), "plain_text_base64")
    equal(opened.key_id, key_id, "key_id")


@each([(str(size), size) for size in (1, 16, 17, 100, 4095, 4096)])
def the_ciphertext_stays_within_the_published_size(size):
    cipher = kms().encrypt_data(key_id=keys.shared(), plain_text="x" * size).cipher_text
    overhead = len(oracle.unb64(cipher)) - size
    true(95 <= overhead <= 140, f"{overhead} bytes are added, which is between 95 and 140")


@claim
def the_same_text_is_encrypted_anew_each_time():
    made = [
        kms().encrypt_data(key_id=keys.shared(), plain_text="same").cipher_text for _ in range(2)
    ]
    differ(made[0], made[1], "cipher_text")


@claim
def the_right_key_may_be_named_and_a_wrong_one_is_refused():
    key_id = keys.shared()
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    equal(kms().decrypt_data(cipher_text=cipher, key_id=key_id).plain_text, "text", "plain_text")
    refused(400, "KMS.2201", kms().decrypt_data, cipher_text=cipher, key_id=keys.new())


CONTEXTS = [
    (
        "a text",
        {"additional_authenticated_data": "blue"},
        {"additional_authenticated_data": "Blue"},
    ),
    (
        "128 bytes",
        {"additional_authenticated_data": "a" * 128},
        {"additional_authenticated_data": "a" * 127},
    ),
    ("a map", {"encryption_context": {"k": "v"}}, {"encryption_context": {"k": "w"}}),
    (
        "a map with another name",
        {"encryption_context": {"k": "v"}},
        {"encryption_context": {"j": "v"}},
    ),
]


@each(CONTEXTS)
def context_binds(members, other):
    cipher = kms().encrypt_data(key_id=keys.shared(), plain_text="text", **members).cipher_text
    equal(kms().decrypt_data(cipher_text=cipher, **members).plain_text, "text", "plain_text")
    refused(400, "KMS.2201", kms().decrypt_data, cipher_text=cipher, **other)
    refused(400, "KMS.2201", kms().decrypt_data, cipher_text=cipher)


@claim
def text_without_context_does_not_open_with_one():
    cipher = kms().encrypt_data(key_id=keys.shared(), plain_text="text").cipher_text
    refused(
        400, "KMS.2201", kms().decrypt_data, cipher_text=cipher, additional_authenticated_data="a"
    )


@claim
def a_map_is_compared_as_a_map():
    one = {"a": "1", "b": "2", "c": "3"}
    other = {"c": "3", "b": "2", "a": "1"}
    cipher = (
        kms()
        .encrypt_data(key_id=keys.shared(), plain_text="text", encryption_context=one)
        .cipher_text
    )
    opened = kms().decrypt_data(cipher_text=cipher, encryption_context=other)
    equal(opened.plain_text, "text", "plain_text")


@claim
def a_map_is_not_confused_with_its_parts():
    cipher = (
        kms()
        .encrypt_data(
            key_id=keys.shared(), plain_text="text", encryption_context={"a": "1", "b": "2"}
        )
        .cipher_text
    )
    for other in ({"a": "1b2"}, {"a1b": "2"}, {"a": "1", "b2": ""}, {"ab": "12"}):
        refused(400, "KMS.2201", kms().decrypt_data, cipher_text=cipher, encryption_context=other)


@claim
def an_empty_context_is_none():
    cipher = (
        kms()
        .encrypt_data(key_id=keys.shared(), plain_text="text", additional_authenticated_data="")
        .cipher_text
    )
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")


@claim
def no_character_can_be_changed():
    cipher = kms().encrypt_data(key_id=keys.shared(), plain_text="text").cipher_text
    body = cipher.rstrip("=")
    for at in range(0, len(body) - 1, max(1, len(body) // 40)):
        other = "A" if body[at] != "A" else "B"
        # A change of the key's name inside names a key that is not there.
        verdict = _verdict(cipher[:at] + other + cipher[at + 1 :])
        true(verdict in ((400, "KMS.2201"), (404, "KMS.0207")), f"{verdict} refuses character {at}")


def _verdict(cipher):
    try:
        kms().decrypt_data(cipher_text=cipher)
    except ClientRequestException as refusal:
        return refusal.status_code, refusal.error_code
    return "an answer"


ENCRYPTION = [
    ("no text", "KMS.0204", {"plain_text": None}),
    ("an empty text", "KMS.2101", {"plain_text": ""}),
    ("4097 bytes", "KMS.0308", {"plain_text": "x" * 4097}),
    ("4098 bytes in 1366 characters", "KMS.0308", {"plain_text": "密" * 1366}),
    ("an unknown algorithm", "KMS.0308", {"encryption_algorithm": "ROT13"}),
    ("an algorithm of RSA keys", "KMS.2105", {"encryption_algorithm": "RSAES_OAEP_SHA_256"}),
    ("129 bytes of context", "KMS.0308", {"additional_authenticated_data": "a" * 129}),
    ("a context of texts in texts", "KMS.0208", {"encryption_context": {"a": {"b": "c"}}}),
    ("a malformed sequence", "KMS.0206", {"sequence": "x"}),
]


@each(ENCRYPTION)
def a_bad_encryption_is_refused(code, members):
    refused(
        400, code, kms().encrypt_data, **{"key_id": keys.shared(), "plain_text": "text", **members}
    )


DECRYPTION = [
    ("no text", "KMS.0204", {}),
    ("an empty text", "KMS.2201", {"cipher_text": ""}),
    ("a short text", "KMS.2201", {"cipher_text": "QUJD"}),
    ("other Base64", "KMS.2201", {"cipher_text": "QUJD" * 50}),
    ("no Base64", "KMS.2201", {"cipher_text": "=" * 188}),
    ("URL-safe characters", "KMS.2201", {"cipher_text": "_-" * 94}),
    ("a long text", "KMS.2201", {"cipher_text": "QUJD" * 1500}),
]


@each(DECRYPTION)
def a_bad_decryption_is_refused(code, members):
    refused(400, code, kms().decrypt_data, **members)


SIZES = [
    ("RSA_2048", "RSA_2048", 190, 344),
    ("RSA_3072", "RSA_3072", 318, 512),
    ("RSA_4096", "RSA_4096", 446, 684),
]
OAEP = {"encryption_algorithm": "RSAES_OAEP_SHA_256"}


@each(SIZES)
def an_rsa_key_encrypts_up_to_its_size(spec, most, characters):
    key_id = keys.shared(spec, "ENCRYPT_DECRYPT")
    cipher = kms().encrypt_data(key_id=key_id, plain_text="x" * most, **OAEP).cipher_text
    equal(len(cipher), characters, "characters of the ciphertext")
    opened = kms().decrypt_data(key_id=key_id, cipher_text=cipher, **OAEP)
    equal(opened.plain_text, "x" * most, "plain_text")
    refused(400, "KMS.2108", kms().encrypt_data, key_id=key_id, plain_text="x" * (most + 1), **OAEP)


@claim
def what_others_encrypt_with_the_public_key_is_decrypted():
    key_id = keys.shared("RSA_2048", "ENCRYPT_DECRYPT")
    public = oracle.public_key(kms().show_public_key(key_id=key_id).public_key)
    cipher = oracle.b64(public.encrypt(b"from outside", imports.OAEP))
    opened = kms().decrypt_data(key_id=key_id, cipher_text=cipher, **OAEP)
    equal(opened.plain_text, "from outside", "plain_text")


@claim
def bytes_that_are_no_text_come_as_base64():
    key_id = keys.shared("RSA_2048", "ENCRYPT_DECRYPT")
    public = oracle.public_key(kms().show_public_key(key_id=key_id).public_key)
    secret = bytes([0xFF, 0xFE, 0x00, 0x80])
    opened = kms().decrypt_data(
        key_id=key_id, cipher_text=oracle.b64(public.encrypt(secret, imports.OAEP)), **OAEP
    )
    equal(oracle.unb64(opened.plain_text_base64), secret, "plain_text_base64")


RSA = [
    ("the algorithm of symmetric keys", "KMS.2106", {"encryption_algorithm": "SYMMETRIC_DEFAULT"}),
    ("no algorithm", "KMS.2106", {}),
    ("the algorithm of SM2 keys", "KMS.2106", {"encryption_algorithm": "SM2_ENCRYPT"}),
]


@each(RSA)
def an_rsa_key_has_its_own_algorithm(code, members):
    key_id = keys.shared("RSA_2048", "ENCRYPT_DECRYPT")
    refused(400, code, kms().encrypt_data, key_id=key_id, plain_text="text", **members)


@claim
def rsa_padding_of_another_hash_is_refused():
    key_id = keys.shared("RSA_2048", "ENCRYPT_DECRYPT")
    public = oracle.public_key(kms().show_public_key(key_id=key_id).public_key)
    other = padding.OAEP(mgf=padding.MGF1(SHA1()), algorithm=SHA1(), label=None)
    cipher = oracle.b64(public.encrypt(b"text", other))
    refused(400, "KMS.2201", kms().decrypt_data, key_id=key_id, cipher_text=cipher, **OAEP)


@claim
def rsa_decryption_needs_the_key():
    key_id = keys.shared("RSA_2048", "ENCRYPT_DECRYPT")
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text", **OAEP).cipher_text
    refused(400, "KMS.0204", kms().decrypt_data, cipher_text=cipher, **OAEP)


@claim
def an_alias_names_the_key():
    key_id, alias = keys.shared(), keys.name("alias/data")
    kms().create_alias(key_id=key_id, alias=alias)
    answer = kms().encrypt_data(key_id=alias, plain_text="text")
    equal(answer.key_id, key_id, "key_id")
    opened = kms().decrypt_data(key_id=alias, cipher_text=answer.cipher_text)
    equal(opened.plain_text, "text", "plain_text")
