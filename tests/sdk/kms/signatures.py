"""Signatures: made and judged, each judged by code that is not the server's too."""

import functools
import os

from cryptography.hazmat.primitives import serialization

from kit import imports, keys, oracle
from kit.claims import claim, each, equal, refused, true
from kit.keys import kms

ALGORITHMS = [
    (f"{spec} {algorithm}", spec, algorithm)
    for spec, algorithms in oracle.SIGNING.items()
    for algorithm in algorithms
]

# One kind of key per family is enough where the size does not matter.
FAMILIES = [row for row in ALGORITHMS if row[1] in ("RSA_2048", "EC_P256", "EC_P384", "SECP256K1")]


def _public(key_id):
    return oracle.public_key(kms().show_public_key(key_id=key_id).public_key)


def _valid(key_id, algorithm, message, signature, kind="RAW"):
    answer = kms().validate_signature(
        key_id=key_id,
        message=oracle.b64(message),
        signature=oracle.b64(signature),
        signing_algorithm=algorithm,
        message_type=kind,
    )
    equal(answer.key_id, key_id, "key_id")
    return answer.signature_valid


def _signed(key_id, algorithm, message, **members):
    members.setdefault("message_type", "RAW")
    answer = kms().sign(
        key_id=key_id, message=oracle.b64(message), signing_algorithm=algorithm, **members
    )
    equal(answer.key_id, key_id, "key_id")
    return oracle.unb64(answer.signature)


@each([(spec, spec) for spec in oracle.SIGNING])
def the_public_key_is_pem_of_its_kind(spec):
    pem = kms().show_public_key(key_id=keys.shared(spec)).public_key
    true(pem.startswith("-----BEGIN PUBLIC KEY-----\n"), "the PEM begins as it should")
    true("\r" not in pem, "its lines end in a line feed")
    key = oracle.public_key(pem)
    expected = {"EC_P256": "secp256r1", "EC_P384": "secp384r1", "SECP256K1": "secp256k1"}
    got = str(key.key_size) if spec.startswith("RSA") else key.curve.name
    equal(got, expected.get(spec, spec[4:]), "kind of key")


@each(ALGORITHMS)
def a_signature_of_a_message_is_good(spec, algorithm):
    key_id, message = keys.shared(spec), os.urandom(100)
    signature = _signed(key_id, algorithm, message)
    true(
        oracle.verifies(algorithm, _public(key_id), message, signature),
        "others accept the signature",
    )
    equal(_valid(key_id, algorithm, message, signature), "true", "signature_valid")


@each(ALGORITHMS)
def a_signature_of_a_digest_is_one_of_its_message(spec, algorithm):
    key_id, message = keys.shared(spec), os.urandom(100)
    digest = oracle.digest(algorithm, message)
    signature = _signed(key_id, algorithm, digest, message_type=None)
    true(
        oracle.verifies(algorithm, _public(key_id), message, signature),
        "others accept the signature",
    )
    equal(_valid(key_id, algorithm, digest, signature, "DIGEST"), "true", "signature_valid")
    equal(
        _valid(key_id, algorithm, message, signature, "RAW"),
        "true",
        "signature_valid of the message",
    )


@each(FAMILIES)
def a_wrong_signature_is_an_answer_and_no_error(spec, algorithm):
    key_id, message = keys.shared(spec), b"message"
    signature = bytearray(_signed(key_id, algorithm, message))
    equal(_valid(key_id, algorithm, b"another", bytes(signature)), "false", "another message")
    signature[-1] ^= 1
    equal(_valid(key_id, algorithm, message, bytes(signature)), "false", "a changed signature")
    equal(_valid(key_id, algorithm, message, b"x" * 64), "false", "no signature at all")
    equal(_valid(key_id, algorithm, message, bytes(signature[:-1])), "false", "a short signature")


@each(FAMILIES)
def a_signature_made_elsewhere_is_accepted(spec, algorithm):
    (key_id, private), message = _imported(spec), b"from elsewhere"
    signature = oracle.sign(algorithm, private, message)
    equal(_valid(key_id, algorithm, message, signature), "true", "signature_valid")


@functools.cache
def _imported(spec):
    """A key of this kind whose private part is known here."""
    key_id, private = keys.external(spec), imports.material(spec)
    imports.give(kms(), key_id, private)
    return key_id, private


@claim
def a_pss_signature_has_a_salt_as_long_as_its_hash():
    key_id, message = keys.shared("RSA_2048"), b"message"
    for algorithm in ("RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"):
        signature = _signed(key_id, algorithm, message)
        true(
            oracle.verifies(algorithm, _public(key_id), message, signature),
            f"{algorithm} has that salt",
        )


