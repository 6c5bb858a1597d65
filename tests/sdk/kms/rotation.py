"""Rotation: by plan and on demand. What time does to a plan is in `clock.rotation`."""

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import keys
from kit.claims import Skipped, claim, each, equal, refused, true
from kit.keys import kms


def _status(key_id):
    return kms().show_key_rotation_status(key_id=key_id)


@claim
def a_new_key_is_not_rotated():
    status = _status(keys.new())
    equal(status.key_rotation_enabled, False, "key_rotation_enabled")
    equal((status.last_rotation_time, status.number_of_rotations), ("", 0), "history")


@claim
def a_plan_begins_with_365_days_and_can_be_changed_and_ended():
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    status = _status(key_id)
    equal((status.key_rotation_enabled, status.rotation_interval), (True, 365), "plan")
    equal(keys.describe(key_id).key_rotation_enabled, "true", "key_info.key_rotation_enabled")
    kms().update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    equal(_status(key_id).rotation_interval, 30, "rotation_interval")
    kms().disable_key_rotation(key_id=key_id)
    equal(_status(key_id).key_rotation_enabled, False, "key_rotation_enabled")
    equal(keys.describe(key_id).key_rotation_enabled, "false", "key_info.key_rotation_enabled")


@claim
def a_plan_begins_anew_with_365_days():
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    kms().update_key_rotation_interval(key_id=key_id, rotation_interval=31)
    kms().disable_key_rotation(key_id=key_id)
    kms().enable_key_rotation(key_id=key_id)
    equal(_status(key_id).rotation_interval, 365, "rotation_interval")


@claim
def a_plan_cannot_begin_twice():
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    refused(400, "KMS.2901", kms().enable_key_rotation, key_id=key_id)


@claim
def without_a_plan_there_is_nothing_to_change_or_end():
    key_id = keys.shared()
    refused(400, "KMS.0313", kms().disable_key_rotation, key_id=key_id)
    refused(
        400, "KMS.0313", kms().update_key_rotation_interval, key_id=key_id, rotation_interval=30
    )


_PLANNED = []


def _planned():
    if not _PLANNED:
        _PLANNED.append(keys.new())
        kms().enable_key_rotation(key_id=_PLANNED[0])
    return _PLANNED[0]


INTERVALS = [
    ("none", "KMS.0204", None),
    ("29 days", "KMS.3001", 29),
    ("366 days", "KMS.3001", 366),
    ("0", "KMS.3001", 0),
    ("-30", "KMS.3001", -30),
    ("a word", "KMS.3001", "month"),
    ("a fraction", "KMS.3001", 30.5),
]


@each(INTERVALS)
def a_bad_interval_is_refused(code, interval):
    refused(
        400,
        code,
        kms().update_key_rotation_interval,
        key_id=_planned(),
        rotation_interval=interval,
    )


@each([("30", 30), ("365", 365), ("text", "90")])
def intervals_at_the_ends_are_good(interval):
    kms().update_key_rotation_interval(key_id=_planned(), rotation_interval=interval)
    equal(_status(_planned()).rotation_interval, int(interval), "rotation_interval")


def _rotate(key_id):
    try:
        return kms().rotate_on_demand(key_id=key_id)
    except ClientRequestException as error:
        if error.error_code == "APIGW.0101":
            raise Skipped("rotate-on-demand is not offered") from error
        raise


@claim
def a_rotation_on_demand_counts_and_old_ciphertexts_still_open():
    key_id = keys.new()
    data = [kms().encrypt_data(key_id=key_id, plain_text="version 1").cipher_text]
    data_keys = [kms().create_datakey(key_id=key_id)]
    for number in (1, 2, 3):
        equal(_rotate(key_id).key_id, key_id, "key_id")
        status = _status(key_id)
        equal(status.number_of_rotations, number, "number_of_rotations")
        true(status.last_rotation_time.isdecimal(), "last_rotation_time is a moment")
        text = f"version {number + 1}"
        data.append(kms().encrypt_data(key_id=key_id, plain_text=text).cipher_text)
        data_keys.append(kms().create_datakey(key_id=key_id))
    for version, cipher in enumerate(data, 1):
        opened = kms().decrypt_data(cipher_text=cipher)
        equal((opened.plain_text, opened.key_id), (f"version {version}", key_id), "opened")
    for made in data_keys:
        opened = kms().decrypt_datakey(
            key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32"
        )
        equal(opened.data_key, made.plain_text, "the opened data key")


@claim
def a_rotation_changes_nothing_else():
    key_id = keys.new(key_description="kept")
    before = keys.describe(key_id)
    _rotate(key_id)
    equal(keys.describe(key_id).to_dict(), before.to_dict(), "key")


@claim
def a_rotation_on_demand_needs_no_plan_and_starts_none():
    key_id = keys.new()
    _rotate(key_id)
    equal(_status(key_id).key_rotation_enabled, False, "key_rotation_enabled")


REFUSALS = [
    ("an asymmetric key", "KMS.0324", lambda: keys.shared("RSA_2048")),
    ("an EC key", "KMS.0324", lambda: keys.shared("EC_P256")),
    ("an HMAC key", "KMS.0341", lambda: keys.shared("HMAC_256")),
    ("an imported key", "KMS.0312", keys.imported),
    ("a disabled key", "KMS.0209", lambda: keys.disabled(keys.new())),
    ("a doomed key", "KMS.0210", lambda: keys.doomed(keys.new())),
]


@each(REFUSALS)
def a_plan_is_not_for(code, key):
    refused(400, code, kms().enable_key_rotation, key_id=key())


@claim
def a_disabled_key_keeps_its_plan():
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    keys.disabled(key_id)
    equal(_status(key_id).key_rotation_enabled, True, "key_rotation_enabled")
    keys.doomed(key_id)
    equal(_status(key_id).key_rotation_enabled, True, "key_rotation_enabled of a doomed key")
    kms().cancel_key_deletion(key_id=key_id)
    kms().enable_key(key_id=key_id)
    equal(_status(key_id).key_rotation_enabled, True, "key_rotation_enabled when enabled again")
