"""re-encrypt: from one key to another without the text leaving."""

from kit import keys, oracle
from kit.claims import claim, differ, each, equal, refused
from kit.keys import kms

OAEP = "RSAES_OAEP_SHA_256"


def _encrypted(**members):
    return kms().encrypt_data(key_id=keys.shared(), plain_text="text", **members).cipher_text


@claim
def text_moves_to_another_key():
    source, target = keys.shared(), keys.new()
    answer = kms().re_encrypt(cipher_text=_encrypted(), destination_key_id=target)
    equal((answer.key_id, answer.source_key_id), (target, source), "keys")
    equal(answer.source_encryption_algorithm, "SYMMETRIC_DEFAULT", "source_encryption_algorithm")
    equal(
        answer.destination_encryption_algorithm,
        "SYMMETRIC_DEFAULT",
        "destination_encryption_algorithm",
    )
    opened = kms().decrypt_data(cipher_text=answer.cipher_text, key_id=target)
    equal(opened.plain_text, "text", "plain_text")


@claim
def text_may_stay_under_its_key_and_is_encrypted_anew():
    before = _encrypted()
    after = kms().re_encrypt(cipher_text=before, destination_key_id=keys.shared()).cipher_text
    differ(after, before, "cipher_text")
    equal(kms().decrypt_data(cipher_text=after).plain_text, "text", "plain_text")


@claim
def context_is_exchanged():
    before = _encrypted(additional_authenticated_data="old")
    after = (
        kms()
        .re_encrypt(
            cipher_text=before,
            destination_key_id=keys.shared(),
            source_additional_authenticated_data="old",
            destination_additional_authenticated_data="new",
        )
        .cipher_text
    )
    opened = kms().decrypt_data(cipher_text=after, additional_authenticated_data="new")
    equal(opened.plain_text, "text", "plain_text")
    refused(
        400, "KMS.2201", kms().decrypt_data, cipher_text=after, additional_authenticated_data="old"
    )


@claim
def text_moves_to_an_rsa_key_and_back():
    rsa = keys.shared("RSA_2048", "ENCRYPT_DECRYPT")
    there = kms().re_encrypt(
        cipher_text=_encrypted(), destination_key_id=rsa, destination_encryption_algorithm=OAEP
    )
    equal(there.destination_encryption_algorithm, OAEP, "destination_encryption_algorithm")
    opened = kms().decrypt_data(
        key_id=rsa, cipher_text=there.cipher_text, encryption_algorithm=OAEP
    )
    equal(opened.plain_text, "text", "plain_text")
    back = kms().re_encrypt(
        cipher_text=there.cipher_text,
        source_key_id=rsa,
        source_encryption_algorithm=OAEP,
        destination_key_id=keys.shared(),
    )
    equal(back.source_encryption_algorithm, OAEP, "source_encryption_algorithm")
    equal(kms().decrypt_data(cipher_text=back.cipher_text).plain_text, "text", "plain_text")


@claim
def a_data_key_moves():
    target = keys.new()
    made = kms().create_datakey(key_id=keys.shared())
    moved = kms().re_encrypt(
        cipher_text=made.cipher_text, destination_key_id=target, datakey_cipher_length="32"
    )
    opened = kms().decrypt_datakey(
        key_id=target, cipher_text=moved.cipher_text, datakey_cipher_length="32"
    )
    equal(opened.data_key, made.plain_text, "the opened key")


REQUESTS = [
    ("no text", "KMS.0204", {"cipher_text": None}),
    ("no destination", "KMS.0204", {"destination_key_id": None}),
    ("a malformed destination", "KMS.0205", {"destination_key_id": "key"}),
    ("a malformed source", "KMS.0205", {"source_key_id": "key"}),
    ("wrong context", "KMS.2201", {"source_additional_authenticated_data": "x"}),
    ("an unknown algorithm", "KMS.0308", {"destination_encryption_algorithm": "ROT13"}),
    ("RSA's algorithm for a symmetric key", "KMS.2105", {"destination_encryption_algorithm": OAEP}),
]


@each(REQUESTS)
def a_bad_request_is_refused(code, members):
    usual = {"cipher_text": _encrypted(), "destination_key_id": keys.shared()}
    refused(400, code, kms().re_encrypt, **{**usual, **members})


@claim
def an_unknown_destination_is_refused():
    refused(
        404, "KMS.0207", kms().re_encrypt, cipher_text=_encrypted(), destination_key_id=keys.UNKNOWN
    )


@claim
def a_changed_text_is_refused():
    broken = oracle.b64(bytes(140))
    refused(400, "KMS.2201", kms().re_encrypt, cipher_text=broken, destination_key_id=keys.shared())


@claim
def both_keys_must_be_enabled():
    source, target = keys.new(), keys.new()
    cipher = kms().encrypt_data(key_id=source, plain_text="text").cipher_text
    keys.disabled(target)
    refused(400, "KMS.0209", kms().re_encrypt, cipher_text=cipher, destination_key_id=target)
    kms().enable_key(key_id=target)
    keys.disabled(source)
    refused(400, "KMS.0209", kms().re_encrypt, cipher_text=cipher, destination_key_id=target)
