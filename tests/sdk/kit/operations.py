"""Every operation on one key, as a table: how to call it, and which permissions it asks for."""

from dataclasses import dataclass
from typing import Callable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kit import environment, keys, oracle
from kit.keys import kms

SYMMETRIC = ("AES_256", None)
SIGNING = ("EC_P256", None)
AGREEING = ("EC_P256", "KEY_AGREEMENT")
DECRYPTING = ("RSA_2048", "ENCRYPT_DECRYPT")
MAC = ("HMAC_256", None)
EXTERNAL = ("external", None)

ECDSA = {"message": oracle.b64(b"m"), "message_type": "RAW", "signing_algorithm": "ECDSA_SHA_256"}
HMAC = {"message": oracle.b64(b"m"), "mac_algorithm": "HMAC_SHA_256"}
OAEP = {"encryption_algorithm": "RSAES_OAEP_SHA_256"}


def grantee():
    """Members that grant to another account, which surely exists."""
    return {
        "grantee_principal": environment.stranger().domain_id,
        "grantee_principal_type": "domain",
    }


def _granted(_key_id):
    return {"operations": ["describe-key"], **grantee()}


def _nothing(_key_id):
    return {}


def _members(**members):
    return lambda _key_id: dict(members)


def _opened_data_key(key_id):
    sealed = kms().create_datakey(key_id=key_id).cipher_text
    return {"cipher_text": sealed, "datakey_cipher_length": "32"}


def _opened_data(key_id):
    return {"cipher_text": kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text}


def _opened_rsa(key_id):
    return {
        **OAEP,
        "cipher_text": kms().encrypt_data(key_id=key_id, plain_text="text", **OAEP).cipher_text,
    }


def _moved(_key_id):
    return {"cipher_text": kms().encrypt_data(key_id=keys.shared(), plain_text="text").cipher_text}


def _judged(key_id):
    return {**ECDSA, "signature": kms().sign(key_id=key_id, **ECDSA).signature}


def _checked(key_id):
    return {**HMAC, "mac": kms().generate_mac(key_id=key_id, **HMAC).mac}


def _agreed(_key_id):
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {"key_agreement_algorithm": "ECDH", "public_key": oracle.b64(der)}


def _sealed_data_key(_key_id):
    plain = b"k" * 32
    return {
        "plain_text": (plain + oracle.digest("SHA_256", plain)).hex(),
        "datakey_plain_length": "32",
    }


@dataclass(frozen=True)
class Operation:
    """One operation on a key."""

    # As the contract has it.
    name: str
    # As the SDK has it.
    method: str
    # The kind of key that it works on.
    kind: tuple
    # The members besides the key's, made while the key is enabled.
    members: Callable = _nothing
    # How the key's member is called.
    key_member: str = "key_id"
    # Whether an alias may stand for the key, and whether there is a sequence.
    alias: bool = True
    sequence: bool = True


USES = [
    Operation("create-datakey", "create_datakey", SYMMETRIC),
    Operation("create-datakey-without-plaintext", "create_datakey_without_plaintext", SYMMETRIC),
    Operation("encrypt-datakey", "encrypt_datakey", SYMMETRIC, _sealed_data_key),
    Operation("decrypt-datakey", "decrypt_datakey", SYMMETRIC, _opened_data_key),
    Operation(
        "create-rsa-datakey-pair",
        "create_rsa_datakey_pair",
        SYMMETRIC,
        _members(key_spec="RSA_2048"),
    ),
    Operation(
        "create-ec-datakey-pair",
        "create_ec_datakey_pair",
        SYMMETRIC,
        _members(key_spec="ECC_NIST_P256"),
    ),
    Operation("encrypt-data", "encrypt_data", SYMMETRIC, _members(plain_text="text")),
    Operation("decrypt-data", "decrypt_data", SYMMETRIC, _opened_data),
    Operation(
        "re-encrypt",
        "re_encrypt",
        SYMMETRIC,
        _moved,
        "destination_key_id",
        alias=False,
        sequence=False,
    ),
    Operation(
        "encrypt-data (RSA)", "encrypt_data", DECRYPTING, _members(plain_text="text", **OAEP)
    ),
    Operation("decrypt-data (RSA)", "decrypt_data", DECRYPTING, _opened_rsa),
    Operation("sign", "sign", SIGNING, _members(**ECDSA)),
    Operation("verify", "validate_signature", SIGNING, _judged),
    Operation("generate-mac", "generate_mac", MAC, _members(**HMAC), sequence=False),
    Operation("verify-mac", "verify_mac", MAC, _checked, sequence=False),
    Operation(
        "derive-shared-secret",
        "derive_shared_secret",
        AGREEING,
        _agreed,
        sequence=False,
        alias=False,
    ),
]

