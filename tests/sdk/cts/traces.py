"""Audit traces: one for each operation, found by filters and pages, and nothing secret in them."""

import functools
import json
import os
import re

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

from kit import clients, clock, environment, imports, keys, operations, oracle, people
from kit.claims import claim, each, equal, refused, true, typed
from kit.environment import administrator
from kit.keys import kms

HOUR = 60 * 60 * 1000


@functools.cache
def _cts():
    return clients.cts(administrator())


def _traces(**members):
    members.setdefault("trace_type", "system")
    members.setdefault("limit", 200)
    return _cts().list_traces(**members).traces


def _names(key_id):
    """The trace names of a key, oldest first."""
    return [trace.trace_name for trace in reversed(_traces(resource_id=key_id))]


def _last(key_id):
    return _traces(resource_id=key_id, limit=1)[0]


@claim
def a_trace_tells_who_did_what_to_which_key():
    owner, alias, before = administrator(), keys.name(), clock.milliseconds()
    key_id = keys.new(key_alias=alias)
    trace = _last(key_id)
    expected = {
        "trace_name": "createKey",
        "trace_type": "ApiCall",
        "trace_rating": "normal",
        "service_type": "KMS",
        "resource_type": "CMK",
        "resource_id": key_id,
        "resource_name": alias,
        "code": "200",
        "api_version": "v1.0",
        "source_ip": "127.0.0.1",
    }
    for member, value in expected.items():
        equal(getattr(trace, member), value, member)
    equal(trace.user.domain.id, owner.domain_id, "user.domain.id")
    equal(trace.user.access_key_id, owner.ak, "user.access_key_id")
    true(abs(trace.time - before) < 60_000, "time is now, in milliseconds")
    true(trace.request_id, "request_id is there")
    true(
        re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", trace.trace_id
        ),
        "trace_id",
    )


@claim
def a_trace_has_its_types():
    key_id = keys.new()
    answer = clients.wire(_cts().list_traces(trace_type="system", resource_id=key_id))
    typed(answer["meta_data"]["count"], int, "meta_data.count")
    trace = answer["traces"][0]
    for member in (
        "code",
        "trace_id",
        "request",
        "response",
        "resource_id",
        "trace_name",
        "api_version",
    ):
        typed(trace[member], str, member)
    for member in ("time", "record_time"):
        typed(trace[member], int, member)
    typed(trace["user"], dict, "user")
    json.loads(trace["request"])
    json.loads(trace["response"])


def _lifecycle(key_id):
    kms().disable_key(key_id=key_id)
    kms().enable_key(key_id=key_id)
    kms().update_key_alias(key_id=key_id, key_alias=keys.name())
    kms().update_key_description(key_id=key_id, key_description="x")
    kms().delete_key(key_id=key_id, pending_days="7")
    kms().cancel_key_deletion(key_id=key_id)


