"""Keys whose material comes from outside."""

import os

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kit import clock, imports, keys, oracle
from kit.claims import claim, differ, each, equal, refused, true
from kit.keys import kms

DAY = 24 * 60 * 60


def _given(key_id, answer, secret, **members):
    """The arguments of import-key-material; a member of the same name replaces the usual one."""
    usual = {
        "key_id": key_id,
        "import_token": answer.import_token,
        **imports.wrapped(answer, secret),
    }
    return {**usual, **members}


@claim
def the_parameters_are_a_wrapping_key_and_a_token_for_a_day():
    key_id = keys.external()
    answer = imports.parameters(kms(), key_id)
    equal(answer.key_id, key_id, "key_id")
    wrapping = imports.wrapping_key(answer)
    true(isinstance(wrapping, rsa.RSAPublicKey), "the wrapping key is one of RSA")
    equal(wrapping.key_size, 2048, "its size")
    lag = answer.expiration_time - clock.milliseconds() // 1000 - DAY
    true(-60 < lag < 60, f"the parameters live for a day, not {lag} s more")
    oracle.unb64(answer.import_token)
    true(200 <= len(answer.import_token) <= 6144, "the token has between 200 and 6144 characters")


@claim
def a_symmetric_key_is_imported_and_used():
    key_id = keys.imported()
    key = keys.describe(key_id)
    equal((key.key_state, key.expiration_time, key.origin), ("2", "", "external"), "key")
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")


@each([(spec, spec) for spec in ("RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P384")])
def an_asymmetric_key_is_imported_and_signs(spec):
    key_id, private = keys.external(spec), imports.material(spec)
    imports.give(kms(), key_id, private)
    equal(keys.state(key_id), "2", "key_state")
    algorithm = oracle.SIGNING[spec][0]
    answer = kms().sign(
        key_id=key_id, message=oracle.b64(b"m"), message_type="RAW", signing_algorithm=algorithm
    )
    signature = oracle.unb64(answer.signature)
    true(
        oracle.verifies(algorithm, private.public_key(), b"m", signature),
        "the private key's owner agrees",
    )


@claim
def an_rsa_key_is_imported_for_encryption():
    key_id, private = keys.external("RSA_2048", "ENCRYPT_DECRYPT"), imports.material("RSA_2048")
    imports.give(kms(), key_id, private)
    cipher = (
        kms()
        .encrypt_data(key_id=key_id, plain_text="text", encryption_algorithm="RSAES_OAEP_SHA_256")
        .cipher_text
    )
    equal(private.decrypt(oracle.unb64(cipher), imports.OAEP), b"text", "what its owner decrypts")


@claim
def a_temporary_key_of_16_bytes_is_good():
    key_id, private = keys.external("EC_P256"), imports.material("EC_P256")
    answer = imports.parameters(kms(), key_id)
    wrapped = imports.wrapped(answer, private, temporary=os.urandom(16))
    kms().import_key_material(key_id=key_id, import_token=answer.import_token, **wrapped)
    equal(keys.state(key_id), "2", "key_state")


@claim
def deleted_material_comes_back_and_opens_what_it_closed():
    key_id, secret = keys.external(), imports.material("AES_256")
    imports.give(kms(), key_id, secret)
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    kms().delete_imported_key_material(key_id=key_id)
    equal(keys.state(key_id), "5", "key_state without material")
    refused(400, "KMS.1301", kms().decrypt_data, cipher_text=cipher)
    imports.give(kms(), key_id, secret)
    equal(keys.state(key_id), "2", "key_state")
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")


@claim
def other_material_never_comes_in_later():
    key_id = keys.imported()
    kms().delete_imported_key_material(key_id=key_id)
    answer = imports.parameters(kms(), key_id)
    refused(400, "KMS.2606", kms().import_key_material, **_given(key_id, answer, os.urandom(32)))
    equal(keys.state(key_id), "5", "key_state")


@claim
def an_expiry_is_kept_and_shown():
    at = clock.milliseconds() // 1000 + DAY
    shown = keys.describe(keys.imported(expiration_time=at)).expiration_time
    true(shown in (str(at), str(at * 1000)), f"expiration_time {shown} is the moment asked for")


@each([("zero", 0), ("zero as text", "0")])
def an_expiry_of_zero_is_never(expiration_time):
    key_id = keys.imported(expiration_time=expiration_time)
    equal(keys.describe(key_id).expiration_time, "", "expiration_time")