PUBLIC_KEY = Operation("get-publickey", "show_public_key", SIGNING)

# What is asked of a key without using it; `members` are such that a shared key stays as it is.
CARE = [
    Operation("describe-key", "list_key_detail", SYMMETRIC),
    Operation("enable-key", "enable_key", SYMMETRIC, alias=False),
    Operation("disable-key", "disable_key", SYMMETRIC, alias=False),
    Operation(
        "schedule-key-deletion", "delete_key", SYMMETRIC, _members(pending_days="7"), alias=False
    ),
    Operation("cancel-key-deletion", "cancel_key_deletion", SYMMETRIC, alias=False),
    Operation(
        "update-key-alias",
        "update_key_alias",
        SYMMETRIC,
        _members(key_alias="another"),
        alias=False,
    ),
    Operation(
        "update-key-description",
        "update_key_description",
        SYMMETRIC,
        _members(key_description="x"),
        alias=False,
    ),
    Operation("enable-key-rotation", "enable_key_rotation", SYMMETRIC, alias=False),
    Operation("disable-key-rotation", "disable_key_rotation", SYMMETRIC, alias=False),
    Operation(
        "update-key-rotation-interval",
        "update_key_rotation_interval",
        SYMMETRIC,
        _members(rotation_interval=30),
        alias=False,
    ),
    Operation("get-key-rotation-status", "show_key_rotation_status", SYMMETRIC, alias=False),
    Operation("rotate-on-demand", "rotate_on_demand", SYMMETRIC, alias=False, sequence=False),
    Operation("create-grant", "create_grant", SYMMETRIC, _granted, alias=False),
    Operation("list-grants", "list_grants", SYMMETRIC, alias=False),
    Operation("revoke-grant", "cancel_grant", SYMMETRIC, _members(grant_id="0" * 64), alias=False),
    Operation(
        "retire-grant", "cancel_self_grant", SYMMETRIC, _members(grant_id="0" * 64), alias=False
    ),
    Operation(
        "get-parameters-for-import",
        "create_parameters_for_import",
        EXTERNAL,
        _members(wrapping_algorithm="RSAES_OAEP_SHA_256"),
        alias=False,
    ),
    Operation(
        "import-key-material",
        "import_key_material",
        EXTERNAL,
        _members(import_token="QUJD" * 60, encrypted_key_material="A" * 342 + "=="),
        alias=False,
    ),
    Operation(
        "delete-imported-key-material", "delete_imported_key_material", EXTERNAL, alias=False
    ),
    Operation(
        "create-alias",
        "create_alias",
        SYMMETRIC,
        _members(alias="alias/any"),
        alias=False,
        sequence=False,
    ),
    Operation(
        "delete-alias",
        "delete_alias",
        SYMMETRIC,
        _members(aliases=["alias/any"]),
        alias=False,
        sequence=False,
    ),
    Operation(
        "add tag",
        "create_kms_tag",
        SYMMETRIC,
        _members(tag={"key": "k", "value": "v"}),
        alias=False,
    ),
    Operation(
        "batch tags",
        "batch_create_kms_tags",
        SYMMETRIC,
        _members(action="create", tags=[{"key": "k", "value": "v"}]),
        alias=False,
    ),
    Operation(
        "delete tag", "delete_tag", SYMMETRIC, _members(key="k"), alias=False, sequence=False
    ),
    Operation("key tags", "show_kms_tags", SYMMETRIC, alias=False, sequence=False),
]

ALL = [*USES, PUBLIC_KEY, *CARE]


def call(client, operation, key_id, members, **more):
    """Sends an operation for a key."""
    return client.call(operation.method, **{operation.key_member: key_id}, **members, **more)


# What follows needs no key at all.
PLAUSIBLE = {
    "decrypt_datakey": {"cipher_text": "AB" * 172, "datakey_cipher_length": "32"},
    "decrypt_data": {"cipher_text": "QUJD" * 47},
    "validate_signature": {**ECDSA, "signature": oracle.b64(b"s" * 64)},
    "verify_mac": {**HMAC, "mac": "00" * 32},
}


def plausible(operation):
    """Members of the right form, for a key that does not exist."""
    if operation.method in PLAUSIBLE:
        return dict(PLAUSIBLE[operation.method])
    return operation.members(keys.UNKNOWN)