@claim
def rsa_pkcs1_signatures_are_the_same_each_time_and_ecdsa_ones_are_not():
    rsa, ec = keys.shared("RSA_2048"), keys.shared("EC_P256")
    same = {_signed(rsa, "RSASSA_PKCS1_V1_5_SHA_256", b"m") for _ in range(2)}
    equal(len(same), 1, "different PKCS#1 signatures of one message")
    fresh = {_signed(ec, "ECDSA_SHA_256", b"m") for _ in range(2)}
    equal(len(fresh), 2, "different ECDSA signatures of one message")


@claim
def a_long_message_is_signed():
    key_id, message = keys.shared("EC_P256"), b"x" * 3000
    signature = _signed(key_id, "ECDSA_SHA_256", message)
    true(oracle.verifies("ECDSA_SHA_256", _public(key_id), message, signature), "others accept it")


MISMATCHES = [
    ("ECDSA with RSA", "RSA_2048", "ECDSA_SHA_256"),
    ("PSS with EC", "EC_P256", "RSASSA_PSS_SHA_256"),
    ("P-256 with SHA-384", "EC_P256", "ECDSA_SHA_384"),
    ("P-384 with SHA-256", "EC_P384", "ECDSA_SHA_256"),
    ("SM2 with EC", "EC_P256", "SM2DSA_SM3"),
]


@each(MISMATCHES)
def an_algorithm_of_other_keys_is_refused(spec, algorithm):
    key_id = keys.shared(spec)
    members = {"key_id": key_id, "message": oracle.b64(b"m"), "message_type": "RAW"}
    refused(400, "KMS.0332", kms().sign, signing_algorithm=algorithm, **members)
    refused(
        400,
        "KMS.0332",
        kms().validate_signature,
        signing_algorithm=algorithm,
        signature=oracle.b64(b"s" * 64),
        **members,
    )


REQUESTS = [
    ("no message", "KMS.0204", {"message": None}),
    ("no algorithm", "KMS.0204", {"signing_algorithm": None}),
    ("an unknown algorithm", "KMS.0308", {"signing_algorithm": "ROT13"}),
    ("an unknown message type", "KMS.0308", {"message_type": "COOKED"}),
    ("a message that is no Base64", "KMS.0308", {"message": "a b c"}),
    ("a digest of another hash", "KMS.0329", {"message": oracle.b64(b"d" * 48)}),
    ("a short digest", "KMS.0329", {"message": oracle.b64(b"d" * 31)}),
    (
        "a message of 4096 bytes",
        "KMS.0308",
        {"message": oracle.b64(b"m" * 4096), "message_type": "RAW"},
    ),
    ("a malformed sequence", "KMS.0206", {"sequence": "x"}),
]


@each(REQUESTS)
def a_bad_request_is_refused(code, members):
    usual = {
        "key_id": keys.shared("EC_P256"),
        "message": oracle.b64(b"d" * 32),
        "signing_algorithm": "ECDSA_SHA_256",
    }
    refused(400, code, kms().sign, **{**usual, **members})
    signature = {"signature": oracle.b64(b"s" * 64)}
    refused(400, code, kms().validate_signature, **{**usual, **signature, **members})


SIGNATURES = [("none", "KMS.0204", None), ("no Base64", "KMS.0308", "a b c")]


@each(SIGNATURES)
def a_bad_signature_member_is_refused(code, signature):
    refused(
        400,
        code,
        kms().validate_signature,
        key_id=keys.shared("EC_P256"),
        message=oracle.b64(b"d" * 32),
        signing_algorithm="ECDSA_SHA_256",
        signature=signature,
    )


@claim
def an_alias_names_the_key():
    key_id, alias = keys.shared("EC_P256"), keys.name("alias/sign")
    kms().create_alias(key_id=key_id, alias=alias)
    members = {
        "message": oracle.b64(b"m"),
        "message_type": "RAW",
        "signing_algorithm": "ECDSA_SHA_256",
    }
    made = kms().sign(key_id=alias, **members)
    equal(made.key_id, key_id, "key_id")
    judged = kms().validate_signature(key_id=alias, signature=made.signature, **members)
    equal((judged.key_id, judged.signature_valid), (key_id, "true"), "verdict")
    equal(kms().show_public_key(key_id=alias).key_id, key_id, "key_id of the public key")


@claim
def the_public_key_of_a_disabled_key_is_shown():
    key_id = keys.new("EC_P256")
    before = kms().show_public_key(key_id=key_id).public_key
    keys.disabled(key_id)
    equal(kms().show_public_key(key_id=key_id).public_key, before, "public_key")


@claim
def the_public_key_of_an_imported_key_is_its_own():
    private = imports.material("EC_P384")
    key_id = keys.external("EC_P384")
    imports.give(kms(), key_id, private)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    equal(
        _public(key_id).public_bytes(*form), private.public_key().public_bytes(*form), "public key"
    )
