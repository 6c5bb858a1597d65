"""What policies say besides names: resources, conditions, several of them, and when they change."""

import functools

from kit import clients, environment, keys, people
from kit.claims import claim, each, equal, refused
from kit.environment import administrator
from kit.keys import kms


@functools.cache
def _subject():
    user = people.new("subject")
    role_id = people.policy(people.statement("Allow", "kms:cmk:get"))
    people.attach(people.group(user), role_id)
    return clients.kms(user), role_id


def _under(*statements):
    client, role_id = _subject()
    people.rewrite(role_id, *statements)
    return client


def _resource(key_id, region="*", account="*"):
    return f"kms:{region}:{account}:KeyId:{key_id}"


@claim
def a_resource_limits_to_its_key():
    mine, other = keys.shared(), keys.new()
    client = _under(people.statement("Allow", "kms:cmk:get", resource=_resource(mine)))
    equal(client.list_key_detail(key_id=mine).key_info.key_id, mine, "key_id")
    refused(403, "KMS.0306", client.list_key_detail, key_id=other)
    refused(403, "KMS.0307", client.show_key_rotation_status, key_id=mine)


RESOURCES = [
    ("all", "*", True),
    (
        "region and account",
        lambda key: _resource(key, environment.REGION, administrator().domain_id),
        True,
    ),
    ("any key", lambda key: _resource("*"), True),
    ("the beginning of an identifier", lambda key: _resource(key[:8] + "*"), True),
    ("another region", lambda key: _resource(key, "mars-north-1"), False),
    ("another account", lambda key: _resource(key, "*", environment.stranger().domain_id), False),
    ("another key", lambda key: _resource(keys.UNKNOWN), False),
    ("a service of another name", lambda key: f"obs:*:*:KeyId:{key}", False),
]


@each(RESOURCES)
def a_resource_is_matched_part_by_part(resource, good):
    key_id = keys.shared()
    text = resource(key_id) if callable(resource) else resource
    client = _under(people.statement("Allow", "kms:cmk:get", resource=text))
    if good:
        equal(client.list_key_detail(key_id=key_id).status_code, 200, "status")
    else:
        refused(403, "KMS.0306", client.list_key_detail, key_id=key_id)


@claim
def a_call_without_a_key_needs_all_resources():
    client = _under(people.statement("Allow", "kms:cmk:list", resource=_resource(keys.shared())))
    refused(403, "KMS.0307", client.list_keys)
    client = _under(people.statement("Allow", "kms:cmk:list", resource="*"))
    equal(client.list_keys().status_code, 200, "status")


@claim
def a_denied_key_is_the_only_one():
    denied, other = keys.shared(), keys.new()
    client = _under(
        people.statement("Allow", "kms:*:*"),
        people.statement("Deny", "kms:cmk:get", resource=_resource(denied)),
    )
    refused(403, "KMS.0306", client.list_key_detail, key_id=denied)
    equal(client.list_key_detail(key_id=other).status_code, 200, "status")


@claim
def a_denial_in_another_policy_counts_too():
    user = people.new()
    people.attach(people.group(user), people.policy(people.statement("Allow", "kms:*:*")))
    client = clients.kms(user)
    equal(client.list_keys().status_code, 200, "status")
    people.attach(people.group(user), people.policy(people.statement("Deny", "kms:cmk:list")))
    refused(403, "KMS.0307", client.list_keys)


@claim
def a_denial_beats_a_grant():
    user, key_id = people.new(), keys.new()
    people.attach(people.group(user), people.policy(people.statement("Deny", "kms:cmk:get")))
    kms().create_grant(key_id=key_id, grantee_principal=user.user_id, operations=["describe-key"])
    try:
        refused(403, "KMS.0307", clients.kms(user).list_key_detail, key_id=key_id)
    except AssertionError as error:
        if "KMS.0306" not in str(error):
            raise


CONDITIONS = [
    ("its spec", "StringEquals", "kms:KeySpec", ["AES_256"], True),
    ("another spec", "StringEquals", "kms:KeySpec", ["RSA_2048"], False),
    ("one of two specs", "StringEquals", "kms:KeySpec", ["RSA_2048", "AES_256"], True),
    ("its usage", "StringEquals", "kms:KeyUsage", ["ENCRYPT_DECRYPT"], True),
    ("its origin", "StringEquals", "kms:KeyOrigin", ["kms"], True),
    ("another origin", "StringEquals", "kms:KeyOrigin", ["external"], False),
    ("not another spec", "StringNotEquals", "kms:KeySpec", ["RSA_2048"], True),
    ("a tag", "StringEquals", "g:ResourceTag/team", ["blue"], True),
    ("another tag", "StringEquals", "g:ResourceTag/team", ["red"], False),
    ("its enterprise project", "StringEquals", "g:EnterpriseProjectId", ["0"], True),
    ("another enterprise project", "StringEquals", "g:EnterpriseProjectId", [keys.UNKNOWN], False),
]


@functools.cache
def _tagged():
    key_id = keys.new()
    kms().create_kms_tag(key_id=key_id, tag={"key": "team", "value": "blue"})
    return key_id


@each(CONDITIONS)
def a_condition_decides(operator, key, values, good):
    client = _under(people.statement("Allow", "kms:cmk:get", condition={operator: {key: values}}))
    if good:
        equal(client.list_key_detail(key_id=_tagged()).status_code, 200, "status")
    else:
        refused(403, "KMS.0306", client.list_key_detail, key_id=_tagged())


@claim
def a_policy_that_changes_counts_at_once():
    client = _under(people.statement("Allow", "kms:cmk:list"))
    equal(client.list_keys().status_code, 200, "status")
    _under(people.statement("Allow", "kms:cmk:get"))
    refused(403, "KMS.0307", client.list_keys)


@claim
def who_leaves_a_group_loses_its_policies_at_once():
    user = people.new()
    group_id = people.group(user)
    people.attach(group_id, people.policy(people.statement("Allow", "kms:cmk:list")))
    client = clients.kms(user)
    equal(client.list_keys().status_code, 200, "status")
    people.iam().keystone_remove_user_from_group(group_id=group_id, user_id=user.user_id)
    refused(403, "KMS.0307", client.list_keys)


@claim
def a_refused_call_changes_nothing():
    client = _under(people.statement("Allow", "kms:cmk:get"))
    key_id = keys.shared()
    refused(403, "KMS.0307", client.disable_key, key_id=key_id)
    refused(403, "KMS.0307", client.delete_key, key_id=key_id, pending_days="7")
    equal(keys.state(key_id), "2", "key_state")


@claim
def the_owner_of_a_key_needs_permission_all_the_same():
    client = _under(people.statement("Allow", "kms:cmk:create"))
    made = client.create_key(key_alias=keys.name()).key_info.key_id
    refused(403, "KMS.0307", client.list_key_detail, key_id=made)
