"""Keys of one kind where another is needed."""

from kit import keys, operations
from kit.claims import claim, each, refused
from kit.keys import kms
from kit.operations import ALL

BY_NAME = {operation.name: operation for operation in ALL}

DATA_KEYS = [
    "create-datakey",
    "create-datakey-without-plaintext",
    "encrypt-datakey",
    "decrypt-datakey",
    "create-rsa-datakey-pair",
    "create-ec-datakey-pair",
]

RSA_SIGN = {
    "message": operations.ECDSA["message"],
    "message_type": "RAW",
    "signing_algorithm": "RSASSA_PSS_SHA_256",
}


def _rows():
    for name in DATA_KEYS:
        for spec, usage in (("RSA_2048", None), ("RSA_2048", "ENCRYPT_DECRYPT"), ("EC_P256", None)):
            yield name, spec, usage, "KMS.0325", {}
    for name in (*DATA_KEYS, "encrypt-data", "decrypt-data", "sign", "verify", "get-publickey"):
        yield name, "HMAC_256", None, "KMS.0341", {}
    for name in ("sign", "verify"):
        yield name, "AES_256", None, "KMS.0331", {}
        yield name, "RSA_2048", "ENCRYPT_DECRYPT", "KMS.0334", RSA_SIGN
    yield "get-publickey", "AES_256", None, "KMS.0331", {}
    for name in ("encrypt-data (RSA)", "decrypt-data (RSA)"):
        yield name, "RSA_2048", None, "KMS.0335", {}
        yield name, "EC_P256", None, "KMS.0335", {}
    for name in ("generate-mac", "verify-mac"):
        yield name, "AES_256", None, "KMS.0331", {}
        yield name, "RSA_2048", None, "KMS.0325", {}
        yield name, "EC_P256", None, "KMS.0325", {}
    yield "re-encrypt", "HMAC_256", None, "KMS.0341", {}


ROWS = [
    (f"{name} with {spec} {usage or ''}".strip(), name, spec, usage, code, members)
    for name, spec, usage, code, members in _rows()
]


@each(ROWS)
def a_key_of_another_kind_is_refused(name, spec, usage, code, members):
    operation = BY_NAME[name]
    usual = (
        operation.members(keys.UNKNOWN) if name == "re-encrypt" else operations.plausible(operation)
    )
    refused(
        400, code, operations.call, kms(), operation, keys.shared(spec, usage), {**usual, **members}
    )


@claim
def a_move_to_a_signing_key_is_refused():
    operation = BY_NAME["re-encrypt"]
    members = {
        **operation.members(keys.UNKNOWN),
        "destination_encryption_algorithm": "RSAES_OAEP_SHA_256",
    }
    refused(400, "KMS.0335", operations.call, kms(), operation, keys.shared("RSA_2048"), members)
