"""Grants: to users of the account and of another one, retired and revoked."""

import functools
import re

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

from kit import clients, clock, environment, keys, oracle, people
from kit.claims import claim, each, equal, refused, true
from kit.keys import kms

GRANT_ID = re.compile(r"[0-9a-f]{64}")
MINUTE = 60 * 1000


@functools.cache
def grantee():
    """A user of the account without any permission."""
    return people.new("grantee")


@functools.cache
def _theirs():
    return clients.kms(grantee())


@functools.cache
def _strangers():
    return clients.kms(environment.stranger())


def _grant(key_id, *operations, to=None, **members):
    return (
        kms()
        .create_grant(
            key_id=key_id,
            grantee_principal=to or grantee().user_id,
            operations=list(operations),
            **members,
        )
        .grant_id
    )


@claim
def a_grant_is_made_and_listed_in_full():
    key_id, name = keys.new(), keys.name("grant")
    before = clock.milliseconds()
    grant_id = _grant(
        key_id, "describe-key", "create-datakey", name=name, retiring_principal=grantee().user_id
    )
    true(GRANT_ID.fullmatch(grant_id), f"{grant_id} is 64 hexadecimal digits")
    listed = kms().list_grants(key_id=key_id)
    equal((listed.total, listed.truncated, listed.next_marker), (1, "false", ""), "list")
    grant = listed.grants[0]
    equal((grant.key_id, grant.grant_id, grant.name), (key_id, grant_id, name), "grant")
    equal(grant.grantee_principal, grantee().user_id, "grantee_principal")
    equal(grant.grantee_principal_type, "user", "grantee_principal_type")
    equal(grant.retiring_principal, grantee().user_id, "retiring_principal")
    equal(sorted(grant.operations), ["create-datakey", "describe-key"], "operations")
    lag = int(grant.creation_date) - before
    true(-MINUTE < lag < MINUTE, "creation_date is now, in milliseconds")


@claim
def a_grant_suffices_and_reaches_no_further():
    key_id = keys.new()
    refused(403, "KMS.0307", _theirs().list_key_detail, key_id=key_id)
    _grant(key_id, "describe-key", "encrypt-data")
    equal(_theirs().list_key_detail(key_id=key_id).key_info.key_id, key_id, "key_id")
    cipher = _theirs().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    _forbidden(_theirs().decrypt_data, cipher_text=cipher)
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")


def _forbidden(call, **members):
    """Checks that a call is answered with a 403 that names a missing right."""
    try:
        call(**members)
    except ServiceResponseException as error:
        equal(error.status_code, 403, f"status ({error})")
        true(
            error.error_code in ("KMS.0306", "KMS.0307"),
            f"{error.error_code} names a missing right",
        )
        return
    raise AssertionError("it was allowed")


def _uses(key_id, client):
    """The granted operations and a call of each; the key is a symmetric one."""
    made = kms().create_datakey(key_id=key_id)
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    sealed = {"cipher_text": made.cipher_text, "datakey_cipher_length": "32"}
    plain = {
        "plain_text": made.plain_text
        + oracle.digest("SHA_256", bytes.fromhex(made.plain_text)).hex(),
        "datakey_plain_length": "32",
    }
    pair = {"key_spec": "ECC_NIST_P256"}
    return {
        "create-datakey": lambda: client.create_datakey(key_id=key_id),
        "create-datakey-without-plaintext": lambda: client.create_datakey_without_plaintext(
            key_id=key_id
        ),
        "encrypt-datakey": lambda: client.encrypt_datakey(key_id=key_id, **plain),
        "decrypt-datakey": lambda: client.decrypt_datakey(key_id=key_id, **sealed),
        "encrypt-data": lambda: client.encrypt_data(key_id=key_id, plain_text="text"),
        "decrypt-data": lambda: client.decrypt_data(cipher_text=cipher),
        "describe-key": lambda: client.list_key_detail(key_id=key_id),
        "create-datakey-pair": lambda: client.create_ec_datakey_pair(key_id=key_id, **pair),
    }


def _only_that(uses, granted):
    for operation, use in uses.items():
        if operation == granted:
            equal(use().status_code, 200, f"status of {operation}")
        else:
            _forbidden(use)


@claim
def each_operation_is_granted_by_itself():
    key_id = keys.new()
    uses = _uses(key_id, _theirs())
    for operation in uses:
        grant_id = _grant(key_id, operation)
        _only_that(uses, operation)
        kms().cancel_grant(key_id=key_id, grant_id=grant_id)


