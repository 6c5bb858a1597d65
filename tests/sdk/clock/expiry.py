"""What expires: tokens, temporary keys, import parameters, imported material, traces."""

import os
from dataclasses import replace

from kit import clients, clock, environment, imports, keys, people, raw
from kit.claims import claim, equal, refused, true
from kit.environment import administrator
from kit.keys import kms
from wire import tokens

DAY = 24 * 60 * 60


def _list(token):
    return raw.with_token(token, "POST", f"/v1.0/{administrator().project_id}/kms/list-keys", {})


@claim
def a_token_lives_for_a_day():
    token = tokens.token()
    clock.advance(hours=23, minutes=59)
    equal(_list(token).status, 200, "status after 23 h 59 min")
    clock.advance(minutes=2)
    answer = _list(token)
    equal((answer.status, answer.code()), (403, "KMS.0303"), "answer after a day")


@claim
def a_temporary_key_lives_as_long_as_it_was_asked_for():
    auth = {
        "identity": {"methods": ["token"], "token": {"id": tokens.token(), "duration_seconds": 900}}
    }
    answer = raw.unsigned("POST", "/v3.0/OS-CREDENTIAL/securitytokens", {"auth": auth})
    equal(answer.status, 201, "status")
    credential = answer.json()["credential"]
    temporary = replace(
        administrator(),
        ak=credential["access"],
        sk=credential["secret"],
        security_token=credential["securitytoken"],
    )
    clock.advance(minutes=14)
    equal(clients.kms(temporary).list_keys().status_code, 200, "status after 14 minutes")
    clock.advance(minutes=2)
    equal(raw.kms(temporary, "list-keys", {}).status, 401, "status after 16 minutes")


@claim
def a_signature_follows_the_servers_clock():
    date = clock.date()
    clock.advance(hours=1)
    equal(
        raw.kms(administrator(), "list-keys", {}, date=date).status, 401, "status of the old date"
    )
    equal(raw.kms(administrator(), "list-keys", {}).status, 200, "status of the new date")


@claim
def import_parameters_live_for_a_day():
    key_id, secret = keys.external(), os.urandom(32)
    answer = imports.parameters(kms(), key_id)
    clock.advance(hours=24, minutes=1)
    wrapped = imports.wrapped(answer, secret)
    refused(
        400,
        "KMS.2601",
        kms().import_key_material,
        key_id=key_id,
        import_token=answer.import_token,
        **wrapped,
    )
    imports.give(kms(), key_id, secret)
    equal(keys.state(key_id), "2", "key_state with new parameters")


@claim
def imported_material_expires_and_comes_back():
    key_id, secret = keys.external(), os.urandom(32)
    at = clock.milliseconds() // 1000 + 2 * DAY
    imports.give(kms(), key_id, secret, at)
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    clock.advance(days=1)
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text before expiry")
    clock.advance(days=2)
    equal(keys.state(key_id), "5", "key_state after expiry")
    refused(400, "KMS.1301", kms().decrypt_data, cipher_text=cipher)
    answer = imports.parameters(kms(), key_id)
    refused(
        400,
        "KMS.2606",
        kms().import_key_material,
        key_id=key_id,
        import_token=answer.import_token,
        **imports.wrapped(answer, os.urandom(32)),
    )
    imports.give(kms(), key_id, secret)
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text when it came back")


@claim
def a_disabled_key_loses_expired_material_too():
    at = clock.milliseconds() // 1000 + DAY
    key_id = keys.disabled(keys.imported(expiration_time=at))
    clock.advance(days=2)
    equal(keys.state(key_id), "5", "key_state")


@claim
def a_locked_access_key_opens_after_five_minutes():
    user = people.new("patient")
    wrong = replace(user, sk="x" * len(user.sk))
    for _ in range(6):
        raw.kms(wrong, "list-keys", {})
    equal(raw.kms(user, "list-keys", {}).status, 401, "status while locked")
    clock.advance(minutes=6)
    equal(
        raw.kms(user, "list-keys", {}).status, 403, "status of a user without permission afterwards"
    )


@claim
def traces_live_for_seven_days():
    key_id = keys.new()
    reader = clients.cts(administrator())

    def seen():
        now = clock.milliseconds()
        return reader.list_traces(
            trace_type="system", resource_id=key_id, _from=now - 8 * DAY * 1000, to=now
        ).traces

    clock.advance(days=6)
    equal([trace.trace_name for trace in seen()], ["createKey"], "traces after 6 days")
    clock.advance(days=2)
    equal(seen(), [], "traces after 8 days")


@claim
def the_default_window_of_traces_is_an_hour():
    key_id = keys.new()
    reader = clients.cts(environment.administrator())
    clock.advance(minutes=61)
    equal(reader.list_traces(trace_type="system", resource_id=key_id).traces, [], "traces")
    true(keys.describe(key_id).key_id == key_id, "the key is still there")
