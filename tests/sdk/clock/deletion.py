"""Deletion when its date has come."""

from kit import clients, clock, environment, keys, operations
from kit.claims import claim, each, equal, refused, true
from kit.keys import kms
from kit.operations import ALL


def _gone(key_id):
    refused(404, "KMS.0207", kms().list_key_detail, key_id=key_id)


@claim
def a_key_goes_after_7_days_and_not_before():
    key_id = keys.doomed(keys.new())
    clock.advance(days=6, hours=23)
    equal(keys.state(key_id), "4", "key_state after 6 days")
    clock.advance(hours=1, minutes=5)
    _gone(key_id)


@claim
def a_key_goes_after_1096_days_and_not_before():
    key_id = keys.doomed(keys.new(), "1096")
    clock.advance(days=1095)
    equal(keys.state(key_id), "4", "key_state after 1095 days")
    clock.advance(days=1, minutes=5)
    _gone(key_id)


@claim
def a_cancelled_deletion_does_not_come():
    key_id = keys.doomed(keys.new())
    kms().cancel_key_deletion(key_id=key_id)
    clock.advance(days=8)
    equal(keys.state(key_id), "3", "key_state")


@claim
def everything_goes_with_the_key():
    alias, second = keys.name(), keys.name("alias/gone")
    key_id = keys.new(key_alias=alias)
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    kms().create_alias(key_id=key_id, alias=second)
    kms().create_kms_tag(key_id=key_id, tag={"key": keys.name("tag"), "value": "v"})
    kms().create_grant(key_id=key_id, operations=["describe-key"], **operations.grantee())
    before = kms().show_user_instances().instance_num
    keys.doomed(key_id)
    clock.advance(days=7, minutes=5)
    _gone(key_id)
    refused(404, "KMS.0207", kms().decrypt_data, cipher_text=cipher)
    refused(404, "KMS.0207", kms().list_key_detail, key_id=second)
    stranger = clients.kms(environment.stranger())
    refused(404, "KMS.0207", stranger.list_key_detail, key_id=key_id)
    true(key_id not in kms().list_keys(limit="1000").keys, "the key is not listed")
    true(kms().show_user_instances().instance_num < before, "the key does not count any more")
    keys.new(key_alias=alias)
    kms().create_alias(key_id=keys.shared(), alias=second)


@each([(operation.name, operation) for operation in ALL])
def a_deleted_key_is_unknown_to(operation):
    members = operations.plausible(operation)
    refused(404, "KMS.0207", operations.call, kms(), operation, _deleted(), members)


_DELETED = []


def _deleted():
    if not _DELETED:
        _DELETED.append(keys.doomed(keys.new()))
        clock.advance(days=7, minutes=5)
    return _DELETED[0]


@claim
def the_deletion_leaves_a_trace_of_the_system():
    key_id = keys.doomed(keys.new())
    clock.advance(days=7, minutes=5)
    _gone(key_id)
    reader = clients.cts(environment.administrator())
    traces = reader.list_traces(
        trace_type="system",
        resource_id=key_id,
        trace_name="deleteKey",
        _from=clock.milliseconds() - 24 * 60 * 60 * 1000,
        to=clock.milliseconds(),
    ).traces
    equal([trace.trace_type for trace in traces], ["SystemAction"], "traces")