def _data_keys(key_id):
    made = kms().create_datakey(key_id=key_id)
    kms().create_datakey_without_plaintext(key_id=key_id)
    plain = made.plain_text + oracle.digest("SHA_256", bytes.fromhex(made.plain_text)).hex()
    kms().encrypt_datakey(key_id=key_id, plain_text=plain, datakey_plain_length="32")
    kms().decrypt_datakey(key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32")


def _data(key_id):
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    kms().decrypt_data(cipher_text=cipher)


def _grants(key_id):
    usual = {"key_id": key_id, "operations": ["describe-key"], **operations.grantee()}
    for end in (kms().cancel_grant, kms().cancel_self_grant):
        end(key_id=key_id, grant_id=kms().create_grant(**usual).grant_id)


def _rotation(key_id):
    kms().enable_key_rotation(key_id=key_id)
    kms().update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    kms().disable_key_rotation(key_id=key_id)


def _tags(key_id):
    kms().create_kms_tag(key_id=key_id, tag={"key": "a", "value": "1"})
    kms().delete_tag(key_id=key_id, key="a")
    kms().batch_create_kms_tags(key_id=key_id, action="create", tags=[{"key": "b", "value": "1"}])
    kms().batch_create_kms_tags(key_id=key_id, action="delete", tags=[{"key": "b"}])


STORIES = [
    (
        "lifecycle",
        _lifecycle,
        [
            "disableKey",
            "enableKey",
            "updateKeyAlias",
            "updateKeyDescription",
            "scheduleKeyDeletion",
            "cancelKeyDeletion",
        ],
    ),
    (
        "data keys",
        _data_keys,
        ["createDataKey", "createDataKeyWithoutPlaintext", "encryptDatakey", "decryptDatakey"],
    ),
    ("data", _data, ["encryptData", "decryptData"]),
    ("grants", _grants, ["createGrant", "revokeGrant", "createGrant", "retireGrant"]),
    (
        "rotation",
        _rotation,
        ["enableKeyRotation", "updateKeyRotationInterval", "disableKeyRotation"],
    ),
    ("tags", _tags, ["dealUnifiedTags"] * 4),
]


@each(STORIES)
def each_operation_leaves_one_trace(story, names):
    key_id = keys.new()
    story(key_id)
    equal(_names(key_id), ["createKey", *names], "trace names")


@claim
def imports_leave_their_traces():
    key_id = keys.imported()
    kms().delete_imported_key_material(key_id=key_id)
    names = [name for name in _names(key_id) if "Material" in name]
    equal(names, ["importKeyMaterial", "deleteImportedKeyMaterial"], "trace names")


@claim
def signatures_and_codes_leave_their_traces():
    key_id = keys.new("EC_P256")
    signature = kms().sign(key_id=key_id, **operations.ECDSA).signature
    kms().validate_signature(key_id=key_id, signature=signature, **operations.ECDSA)
    kms().show_public_key(key_id=key_id)
    equal(_names(key_id), ["createKey", "sign", "verify", "getPublicKey"], "trace names")
    key_id = keys.new("HMAC_256")
    mac = kms().generate_mac(key_id=key_id, **operations.HMAC).mac
    kms().verify_mac(key_id=key_id, mac=mac, **operations.HMAC)
    equal(_names(key_id), ["createKey", "generateMac", "verifyMac"], "trace names")


@claim
def random_numbers_are_a_resource_of_their_own():
    kms().create_random(random_data_length="8")
    trace = _traces(trace_name="genRandom", limit=1)[0]
    equal((trace.resource_type, trace.trace_name), ("RNG", "genRandom"), "trace")


@claim
def a_refusal_is_a_warning():
    key_id = keys.new()
    refused(400, "KMS.1201", kms().enable_key, key_id=key_id)
    trace = _last(key_id)
    equal(
        (trace.trace_name, trace.trace_rating, trace.code), ("enableKey", "warning", "400"), "trace"
    )


@claim
def a_forbidden_call_names_its_caller():
    user, key_id = people.new("spy"), keys.new()
    try:
        clients.kms(user).disable_key(key_id=key_id)
    except ServiceResponseException as error:
        equal(error.status_code, 403, "status")
    trace = _traces(user=user.name, limit=1)[0]
    equal(
        (trace.trace_name, trace.code, trace.trace_rating),
        ("disableKey", "403", "warning"),
        "trace",
    )
    equal((trace.user.id, trace.user.access_key_id), (user.user_id, user.ak), "user")


@claim
def filters_are_exact():
    key_id = keys.new()
    kms().disable_key(key_id=key_id)
    name = keys.describe(key_id).key_alias
    equal(
        [trace.trace_name for trace in _traces(resource_id=key_id, trace_name="disableKey")],
        ["disableKey"],
        "by name",
    )
    true(
        all(trace.resource_name == name for trace in _traces(resource_name=name)),
        "by resource name",
    )
    true(_traces(resource_name=name), "by resource name something is found")
    equal(_traces(resource_id=key_id, trace_rating="incident"), [], "incidents")
    equal(_traces(resource_id=key_id, service_type="OBS"), [], "traces of another service")
    equal(_traces(resource_id=key_id, access_key_id="NOBODY"), [], "traces of another access key")
    equal(_traces(resource_id=keys.UNKNOWN), [], "traces of no key")
    one, other = (
        _traces(resource_id=key_id, resource_type="cmk"),
        _traces(resource_id=key_id, resource_type="CMK"),
    )
    equal(len(one), len(other), "traces by both cases of a type")


@claim
def one_trace_is_found_by_its_identifier():
    keys.new()
    trace = _traces(limit=1)[0]
    found = _traces(trace_id=trace.trace_id, trace_name="nothing")
    equal([one.trace_id for one in found], [trace.trace_id], "traces")


@claim
def pages_go_back_in_time_and_hold_each_trace_once():
    key_id = keys.new()
    for _ in range(3):
        kms().disable_key(key_id=key_id)
        kms().enable_key(key_id=key_id)
    whole = [trace.trace_id for trace in _traces(resource_id=key_id)]
    equal(len(whole), 7, "traces")
    listed, following = [], None
    while True:
        members = {"trace_type": "system", "resource_id": key_id, "limit": 3}
        if following:
            members["next"] = following
        page = _cts().list_traces(**members)
        equal(page.meta_data.count, len(page.traces), "meta_data.count")
        listed += [trace.trace_id for trace in page.traces]
        following = page.meta_data.marker
        if not page.traces or not following:
            break
    equal(listed, whole, "pages together")


@claim
def the_window_leaves_out_its_ends():
    key_id = keys.new()
    moment = _last(key_id).time
    found = _traces(resource_id=key_id, _from=moment - 1, to=moment + 1)
    equal(len(found), 1, "traces around the moment")
    equal(
        _traces(resource_id=key_id, _from=moment, to=moment + HOUR), [], "traces after the moment"
    )
    equal(
        _traces(resource_id=key_id, _from=moment - HOUR, to=moment), [], "traces before the moment"
    )


LIMITS = [("0", 0), ("201", 201), ("-1", -1)]


@each(LIMITS)
def a_bad_limit_is_refused(limit):
    try:
        _traces(limit=limit)
    except ServiceResponseException as error:
        equal(error.status_code, 400, "status")
        return
    raise AssertionError("it was allowed")


@claim
def ten_traces_are_shown_when_no_limit_is_given():
    key_id = keys.new()
    for number in range(11):
        kms().update_key_description(key_id=key_id, key_description=str(number))
    page = _cts().list_traces(trace_type="system", resource_id=key_id)
    equal(len(page.traces), 10, "traces")


@claim
def another_account_sees_nothing():
    key_id = keys.new()
    other = clients.cts(environment.stranger())
    equal(other.list_traces(trace_type="system", resource_id=key_id).traces, [], "traces")


@claim
def nothing_secret_is_in_a_trace():
    key_id, text = keys.new(), "do-not-write-me-down"
    data_key = kms().create_datakey(key_id=key_id)
    cipher = kms().encrypt_data(key_id=key_id, plain_text=text).cipher_text
    kms().decrypt_data(cipher_text=cipher)
    pair = kms().create_ec_datakey_pair(key_id=key_id, key_spec="ECC_NIST_P256")
    plain = os.urandom(32)
    sealed_plain = (plain + oracle.digest("SHA_256", plain)).hex()
    kms().encrypt_datakey(key_id=key_id, plain_text=sealed_plain, datakey_plain_length="32")
    random = kms().create_random(random_data_length="512").random_data
    external = keys.external()
    parameters = imports.parameters(kms(), external)
    wrapped = imports.wrapped(parameters, os.urandom(32))
    kms().import_key_material(key_id=external, import_token=parameters.import_token, **wrapped)
    secrets = [
        text,
        oracle.b64(text.encode()),
        data_key.plain_text,
        pair.private_key_plain_text,
        plain.hex(),
        random,
        parameters.import_token,
        wrapped["encrypted_key_material"],
        administrator().sk,
    ]
    seen = b"".join(_pages()).lower()
    true(key_id.encode() in seen, "the traces of the key are among those looked at")
    for number, secret in enumerate(secrets):
        true(secret.lower().encode() not in seen, f"secret {number} stands in no trace")


def _pages():
    following = None
    for _ in range(20):
        members = {"trace_type": "system", "limit": 200}
        if following:
            members["next"] = following
        page = _cts().list_traces(**members)
        yield page.raw_content
        following = page.meta_data.marker
        if not page.traces or not following:
            return


@claim
def the_tracker_is_there():
    trackers = _cts().list_trackers().trackers
    names = [(tracker.tracker_name, tracker.tracker_type, tracker.status) for tracker in trackers]
    true(("system", "system", "enabled") in names, f"{names} holds the system tracker")


@claim
def the_operations_of_the_service_are_listed():
    listed = _cts().list_operations(service_type="KMS").operations
    names = {name for entry in listed for name in entry.operation_list}
    true(
        {"createKey", "encryptDatakey", "dealUnifiedTags", "genRandom"} <= names,
        f"{names} holds them",
    )