def _signing_uses(key_id, client):
    message = {
        "message": oracle.b64(b"m"),
        "message_type": "RAW",
        "signing_algorithm": "ECDSA_SHA_256",
    }
    signature = kms().sign(key_id=key_id, **message).signature
    return {
        "sign": lambda: client.sign(key_id=key_id, **message),
        "verify": lambda: client.validate_signature(key_id=key_id, signature=signature, **message),
        "get-publickey": lambda: client.show_public_key(key_id=key_id),
        "describe-key": lambda: client.list_key_detail(key_id=key_id),
    }


def _mac_uses(key_id, client):
    message = {"message": oracle.b64(b"m"), "mac_algorithm": "HMAC_SHA_256"}
    mac = kms().generate_mac(key_id=key_id, **message).mac
    return {
        "generate-mac": lambda: client.generate_mac(key_id=key_id, **message),
        "verify-mac": lambda: client.verify_mac(key_id=key_id, mac=mac, **message),
    }


@each([("signatures", "EC_P256", _signing_uses), ("codes", "HMAC_256", _mac_uses)])
def each_operation_of_other_keys_is_granted_by_itself(spec, uses_of):
    key_id = keys.new(spec)
    uses = uses_of(key_id, _theirs())
    for operation in uses:
        grant_id = _grant(key_id, operation)
        _only_that(uses, operation)
        kms().cancel_grant(key_id=key_id, grant_id=grant_id)


