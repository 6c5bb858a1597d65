"""Types that the SDK's objects hide: JSON booleans, numbers, and texts that look like them."""

import base64
import os

from kit import clients, keys, oracle
from kit.claims import claim, each, equal, true, typed
from kit.keys import kms

KEY_MEMBERS = {
    "key_id", "domain_id", "key_alias", "realm", "key_spec", "key_usage", "key_description",
    "creation_date", "scheduled_deletion_date", "key_state", "default_key_flag", "key_type",
    "expiration_time", "origin", "key_rotation_enabled", "sys_enterprise_project_id", "keystore_id",
}  # fmt: skip


@claim
def every_member_of_a_key_is_text():
    key = clients.wire(kms().list_key_detail(key_id=keys.shared()))["key_info"]
    true(KEY_MEMBERS <= key.keys(), f"{KEY_MEMBERS - key.keys()} are members")
    for member, value in key.items():
        typed(value, str, member)


@claim
def rotation_status_has_a_boolean_and_numbers():
    status = clients.wire(kms().show_key_rotation_status(key_id=keys.shared()))
    typed(status["key_rotation_enabled"], bool, "key_rotation_enabled")
    typed(status["number_of_rotations"], int, "number_of_rotations")
    typed(status["last_rotation_time"], str, "last_rotation_time")


@claim
def a_rotated_key_says_so_in_text():
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    key = clients.wire(kms().list_key_detail(key_id=key_id))["key_info"]
    equal(key["key_rotation_enabled"], "true", "key_info.key_rotation_enabled")
    status = clients.wire(kms().show_key_rotation_status(key_id=key_id))
    equal(status["key_rotation_enabled"], True, "key_rotation_enabled")
    typed(status["rotation_interval"], int, "rotation_interval")


@claim
def verify_answers_in_text():
    key_id, message = keys.shared("EC_P256"), oracle.b64(b"message")
    members = {
        "key_id": key_id,
        "message": message,
        "message_type": "RAW",
        "signing_algorithm": "ECDSA_SHA_256",
    }
    signature = kms().sign(**members).signature
    good = clients.wire(kms().validate_signature(signature=signature, **members))
    equal(good["signature_valid"], "true", "signature_valid")
    members["message"] = oracle.b64(b"another")
    bad = clients.wire(kms().validate_signature(signature=signature, **members))
    equal(bad["signature_valid"], "false", "signature_valid")


@claim
def verify_mac_answers_with_a_boolean():
    members = {
        "key_id": keys.shared("HMAC_256"),
        "mac_algorithm": "HMAC_SHA_256",
        "message": oracle.b64(b"m"),
    }
    mac = kms().generate_mac(**members).mac
    equal(clients.wire(kms().verify_mac(mac=mac, **members))["mac_valid"], True, "mac_valid")
    other = "00" * 32
    equal(clients.wire(kms().verify_mac(mac=other, **members))["mac_valid"], False, "mac_valid")


@claim
def import_parameters_expire_at_a_number():
    answer = clients.wire(
        kms().create_parameters_for_import(
            key_id=keys.external(), wrapping_algorithm="RSAES_OAEP_SHA_256"
        )
    )
    typed(answer["expiration_time"], int, "expiration_time")
    true(len(str(answer["expiration_time"])) == 10, "expiration_time is in seconds")


@claim
def counts_are_numbers():
    typed(clients.wire(kms().show_user_instances())["instance_num"], int, "instance_num")
    for resource in clients.wire(kms().show_user_quotas())["quotas"]["resources"]:
        typed(resource["used"], int, "used")
        typed(resource["quota"], int, "quota")
    key_id = keys.shared()
    typed(clients.wire(kms().show_kms_tags(key_id=key_id))["existTagsNum"], int, "existTagsNum")
    typed(clients.wire(kms().list_grants(key_id=key_id))["total"], int, "total")
    typed(clients.wire(kms().list_aliases())["page_info"]["current_count"], int, "current_count")
    search = kms().list_kms_by_tags(
        resource_instances="resource_instances", action="filter", tags=[]
    )
    typed(clients.wire(search)["total_count"], int, "total_count")


@claim
def data_key_lengths_are_text():
    plain, key_id = os.urandom(64), keys.shared()
    text = (plain + oracle.digest("SHA_256", plain)).hex()
    sealed = clients.wire(
        kms().encrypt_datakey(key_id=key_id, plain_text=text, datakey_plain_length="64")
    )
    equal(sealed["datakey_length"], "64", "datakey_length")
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=sealed["cipher_text"], datakey_cipher_length="64"
    )
    equal(clients.wire(opened)["datakey_length"], "64", "datakey_length")


EMPTY = [
    ("enable-key-rotation", "enable_key_rotation"),
    ("disable-key-rotation", "disable_key_rotation"),
]


@claim
def empty_answers_are_empty_objects():
    key_id = keys.new()
    for _, operation in EMPTY:
        equal(kms().call(operation, key_id=key_id).raw_content, b"{}", f"body of {operation}")


@each(
    [
        ("random_data_length", "create_random", {"random_data_length": 512}),
        ("datakey_length", "create_datakey", {"key_id": "shared", "datakey_length": 256}),
        (
            "limit and marker of grants",
            "list_grants",
            {"key_id": "shared", "limit": 10, "marker": 0},
        ),
    ]
)
def numbers_are_read_where_text_is_usual(operation, members):
    if "key_id" in members:
        members = {**members, "key_id": keys.shared()}
    equal(kms().call(operation, **members).status_code, 200, "status")


@claim
def null_is_absent_and_unknown_members_are_ignored():
    body = {
        "key_id": keys.shared(),
        "datakey_length": None,
        "sequence": None,
        "colour": {"of": ["the", "sky"]},
    }
    answer = kms().create_datakey(body=body)
    equal(len(answer.plain_text), 64, "digits of a data key of the default length")


@claim
def a_base64_answer_has_the_standard_alphabet():
    texts = [
        kms().encrypt_data(key_id=keys.shared(), plain_text="x" * 100).cipher_text
        for _ in range(20)
    ]
    for text in texts:
        equal(base64.b64encode(base64.b64decode(text, validate=True)).decode(), text, "cipher_text")
