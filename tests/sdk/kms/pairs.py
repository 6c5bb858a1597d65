"""Data-key pairs: key pairs for use outside, their private part sealed by a key that stays inside."""

from cryptography.hazmat.primitives import serialization
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import keys, oracle
from kit.claims import Skipped, claim, differ, each, equal, refused, true
from kit.keys import kms

PAIRS = [
    ("RSA_2048", "create_rsa_datakey_pair", "RSA_2048", 2048),
    ("RSA_3072", "create_rsa_datakey_pair", "RSA_3072", 3072),
    ("RSA_4096", "create_rsa_datakey_pair", "RSA_4096", 4096),
    ("ECC_NIST_P256", "create_ec_datakey_pair", "ECC_NIST_P256", "secp256r1"),
    ("ECC_NIST_P384", "create_ec_datakey_pair", "ECC_NIST_P384", "secp384r1"),
    ("ECC_NIST_P521", "create_ec_datakey_pair", "ECC_NIST_P521", "secp521r1"),
    ("ECC_SECG_P256K1", "create_ec_datakey_pair", "ECC_SECG_P256K1", "secp256k1"),
]

OPTIONAL = {"ECC_SECG_P256K1", "ECC_NIST_P521", "SM2"}


def _pair(operation, spec, **members):
    try:
        return kms().call(operation, key_id=keys.shared(), key_spec=spec, **members)
    except ClientRequestException as error:
        if spec in OPTIONAL and error.error_code in ("KMS.1902", "KMS.0308"):
            raise Skipped(f"the HSM offers no {spec}") from error
        raise


def _spki(key):
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@each(PAIRS)
def a_pair_fits_together_and_its_sealed_half_opens(operation, spec, kind):
    pair = _pair(operation, spec)
    equal((pair.key_id, pair.key_spec), (keys.shared(), spec), "answer")
    public = serialization.load_der_public_key(oracle.unb64(pair.public_key))
    equal(public.key_size if isinstance(kind, int) else public.curve.name, kind, "kind of key")
    private = serialization.load_der_private_key(oracle.unb64(pair.private_key_plain_text), None)
    equal(_spki(private.public_key()), _spki(public), "public half of the private key")
    opened = kms().decrypt_data(cipher_text=pair.private_key_cipher_text)
    equal(opened.plain_text_base64, pair.private_key_plain_text, "the opened private key")


@each([PAIRS[0], PAIRS[3]])
def a_pair_without_plain_text_opens_to_its_private_half(operation, spec, _kind):
    pair = _pair(operation, spec, with_plain_text=False)
    true(b"private_key_plain_text" not in pair.raw_content, "no plain text is sent")
    opened = kms().decrypt_data(cipher_text=pair.private_key_cipher_text)
    private = serialization.load_der_private_key(oracle.unb64(opened.plain_text_base64), None)
    equal(_spki(private.public_key()), oracle.unb64(pair.public_key), "public half")


@each([PAIRS[0], PAIRS[3]])
def context_binds(operation, spec, _kind):
    pair = _pair(operation, spec, additional_authenticated_data="blue")
    cipher = pair.private_key_cipher_text
    opened = kms().decrypt_data(cipher_text=cipher, additional_authenticated_data="blue")
    equal(opened.plain_text_base64, pair.private_key_plain_text, "the opened private key")
    refused(400, "KMS.2201", kms().decrypt_data, cipher_text=cipher)


@claim
def two_pairs_differ():
    one, two = (_pair("create_ec_datakey_pair", "ECC_NIST_P256") for _ in range(2))
    differ(one.public_key, two.public_key, "public_key")


REQUESTS = [
    ("no spec", "KMS.0204", {"key_spec": None}),
    ("the other operation's spec", "KMS.0308", {"key_spec": "swap"}),
    ("an unknown spec", "KMS.0308", {"key_spec": "RSA_1024"}),
    ("129 bytes of context", "KMS.0308", {"additional_authenticated_data": "a" * 129}),
    ("a malformed sequence", "KMS.0206", {"sequence": "x"}),
]


@each(REQUESTS)
def a_bad_request_is_refused(code, members):
    for operation, spec, other in (
        ("create_rsa_datakey_pair", "RSA_2048", "ECC_NIST_P256"),
        ("create_ec_datakey_pair", "ECC_NIST_P256", "RSA_2048"),
    ):
        usual = {"key_id": keys.shared(), "key_spec": spec, **members}
        if usual["key_spec"] == "swap":
            usual["key_spec"] = other
        refused(400, code, kms().call, operation, **usual)


@each([("RSA", "RSA_2048", "ENCRYPT_DECRYPT", "KMS.0325"), ("HMAC", "HMAC_256", None, "KMS.0341")])
def only_a_symmetric_key_seals(spec, usage, code):
    key_id = keys.shared(spec, usage)
    refused(400, code, kms().create_rsa_datakey_pair, key_id=key_id, key_spec="RSA_2048")
    refused(400, code, kms().create_ec_datakey_pair, key_id=key_id, key_spec="ECC_NIST_P256")
