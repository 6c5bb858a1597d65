"""Every operation under every single permission."""

import functools

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

from iam.table import EVERY_ACTION, PERMISSIONS
from kit import clients, people
from kit.claims import claim, each, equal, true

ROWS = [(row.name, row) for row in PERMISSIONS]


@functools.cache
def _subject():
    """One user in a group with one policy, which each claim rewrites."""
    user = people.new("subject")
    role_id = people.policy(people.statement("Allow", "kms:cmk:get"))
    people.attach(people.group(user), role_id)
    return clients.kms(user), role_id


def _under(*statements, version="1.1"):
    client, role_id = _subject()
    people.rewrite(role_id, *statements, version=version)
    return client


def _outcome(row, client):
    """What came back: an error code, or None for success."""
    try:
        row.call(client)
    except ServiceResponseException as error:
        if error.status_code == 403:
            true(
                error.error_code in ("KMS.0306", "KMS.0307"),
                f"{error.error_code} names a missing right",
            )
            return "forbidden"
        return error.error_code
    return None


@each(ROWS)
def the_old_name_permits(row):
    client = _under(people.statement("Allow", row.old))
    equal(_outcome(row, client), row.expected, f"outcome under {row.old}")


@each(ROWS)
def the_new_name_permits(row):
    client = _under(people.statement("Allow", *row.new))
    equal(_outcome(row, client), row.expected, f"outcome under {row.new}")


@each(ROWS)
def every_other_permission_together_does_not(row):
    others = [action for action in EVERY_ACTION if action != row.old and action not in row.new]
    client = _under(people.statement("Allow", *others))
    equal(_outcome(row, client), "forbidden", "outcome under all others")


@each(ROWS)
def a_denial_by_either_name_beats_everything(row):
    everything = people.statement("Allow", "kms:*:*")
    for denied in (row.old, row.new[0]):
        client = _under(everything, people.statement("Deny", denied))
        equal(_outcome(row, client), "forbidden", f"outcome when {denied} is denied")


@claim
def a_policy_of_the_newer_version_is_read_too():
    client = _under(people.statement("Allow", "kms:cmk:encryptData"), version="5.0")
    row = next(row for row in PERMISSIONS if row.name == "encrypt-data")
    equal(_outcome(row, client), None, "outcome")


WILDCARDS = ["kms:*:*", "*", "*:*:*"]


@each([(pattern, pattern) for pattern in WILDCARDS])
def a_wildcard_permits_everything(pattern):
    client = _under(people.statement("Allow", pattern))
    for row in PERMISSIONS:
        equal(_outcome(row, client), row.expected, f"outcome of {row.name}")


@claim
def a_wildcard_in_a_part_stays_in_it():
    client = _under(people.statement("Allow", "kms:cmk:get*"))
    expected = {
        "describe-key",
        "get-publickey",
        "user-instances",
        "user-quotas",
        "get-key-rotation-status",
    }
    expected |= {"get-parameters-for-import", "key tags", "project tags"}
    for row in PERMISSIONS:
        wanted = row.expected if row.name in expected else "forbidden"
        equal(_outcome(row, client), wanted, f"outcome of {row.name}")


@claim
def no_policy_permits_nothing():
    client = clients.kms(people.new("nobody"))
    for row in PERMISSIONS:
        equal(_outcome(row, client), "forbidden", f"outcome of {row.name}")


@claim
def a_policy_of_another_service_permits_nothing():
    client = _under(people.statement("Allow", "obs:*:*", "csms:*:*", "kmsx:*:*"))
    for row in PERMISSIONS:
        equal(_outcome(row, client), "forbidden", f"outcome of {row.name}")