@claim
def an_expiry_may_be_text():
    at = str(clock.milliseconds() // 1000 + DAY)
    differ(keys.describe(keys.imported(expiration_time=at)).expiration_time, "", "expiration_time")


def _broken(secret):
    """Bad members of import-key-material, each with the code that refuses it; {} stands for the good answer."""
    past = clock.milliseconds() // 1000 - 60
    sealed = imports.sealed
    return [
        ("no token", "KMS.0204", lambda answer: {"import_token": None}),
        ("no material", "KMS.0204", lambda answer: {"encrypted_key_material": None}),
        ("a foreign token", "KMS.2605", lambda answer: {"import_token": "QUJD" * 60}),
        (
            "a changed token",
            "KMS.2605",
            lambda answer: {"import_token": _changed(answer.import_token)},
        ),
        (
            "material for another key",
            "KMS.0311",
            lambda answer: {"encrypted_key_material": "A" * 342 + "=="},
        ),
        (
            "31 bytes",
            "KMS.2604",
            lambda answer: {"encrypted_key_material": sealed(answer, secret[:31])},
        ),
        (
            "33 bytes",
            "KMS.2604",
            lambda answer: {"encrypted_key_material": sealed(answer, secret + b"x")},
        ),
        (
            "16 bytes",
            "KMS.2604",
            lambda answer: {"encrypted_key_material": sealed(answer, secret[:16])},
        ),
        ("a past expiry", "KMS.2602", lambda answer: {"expiration_time": past}),
        ("a negative expiry", "KMS.2602", lambda answer: {"expiration_time": -1}),
        ("a malformed sequence", "KMS.0206", lambda answer: {"sequence": "x"}),
    ]


def _changed(token):
    at = len(token) // 2
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


@each(_broken(b"k" * 32))
def a_bad_import_is_refused_and_changes_nothing(code, broken):
    key_id = _waiting()
    answer = imports.parameters(kms(), key_id)
    members = _given(key_id, answer, b"k" * 32, **broken(answer))
    refused(400, code, kms().import_key_material, **members)
    equal(keys.state(key_id), "5", "key_state")


_WAITING = []


def _waiting():
    """One key without material for all refusals."""
    if not _WAITING:
        _WAITING.append(keys.external())
    return _WAITING[0]


PRIVATE = [
    ("no private key", "KMS.2608", lambda answer, key: {"encrypted_privatekey": None}),
    (
        "a private key of another kind",
        "KMS.2609",
        lambda answer, key: _sealed_private(answer, "RSA_2048"),
    ),
    (
        "a private key of another curve",
        "KMS.2609",
        lambda answer, key: _sealed_private(answer, "EC_P384"),
    ),
    (
        "a temporary key of 24 bytes",
        "KMS.2610",
        lambda answer, key: {"encrypted_key_material": imports.sealed(answer, os.urandom(24))},
    ),
    (
        "another temporary key",
        "KMS.2609",
        lambda answer, key: {"encrypted_key_material": imports.sealed(answer, os.urandom(32))},
    ),
    ("no wrapped key", "KMS.2609", lambda answer, key: {"encrypted_privatekey": "QUJD" * 60}),
]


def _sealed_private(answer, spec):
    return imports.wrapped(answer, imports.material(spec))


@each(PRIVATE)
def a_bad_private_key_is_refused(code, broken):
    key_id, private = keys.external("EC_P256"), ec.generate_private_key(ec.SECP256R1())
    answer = imports.parameters(kms(), key_id)
    members = _given(key_id, answer, private, **broken(answer, private))
    refused(400, code, kms().import_key_material, **members)
    equal(keys.state(key_id), "5", "key_state")


@claim
def a_token_is_for_its_key_alone():
    one, other = keys.external(), keys.external()
    answer = imports.parameters(kms(), one)
    refused(400, "KMS.2603", kms().import_key_material, **_given(other, answer, os.urandom(32)))


@claim
def a_token_is_used_once():
    key_id, secret = keys.external(), os.urandom(32)
    answer = imports.parameters(kms(), key_id)
    kms().import_key_material(**_given(key_id, answer, secret))
    kms().delete_imported_key_material(key_id=key_id)
    refused(400, "KMS.2605", kms().import_key_material, **_given(key_id, answer, secret))


@claim
def new_parameters_replace_the_old():
    key_id, secret = keys.external(), os.urandom(32)
    old = imports.parameters(kms(), key_id)
    new = imports.parameters(kms(), key_id)
    refused(400, "KMS.2605", kms().import_key_material, **_given(key_id, old, secret))
    kms().import_key_material(**_given(key_id, new, secret))
    equal(keys.state(key_id), "2", "key_state")


WRAPPINGS = [
    ("none", "KMS.0204", None),
    ("an old one", "KMS.0308", "RSAES_PKCS1_V1_5"),
    ("one with SHA-1", "KMS.0308", "RSAES_OAEP_SHA_1"),
    ("an unknown one", "KMS.0308", "ROT13"),
]


@each(WRAPPINGS)
def other_wrapping_algorithms_are_refused(code, algorithm):
    refused(
        400,
        code,
        kms().create_parameters_for_import,
        key_id=_waiting(),
        wrapping_algorithm=algorithm,
    )


@claim
def an_asymmetric_key_keeps_its_material():
    key_id = keys.imported("EC_P256")
    refused(400, "KMS.2702", kms().delete_imported_key_material, key_id=key_id)


@claim
def a_key_of_kms_takes_no_material():
    key_id = keys.shared()
    refused(
        400,
        "KMS.0309",
        kms().create_parameters_for_import,
        key_id=key_id,
        wrapping_algorithm="RSAES_OAEP_SHA_256",
    )
    refused(400, "KMS.0309", kms().delete_imported_key_material, key_id=key_id)


@claim
def a_key_with_material_takes_no_more():
    key_id, secret = keys.external(), os.urandom(32)
    answer = imports.parameters(kms(), key_id)
    imports.give(kms(), key_id, secret)
    refused(400, "KMS.0310", imports.parameters, kms(), key_id)
    refused(400, "KMS.0310", kms().import_key_material, **_given(key_id, answer, secret))
