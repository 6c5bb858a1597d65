"""The roles and policies that every account has."""

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

from iam.table import PERMISSIONS
from kit import clients, people
from kit.claims import claim, each, equal

EVERYTHING = {row.name for row in PERMISSIONS}

READING = {
    "list-keys", "describe-key", "get-publickey", "user-instances", "user-quotas", "list-grants",
    "list-retirable-grants", "get-key-rotation-status", "resource_instances", "key tags", "project tags",
    "list aliases",
}  # fmt: skip

# What the guest may do besides reading.
GUEST = {
    "create-key", "create-datakey", "create-datakey-without-plaintext", "encrypt-datakey", "decrypt-datakey",
    "retire-grant", "decrypt-data", "encrypt-data", "gen-random", "re-encrypt",
}  # fmt: skip

ROLES = [
    ("KMS Administrator", EVERYTHING),
    ("KMS CMKFullAccess", EVERYTHING),
    ("KMS CMKReadOnlyAccess", READING),
    ("Tenant Guest", READING | GUEST),
    ("DEW KeypairFullAccess", set()),
    ("DEW KeypairReadOnlyAccess", set()),
    ("CSMS FullAccess", set()),
    ("CSMS ReadOnlyAccess", set()),
]


def _forbidden(row, client):
    try:
        row.call(client)
    except ServiceResponseException as error:
        return error.status_code == 403
    return False


@each([(name, name, permitted) for name, permitted in ROLES])
def a_role_permits_exactly_its_operations(name, permitted):
    client = clients.kms(people.with_role(name))
    got = {row.name for row in PERMISSIONS if not _forbidden(row, client)}
    equal(sorted(got - permitted), [], "permitted too much")
    equal(sorted(permitted - got), [], "permitted too little")


@claim
def a_denial_takes_away_what_the_guest_may():
    user = people.with_role("Tenant Guest")
    client = clients.kms(user)
    row = next(row for row in PERMISSIONS if row.name == "encrypt-data")
    equal(_forbidden(row, client), False, "forbidden")
    people.attach(
        people.group(user), people.policy(people.statement("Deny", "kms:cmk:encryptData"))
    )
    equal(_forbidden(row, client), True, "forbidden")
