"""The quota of keys: it is used up here, so this group needs an account of its own."""

from kit import keys
from kit.claims import claim, equal, refused
from kit.keys import kms

QUOTA = 100


@claim
def an_account_has_100_custom_keys_at_most():
    made = [keys.new() for _ in range(QUOTA - kms().show_user_instances().instance_num)]
    equal(kms().show_user_instances().instance_num, QUOTA, "instance_num")
    refused(400, "KMS.1105", kms().create_key, key_alias=keys.name())
    refused(400, "KMS.1105", kms().create_key, key_alias=keys.name(), origin="external")
    keys.doomed(made[0])
    refused(400, "KMS.1105", kms().create_key, key_alias=keys.name())


@claim
def a_full_account_still_works():
    key_id = kms().list_keys(key_state="2", limit="1").keys[0]
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")
