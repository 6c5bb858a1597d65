"""Key stores, user quotas, versions and random numbers."""

import re

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import clients, keys, raw
from kit.claims import Skipped, claim, differ, each, equal, refused, true, typed
from kit.keys import kms

QUOTA = 100


@claim
def quotas_are_those_of_the_guide():
    resources = {resource.type: resource for resource in kms().show_user_quotas().quotas.resources}
    equal(set(resources), {"CMK", "grant_per_CMK"}, "types")
    equal(resources["CMK"].quota, QUOTA, "quota of keys")
    equal(resources["grant_per_CMK"].quota, 100, "quota of grants")


@claim
def custom_keys_are_counted():
    before = kms().show_user_instances().instance_num
    keys.new()
    equal(kms().show_user_instances().instance_num, before + 1, "instance_num")
    used = {resource.type: resource.used for resource in kms().show_user_quotas().quotas.resources}
    equal(used["CMK"], before + 1, "used keys")


@each([(str(bits), str(bits)) for bits in (8, 16, 512, 8184, 8192)])
def random_data_has_its_length(bits):
    text = kms().create_random(random_data_length=bits).random_data
    equal(len(text) * 4, int(bits), "bits")
    true(re.fullmatch(r"[0-9A-Fa-f]+", text), "they are hexadecimal")


@claim
def random_data_is_not_the_same_twice():
    made = {kms().create_random(random_data_length="512").random_data for _ in range(20)}
    equal(len(made), 20, "different answers")


RANDOM = [
    ("none", "KMS.0204", None),
    ("0", "KMS.1801", "0"),
    ("8200", "KMS.1801", "8200"),
    ("-8", "KMS.1801", "-8"),
    ("12", "KMS.1802", "12"),
    ("a word", "KMS.1801", "much"),
    ("a huge number", "KMS.1801", "9" * 40),
]


@each(RANDOM)
def a_bad_length_is_refused(code, bits):
    refused(400, code, kms().create_random, random_data_length=bits, sequence=keys.SEQUENCE)


@claim
def versions_are_shown_to_everyone():
    version = kms().show_versions().versions[0]
    equal((version.id, version.status), ("v1.0", "CURRENT"), "version")
    true(version.links[0].href.endswith("/v1.0/"), f"{version.links[0].href} ends in /v1.0/")
    answer = raw.unsigned("GET", "/")
    equal((answer.status, answer.json()["versions"][0]["id"]), (200, "v1.0"), "unsigned answer")
    one = kms().show_version(version_id="v1.0").version
    equal(one["id"], "v1.0", "id of the one version")


@claim
def the_default_key_store_holds_keys():
    equal(keys.describe(keys.new(keystore_id="0")).keystore_id, "0", "keystore_id")


@claim
def an_unknown_key_store_is_refused():
    refused(400, "KMS.8003", kms().show_key_store, keystore_id=keys.UNKNOWN)


@claim
def key_stores_are_listed():
    answer = clients.wire(kms().list_key_stores())
    typed(answer["total"], int, "total")
    typed(answer["keystores"], list, "keystores")
    for store in answer["keystores"]:
        for member, value in store.items():
            typed(value, str, member)


@claim
def a_key_store_lives_its_life():
    alias = keys.name("store")
    try:
        made = kms().create_key_store(keystore_alias=alias, keystore_type="DHSM").keystore
    except ClientRequestException as error:
        raise Skipped(f"no second HSM to make a store of: {error.error_code}") from error
    shown = kms().show_key_store(keystore_id=made.keystore_id).keystore
    equal((shown.keystore_alias, shown.keystore_type), (alias, "DHSM"), "store")
    disabled = kms().disable_key_store(keystore_id=made.keystore_id).keystore
    equal(disabled.keystore_state, "3", "state")
    enabled = kms().enable_key_store(keystore_id=made.keystore_id).keystore
    equal(enabled.keystore_state, "2", "state")
    kms().disable_key_store(keystore_id=made.keystore_id)
    kms().delete_key_store(keystore_id=made.keystore_id)
    refused(400, "KMS.8003", kms().show_key_store, keystore_id=made.keystore_id)


UNPUBLISHED = [
    (
        "replication",
        "replicate_key",
        {"key_id": keys.UNKNOWN, "replica_region": "cn-south-1", "key_alias": "r"},
    ),
    (
        "a primary region",
        "update_primary_region",
        {"key_id": keys.UNKNOWN, "primary_region": "cn-south-1"},
    ),
    ("capsules", "create_datakey_capsule", {"key_id": keys.UNKNOWN, "datakey_length": "256"}),
    ("pins", "create_pin", {"pin_type": "PlainText"}),
    ("access points", "list_access_point", {"keyspace_id": keys.UNKNOWN}),
    ("key policies", "list_key_policy", {"keyspace_id": keys.UNKNOWN}),
]


@each(UNPUBLISHED)
def what_is_not_offered_is_an_unpublished_api(operation, members):
    refused(404, "APIGW.0101", kms().call, operation, **members)


@claim
def every_answer_has_a_request_id_of_its_own():
    ids = [raw.unsigned("GET", "/").headers.get("x-request-id") for _ in range(2)]
    true(all(ids), "X-Request-Id is there")
    differ(ids[0], ids[1], "X-Request-Id")
