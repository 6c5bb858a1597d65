"""Default keys: made by the service, and not for change."""

from kit import keys
from kit.claims import claim, each, equal, refused, true
from kit.keys import kms


@claim
def a_default_key_is_marked_and_named_after_its_service():
    key = keys.describe(keys.default_key())
    equal((key.default_key_flag, key.key_state), ("1", "2"), "flag and state")
    true(key.key_alias.endswith("/default"), f"{key.key_alias} ends in /default")


CHANGES = [
    ("disable_key", {}),
    ("delete_key", {"pending_days": "7"}),
    ("update_key_alias", {"key_alias": "mine"}),
    ("update_key_description", {"key_description": "mine"}),
    ("create_kms_tag", {"tag": {"key": "k", "value": "v"}}),
    ("batch_create_kms_tags", {"action": "create", "tags": [{"key": "k", "value": "v"}]}),
    ("create_grant", {"grantee_principal": "0123456789abcdef", "operations": ["describe-key"]}),
    ("enable_key_rotation", {}),
    ("create_parameters_for_import", {"wrapping_algorithm": "RSAES_OAEP_SHA_256"}),
]


@each([(method, method, members) for method, members in CHANGES])
def a_default_key_is_not_changed_by(method, members):
    refused(400, "KMS.0211", kms().call, method, key_id=keys.default_key(), **members)


@claim
def a_default_key_encrypts():
    key_id = keys.default_key()
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")
    made = kms().create_datakey(key_id=key_id)
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32"
    )
    equal(opened.data_key, made.plain_text, "the opened data key")


@claim
def default_keys_do_not_count():
    keys.default_key()
    listed = kms().list_keys(key_spec="ALL", limit="1000").key_details
    custom = [key for key in listed if key.default_key_flag == "0"]
    equal(kms().show_user_instances().instance_num, len(custom), "instance_num")
