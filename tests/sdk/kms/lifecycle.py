"""Keys from creation to the schedule of their deletion."""

import re

from kit import clock, environment, keys
from kit.claims import claim, differ, each, equal, refused, true
from kit.keys import kms

KEY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
DAY = 24 * 60 * 60 * 1000
MINUTE = 60 * 1000

KINDS = [
    ("AES_256", "AES_256", "ENCRYPT_DECRYPT"),
    ("SM4", "SM4", "ENCRYPT_DECRYPT"),
    ("RSA_2048", "RSA_2048", "SIGN_VERIFY"),
    ("RSA_3072", "RSA_3072", "SIGN_VERIFY"),
    ("RSA_4096", "RSA_4096", "SIGN_VERIFY"),
    ("EC_P256", "EC_P256", "SIGN_VERIFY"),
    ("EC_P384", "EC_P384", "SIGN_VERIFY"),
    ("SECP256K1", "SECP256K1", "SIGN_VERIFY"),
    ("SM2", "SM2", "SIGN_VERIFY"),
    ("ED25519", "ED25519", "SIGN_VERIFY"),
    ("HMAC_256", "HMAC_256", "GENERATE_VERIFY_MAC"),
    ("HMAC_384", "HMAC_384", "GENERATE_VERIFY_MAC"),
    ("HMAC_512", "HMAC_512", "GENERATE_VERIFY_MAC"),
    ("HMAC_SM3", "HMAC_SM3", "GENERATE_VERIFY_MAC"),
]


@claim
def a_key_is_created_and_enabled_at_once():
    owner = environment.administrator()
    made = kms().create_key(key_alias=keys.name(), sequence=keys.SEQUENCE).key_info
    true(KEY_ID.fullmatch(made.key_id), f"{made.key_id} is a version 4 UUID in lower case")
    equal(made.domain_id, owner.domain_id, "domain_id")
    equal(keys.state(made.key_id), "2", "key_state")


@claim
def a_new_key_is_described_in_full():
    owner, alias, before = environment.administrator(), keys.name(), clock.milliseconds()
    key_id = keys.new(key_alias=alias, key_description="for the cellar")
    key = keys.describe(key_id)
    expected = {
        "key_id": key_id,
        "domain_id": owner.domain_id,
        "key_alias": alias,
        "realm": environment.REGION,
        "key_spec": "AES_256",
        "key_usage": "ENCRYPT_DECRYPT",
        "key_description": "for the cellar",
        "scheduled_deletion_date": "",
        "key_state": "2",
        "default_key_flag": "0",
        "key_type": "1",
        "expiration_time": "",
        "origin": "kms",
        "key_rotation_enabled": "false",
        "sys_enterprise_project_id": "0",
        "keystore_id": "0",
    }
    for member, value in expected.items():
        equal(getattr(key, member), value, member)
    true(
        re.fullmatch(r"\d{13}", key.creation_date),
        f"creation_date {key.creation_date} is 13 digits",
    )
    lag = int(key.creation_date) - before
    true(-MINUTE < lag < MINUTE, f"creation_date is now, not {lag} ms away")


@each(KINDS)
def a_kind_has_its_default_usage(spec, usage):
    key = keys.describe(keys.shared(spec))
    equal((key.key_spec, key.key_usage), (spec, usage), "spec and usage")


@claim
def an_rsa_key_may_be_for_encryption():
    key = keys.describe(keys.shared("RSA_2048", "ENCRYPT_DECRYPT"))
    equal(key.key_usage, "ENCRYPT_DECRYPT", "key_usage")


@claim
def an_external_key_waits_for_its_material():
    key = keys.describe(keys.external())
    equal((key.origin, key.key_state), ("external", "5"), "origin and state")


@claim
def an_enterprise_project_is_kept():
    project = "0aad99bc-f5f6-4f78-8404-c598d76b0ed2"
    key_id = keys.new(enterprise_project_id=project)
    equal(keys.describe(key_id).sys_enterprise_project_id, project, "sys_enterprise_project_id")


CREATIONS = [
    ("no name", "KMS.0204", {"key_alias": None}),
    ("an empty name", "KMS.1101", {"key_alias": ""}),
    ("a space in the name", "KMS.1101", {"key_alias": "two words"}),
    ("a name of 256 characters", "KMS.1101", {"key_alias": "n" * 256}),
    ("a name that ends like a default key's", "KMS.1101", {"key_alias": "obs/default"}),
    ("an unknown spec", "KMS.1110", {"key_spec": "AES_512"}),
    ("an unknown usage", "KMS.0308", {"key_usage": "WRAP"}),
    ("EC for encryption", "KMS.1114", {"key_spec": "EC_P256", "key_usage": "ENCRYPT_DECRYPT"}),
    ("AES for signatures", "KMS.1115", {"key_spec": "AES_256", "key_usage": "SIGN_VERIFY"}),
    ("HMAC for encryption", "KMS.0341", {"key_spec": "HMAC_256", "key_usage": "ENCRYPT_DECRYPT"}),
    ("HMAC from outside", "KMS.0341", {"key_spec": "HMAC_256", "origin": "external"}),
    ("an unknown origin", "KMS.0308", {"origin": "elsewhere"}),
    ("a description of 256 characters", "KMS.1103", {"key_description": "d" * 256}),
    ("a malformed sequence", "KMS.0206", {"sequence": "1"}),
]


@each(CREATIONS)
def a_bad_creation_is_refused(code, members):
    refused(400, code, kms().create_key, **{"key_alias": keys.name(), **members})