@claim
def another_account_uses_a_granted_key_from_its_own_project():
    key_id = keys.new()
    refused(404, "KMS.0207", _strangers().list_key_detail, key_id=key_id)
    _grant(
        key_id,
        "describe-key",
        "encrypt-data",
        "decrypt-data",
        to=environment.stranger().domain_id,
        grantee_principal_type="domain",
    )
    equal(_strangers().list_key_detail(key_id=key_id).key_info.key_id, key_id, "key_id")
    cipher = _strangers().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    equal(_strangers().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text for the owner")
    true(key_id not in _strangers().list_keys(limit="1000").keys, "the key is not listed there")


@claim
def a_revoked_grant_ends_at_once():
    key_id = keys.new()
    grant_id = _grant(key_id, "describe-key")
    _theirs().list_key_detail(key_id=key_id)
    kms().cancel_grant(key_id=key_id, grant_id=grant_id)
    refused(403, "KMS.0307", _theirs().list_key_detail, key_id=key_id)
    equal(kms().list_grants(key_id=key_id).grants, [], "grants")


@claim
def a_grantee_retires_a_grant_that_says_so():
    key_id = keys.new()
    grant_id = _grant(key_id, "describe-key", "retire-grant")
    _theirs().cancel_self_grant(key_id=key_id, grant_id=grant_id)
    equal(kms().list_grants(key_id=key_id).grants, [], "grants")


@claim
def a_retiring_principal_retires():
    key_id = keys.new()
    grant_id = _grant(key_id, "describe-key", retiring_principal=grantee().user_id)
    _theirs().cancel_self_grant(key_id=key_id, grant_id=grant_id)
    equal(kms().list_grants(key_id=key_id).grants, [], "grants")


@claim
def a_retiring_principal_that_may_list_sees_what_it_may_retire():
    key_id, keeper = keys.new(), people.new("keeper")
    people.attach(
        people.group(keeper),
        people.policy(people.statement("Allow", "kms:cmk:listRetirableGrants")),
    )
    grant_id = _grant(key_id, "describe-key", retiring_principal=keeper.user_id)
    _grant(key_id, "describe-key")
    listed = clients.kms(keeper).list_retirable_grants()
    equal([grant.grant_id for grant in listed.grants], [grant_id], "retirable grants")


@claim
def the_issuer_retires():
    key_id = keys.new()
    grant_id = _grant(key_id, "describe-key")
    kms().cancel_self_grant(key_id=key_id, grant_id=grant_id)
    equal(kms().list_grants(key_id=key_id).grants, [], "grants")


@claim
def a_grantee_without_retire_grant_neither_retires_nor_revokes():
    key_id = keys.new()
    grant_id = _grant(key_id, "describe-key")
    for operation in ("cancel_self_grant", "cancel_grant"):
        _forbidden(getattr(_theirs(), operation), key_id=key_id, grant_id=grant_id)
    equal(kms().list_grants(key_id=key_id).total, 1, "grants")


@claim
def a_grantee_passes_on_what_it_holds_and_no_more():
    key_id, third = keys.new(), people.new("third")
    first = _grant(key_id, "create-grant", "describe-key")
    passed = (
        _theirs()
        .create_grant(key_id=key_id, grantee_principal=third.user_id, operations=["describe-key"])
        .grant_id
    )
    equal(clients.kms(third).list_key_detail(key_id=key_id).key_info.key_id, key_id, "key_id")
    refused(
        400,
        "KMS.2403",
        _theirs().create_grant,
        key_id=key_id,
        grantee_principal=third.user_id,
        operations=["encrypt-data"],
    )
    kms().cancel_grant(key_id=key_id, grant_id=first)
    clients.kms(third).list_key_detail(key_id=key_id)
    equal(
        [grant.grant_id for grant in kms().list_grants(key_id=key_id).grants],
        [passed],
        "grants left",
    )


REQUESTS = [
    ("no grantee", "KMS.0204", {"grantee_principal": None}),
    ("no operations", "KMS.0204", {"operations": None}),
    ("an empty list of operations", "KMS.0308", {"operations": []}),
    ("an unknown operation", "KMS.0308", {"operations": ["delete-key"]}),
    ("create-grant alone", "KMS.2401", {"operations": ["create-grant"]}),
    ("a malformed grantee", "KMS.2402", {"grantee_principal": "user one"}),
    ("a grantee of 65 characters", "KMS.2402", {"grantee_principal": "a" * 65}),
    ("a malformed retiring principal", "KMS.2402", {"retiring_principal": "user one"}),
    ("an unknown kind of grantee", "KMS.0308", {"grantee_principal_type": "group"}),
    ("a name with a space", "KMS.0308", {"name": "two words"}),
    ("a name of 256 characters", "KMS.0308", {"name": "n" * 256}),
    ("a malformed sequence", "KMS.0206", {"sequence": "x"}),
]


@each(REQUESTS)
def a_bad_grant_is_refused(code, members):
    usual = {"grantee_principal": grantee().user_id, "operations": ["describe-key"]}
    refused(400, code, kms().create_grant, key_id=keys.shared(), **{**usual, **members})


GRANT_IDS = [
    ("none", "KMS.0204", None),
    ("a short one", "KMS.2501", "ab"),
    ("no digits", "KMS.2501", "z" * 64),
    ("an unknown one", "KMS.2501", "0" * 64),
]


@each(GRANT_IDS)
def a_bad_grant_id_is_refused(code, grant_id):
    for operation in ("cancel_grant", "cancel_self_grant"):
        refused(400, code, kms().call, operation, key_id=keys.shared(), grant_id=grant_id)


@claim
def a_grant_belongs_to_its_key():
    grant_id = _grant(keys.new(), "describe-key")
    refused(400, "KMS.2502", kms().cancel_grant, key_id=keys.shared(), grant_id=grant_id)
    refused(400, "KMS.2502", kms().cancel_self_grant, key_id=keys.shared(), grant_id=grant_id)


@claim
def a_grant_id_may_come_in_capitals():
    key_id = keys.new()
    grant_id = _grant(key_id, "describe-key")
    kms().cancel_grant(key_id=key_id, grant_id=grant_id.upper())
    equal(kms().list_grants(key_id=key_id).total, 0, "grants")


@claim
def pages_hold_every_grant_once_and_a_key_has_100_at_most():
    key_id = keys.new()
    made = {_grant(key_id, "describe-key", name=f"g{number}") for number in range(100)}
    equal(len(made), 100, "grant identifiers")
    refused(
        400,
        "KMS.2404",
        kms().create_grant,
        key_id=key_id,
        grantee_principal=grantee().user_id,
        operations=["describe-key"],
    )
    listed, marker = [], "0"
    while marker:
        page = kms().list_grants(key_id=key_id, limit="30", marker=marker)
        equal(page.total, 100, "total")
        listed += [grant.grant_id for grant in page.grants]
        equal(page.truncated, "true" if page.next_marker else "false", "truncated")
        marker = page.next_marker
    equal((len(listed), set(listed)), (100, made), "pages together")


PAGING = [
    ("limit of zero", "KMS.1601", {"limit": "0"}),
    ("limit in words", "KMS.1601", {"limit": "many"}),
    ("negative marker", "KMS.1602", {"marker": "-1"}),
]


@each(PAGING)
def bad_pages_are_refused(code, members):
    refused(400, code, kms().list_grants, key_id=keys.shared(), **members)
    refused(400, code, kms().list_retirable_grants, **members)
