"""Rotation by plan."""

from kit import clients, clock, environment, keys
from kit.claims import claim, equal, true
from kit.keys import kms


def _planned(interval=None):
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    if interval:
        kms().update_key_rotation_interval(key_id=key_id, rotation_interval=interval)
    return key_id


def _count(key_id):
    return kms().show_key_rotation_status(key_id=key_id).number_of_rotations


@claim
def a_key_rotates_after_365_days_and_not_before():
    key_id = _planned()
    cipher = kms().encrypt_data(key_id=key_id, plain_text="version 1").cipher_text
    made = kms().create_datakey(key_id=key_id)
    clock.advance(days=364)
    equal(_count(key_id), 0, "rotations after 364 days")
    clock.advance(days=1, minutes=5)
    equal(_count(key_id), 1, "rotations after 365 days")
    status = kms().show_key_rotation_status(key_id=key_id)
    lag = clock.milliseconds() - int(status.last_rotation_time)
    true(-60_000 < lag < 24 * 60 * 60 * 1000, f"the rotation was {lag} ms ago")
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "version 1", "plain_text")
    opened = kms().decrypt_datakey(
        key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32"
    )
    equal(opened.data_key, made.plain_text, "the opened data key")
    clock.advance(days=365, minutes=5)
    equal(_count(key_id), 2, "rotations after two years")
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "version 1", "plain_text")


@claim
def an_interval_of_30_days_rotates_every_30_days():
    key_id = _planned(30)
    for number in (1, 2, 3):
        clock.advance(days=30, minutes=5)
        equal(_count(key_id), number, f"rotations after {30 * number} days")


@claim
def a_disabled_key_waits_and_rotates_once_when_enabled():
    key_id = _planned(30)
    kms().disable_key(key_id=key_id)
    clock.advance(days=95)
    equal(_count(key_id), 0, "rotations while disabled")
    kms().enable_key(key_id=key_id)
    clock.advance(hours=24)
    equal(_count(key_id), 1, "rotations a day after it was enabled")


@claim
def a_doomed_key_waits_too():
    key_id = keys.doomed(_planned(30), "90")
    clock.advance(days=31)
    equal(_count(key_id), 0, "rotations while doomed")
    kms().cancel_key_deletion(key_id=key_id)
    kms().enable_key(key_id=key_id)
    clock.advance(hours=24)
    equal(_count(key_id), 1, "rotations a day after it was enabled")


@claim
def a_plan_that_ended_rotates_no_more():
    key_id = _planned(30)
    kms().disable_key_rotation(key_id=key_id)
    clock.advance(days=31)
    equal(_count(key_id), 0, "rotations")


@claim
def a_rotation_by_plan_leaves_a_trace_of_the_system():
    key_id = _planned(30)
    clock.advance(days=30, minutes=5)
    equal(_count(key_id), 1, "rotations")
    reader = clients.cts(environment.administrator())
    traces = reader.list_traces(
        trace_type="system",
        resource_id=key_id,
        trace_name="rotateKey",
        _from=clock.milliseconds() - 24 * 60 * 60 * 1000,
        to=clock.milliseconds(),
    ).traces
    equal([trace.trace_type for trace in traces], ["SystemAction"], "traces")
