"""derive-shared-secret: ECDH with a key that stays inside."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import imports, keys, oracle
from kit.claims import Skipped, claim, each, equal, refused
from kit.keys import kms

CURVES = [("EC_P256", "EC_P256", ec.SECP256R1), ("EC_P384", "EC_P384", ec.SECP384R1)]

# The usage of keys that agree: one that signs does nothing else.
USAGE = "KEY_AGREEMENT"


def _der(private):
    public = private.public_key()
    return oracle.b64(
        public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def _derive(key_id, public_key, **members):
    members.setdefault("key_agreement_algorithm", "ECDH")
    try:
        return kms().derive_shared_secret(key_id=key_id, public_key=public_key, **members)
    except ClientRequestException as error:
        if error.error_code == "APIGW.0101":
            raise Skipped("derive-shared-secret is not offered") from error
        raise


@each(CURVES)
def both_sides_find_the_same_secret(spec, curve):
    key_id, mine = keys.shared(spec, USAGE), ec.generate_private_key(curve())
    answer = _derive(key_id, _der(mine))
    equal((answer.key_id, answer.key_agreement_algorithm), (key_id, "ECDH"), "answer")
    theirs = oracle.public_key(kms().show_public_key(key_id=key_id).public_key)
    equal(oracle.unb64(answer.shared_secret), mine.exchange(ec.ECDH(), theirs), "shared_secret")


REQUESTS = [
    ("no algorithm", "KMS.0204", {"key_agreement_algorithm": None}),
    ("no public key", "KMS.0204", {"public_key": None}),
    ("an unknown algorithm", "KMS.0308", {"key_agreement_algorithm": "DH"}),
    ("no Base64", "KMS.0308", {"public_key": "a b c"}),
    ("no key", "KMS.0308", {"public_key": oracle.b64(b"key")}),
]


@each(REQUESTS)
def a_bad_request_is_refused(code, members):
    good = _der(ec.generate_private_key(ec.SECP256R1()))
    _derive(keys.shared("EC_P256", USAGE), good)
    usual = {"key_agreement_algorithm": "ECDH", "public_key": good}
    refused(
        400,
        code,
        kms().derive_shared_secret,
        key_id=keys.shared("EC_P256", USAGE),
        **{**usual, **members},
    )


@claim
def a_public_key_of_another_curve_or_kind_is_refused():
    key_id = keys.shared("EC_P256", USAGE)
    _derive(key_id, _der(ec.generate_private_key(ec.SECP256R1())))
    for other in (ec.generate_private_key(ec.SECP384R1()), imports.material("RSA_2048")):
        refused(
            400,
            "KMS.0308",
            kms().derive_shared_secret,
            key_id=key_id,
            key_agreement_algorithm="ECDH",
            public_key=_der(other),
        )


@claim
def a_point_off_the_curve_is_refused():
    key_id = keys.shared("EC_P256", USAGE)
    good = oracle.unb64(_der(ec.generate_private_key(ec.SECP256R1())))
    bad = good[:-1] + bytes([good[-1] ^ 1])
    _derive(key_id, oracle.b64(good))
    refused(
        400,
        "KMS.0308",
        kms().derive_shared_secret,
        key_id=key_id,
        key_agreement_algorithm="ECDH",
        public_key=oracle.b64(bad),
    )


@claim
def a_key_that_signs_does_not_agree():
    public = _der(ec.generate_private_key(ec.SECP256R1()))
    refused(
        400,
        "KMS.0335",
        kms().derive_shared_secret,
        key_id=keys.shared("EC_P256"),
        key_agreement_algorithm="ECDH",
        public_key=public,
    )