@claim
def names_of_255_characters_and_all_their_signs_are_good():
    longest = (keys.name("aZ0:/_-") + "x" * 255)[:255]
    equal(keys.describe(keys.new(key_alias=longest)).key_alias, longest, "key_alias")


@claim
def a_description_of_255_characters_counts_characters_not_bytes():
    text = "密" * 255
    equal(keys.describe(keys.new(key_description=text)).key_description, text, "key_description")


@claim
def a_name_is_given_once():
    alias = keys.name()
    keys.new(key_alias=alias)
    refused(400, "KMS.1104", kms().create_key, key_alias=alias)


@claim
def a_key_is_disabled_and_enabled():
    key_id = keys.new()
    equal(kms().disable_key(key_id=key_id).key_info.key_state, "3", "state after disable-key")
    equal(keys.state(key_id), "3", "described state")
    equal(kms().enable_key(key_id=key_id).key_info.key_state, "2", "state after enable-key")
    equal(keys.state(key_id), "2", "described state")


@claim
def a_name_and_a_description_are_changed():
    key_id, alias = keys.new(), keys.name()
    changed = kms().update_key_alias(key_id=key_id, key_alias=alias).key_info
    equal((changed.key_id, changed.key_alias), (key_id, alias), "answer")
    described = kms().update_key_description(key_id=key_id, key_description="blue").key_info
    equal((described.key_id, described.key_description), (key_id, "blue"), "answer")
    key = keys.describe(key_id)
    equal((key.key_alias, key.key_description), (alias, "blue"), "described")


@claim
def an_empty_description_clears():
    key_id = keys.new(key_description="red")
    kms().update_key_description(key_id=key_id, key_description="")
    equal(keys.describe(key_id).key_description, "", "key_description")


@claim
def a_name_of_another_key_is_refused():
    taken, key_id = keys.name(), keys.shared()
    keys.new(key_alias=taken)
    refused(400, "KMS.1104", kms().update_key_alias, key_id=key_id, key_alias=taken)


@claim
def a_key_may_be_given_its_own_name_again():
    key_id = keys.shared()
    alias = keys.describe(key_id).key_alias
    equal(
        kms().update_key_alias(key_id=key_id, key_alias=alias).key_info.key_alias,
        alias,
        "key_alias",
    )


UPDATES = [
    ("a name like a default key's", "KMS.1101", "update_key_alias", {"key_alias": "evs/default"}),
    ("a name with a bad character", "KMS.1101", "update_key_alias", {"key_alias": "a,b"}),
    ("no name", "KMS.0204", "update_key_alias", {}),
    ("a long description", "KMS.1103", "update_key_description", {"key_description": "d" * 256}),
    ("no description", "KMS.0204", "update_key_description", {}),
]


@each(UPDATES)
def a_bad_update_is_refused(code, operation, members):
    refused(400, code, kms().call, operation, key_id=keys.shared(), **members)


@claim
def deletion_is_scheduled_and_cancelled():
    key_id = keys.new()
    before = clock.milliseconds()
    answer = kms().delete_key(key_id=key_id, pending_days="7")
    equal((answer.key_id, answer.key_state), (key_id, "4"), "answer")
    key = keys.describe(key_id)
    equal(key.key_state, "4", "key_state")
    lag = int(key.scheduled_deletion_date) - before - 7 * DAY
    true(-MINUTE < lag < MINUTE, f"the deletion is 7 days ahead, not {lag} ms off")
    answer = kms().cancel_key_deletion(key_id=key_id)
    equal((answer.key_id, answer.key_state), (key_id, "3"), "answer of the cancellation")
    key = keys.describe(key_id)
    equal((key.key_state, key.scheduled_deletion_date), ("3", ""), "state and date")


@claim
def a_key_without_material_waits_for_it_again_when_its_deletion_is_cancelled():
    key_id = keys.doomed(keys.external())
    equal(kms().cancel_key_deletion(key_id=key_id).key_state, "5", "key_state")
    equal(keys.state(key_id), "5", "described state")


@claim
def an_imported_key_is_disabled_when_its_deletion_is_cancelled():
    key_id = keys.doomed(keys.imported())
    equal(kms().cancel_key_deletion(key_id=key_id).key_state, "3", "key_state")


DAYS = [
    ("none", "KMS.0204", None),
    ("6", "KMS.1401", "6"),
    ("1097", "KMS.1401", "1097"),
    ("0", "KMS.1401", "0"),
    ("-7", "KMS.1401", "-7"),
    ("a word", "KMS.1401", "week"),
    ("a fraction", "KMS.1401", "7.5"),
    ("a huge number", "KMS.1401", "9" * 40),
]


@each(DAYS)
def pending_days_out_of_range_are_refused(code, days):
    refused(400, code, kms().delete_key, key_id=keys.shared(), pending_days=days)


@each([("7", "7"), ("1096", "1096"), ("a number instead of text", 30)])
def pending_days_at_the_ends_are_good(days):
    key_id = keys.doomed(keys.new(), days)
    equal(keys.state(key_id), "4", "key_state")


@claim
def a_name_stays_taken_while_a_key_waits_for_deletion():
    alias = keys.name()
    keys.doomed(keys.new(key_alias=alias))
    refused(400, "KMS.1104", kms().create_key, key_alias=alias)


@claim
def two_keys_never_share_an_identifier():
    differ(keys.new(), keys.new(), "key_id")
