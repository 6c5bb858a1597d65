"""Users, groups, access keys and policies, managed with the official IAM SDK."""

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import clients, environment, keys, people
from kit.claims import claim, each, equal, true
from kit.environment import administrator
from kit.people import iam


def _status(call, *arguments, **members):
    """The status of a call that must be refused."""
    try:
        call(*arguments, **members)
    except ClientRequestException as error:
        return error.status_code
    raise AssertionError("it was allowed")


@claim
def a_user_lives_its_life():
    name = keys.name("user")
    made = iam().keystone_create_user(
        user={"name": name, "domain_id": administrator().domain_id, "password": people.PASSWORD}
    )
    equal(made.status_code, 201, "status")
    user = made.user
    equal(
        (user.name, user.domain_id, user.enabled), (name, administrator().domain_id, True), "user"
    )
    equal(iam().keystone_show_user(user_id=user.id).user.name, name, "name")
    listed = iam().keystone_list_users(name=name).users
    equal([found.id for found in listed], [user.id], "users of that name")
    changed = iam().keystone_update_user_by_admin(
        user_id=user.id, user={"description": "one of us"}
    )
    equal(changed.user.description, "one of us", "description")
    equal(iam().keystone_delete_user(user_id=user.id).status_code, 204, "status")
    equal(_status(iam().keystone_show_user, user_id=user.id), 404, "status of a deleted user")


@claim
def both_ways_to_make_a_user_make_the_same():
    user = people.new()
    equal(iam().show_user(user_id=user.user_id).user.name, user.name, "name")
    equal(iam().keystone_show_user(user_id=user.user_id).user.name, user.name, "name")


@claim
def a_user_name_is_given_once():
    user = people.new()
    status = _status(
        iam().create_user,
        user={
            "name": user.name,
            "domain_id": administrator().domain_id,
            "password": people.PASSWORD,
        },
    )
    equal(status, 409, "status")


@claim
def no_answer_holds_a_password():
    name = keys.name("user")
    made = iam().create_user(
        user={"name": name, "domain_id": administrator().domain_id, "password": people.PASSWORD}
    )
    shown = iam().keystone_show_user(user_id=made.user.id)
    for answer in (made, shown, iam().keystone_list_users()):
        true(people.PASSWORD.encode() not in answer.raw_content, "no password is sent")


@claim
def a_group_lives_its_life():
    user, name = people.new(), keys.name("group")
    group = iam().keystone_create_group(group={"name": name, "description": "some"}).group
    equal((group.name, group.description), (name, "some"), "group")
    equal(
        iam().keystone_add_user_to_group(group_id=group.id, user_id=user.user_id).status_code,
        204,
        "status",
    )
    members = iam().keystone_list_users_for_group_by_admin(group_id=group.id).users
    equal([member.id for member in members], [user.user_id], "members")
    check = {"group_id": group.id, "user_id": user.user_id}
    equal(iam().keystone_check_user_in_group(**check).status_code, 204, "status of a member")
    iam().keystone_remove_user_from_group(**check)
    equal(_status(iam().keystone_check_user_in_group, **check), 404, "status of no member")
    iam().keystone_update_group(group_id=group.id, group={"name": f"{name}-2"})
    equal(iam().keystone_show_group(group_id=group.id).group.name, f"{name}-2", "name")
    iam().keystone_delete_group(group_id=group.id)
    equal(_status(iam().keystone_show_group, group_id=group.id), 404, "status of a deleted group")


@claim
def an_access_key_shows_its_secret_once():
    user = people.new()
    listed = iam().list_permanent_access_keys(user_id=user.user_id)
    equal([found.access for found in listed.credentials], [user.ak], "access keys")
    equal([found.status for found in listed.credentials], ["active"], "statuses")
    shown = iam().show_permanent_access_key(access_key=user.ak)
    for answer in (listed, shown):
        true(user.sk.encode() not in answer.raw_content, "the secret is not sent again")


@claim
def a_custom_policy_lives_its_life():
    statement = people.statement("Allow", "kms:cmk:get", resource="kms:*:*:KeyId:*")
    role_id = people.policy(statement)
    shown = iam().show_custom_policy(role_id=role_id).role
    equal(shown.type, "XA", "type")
    written = shown.policy.statement[0]
    equal((written.effect, written.action), ("Allow", ["kms:cmk:get"]), "statement")
    people.rewrite(role_id, people.statement("Deny", "kms:cmk:list"))
    equal(
        iam().show_custom_policy(role_id=role_id).role.policy.statement[0].effect, "Deny", "effect"
    )
    true(
        role_id in [role.id for role in iam().list_custom_policies().roles], "the policy is listed"
    )
    iam().delete_custom_policy(role_id=role_id)
    equal(_status(iam().show_custom_policy, role_id=role_id), 404, "status of a deleted policy")


POLICIES = [
    ("an effect that is none", {"Effect": "Maybe", "Action": ["kms:cmk:get"]}),
    ("no action", {"Effect": "Allow"}),
    ("an empty action", {"Effect": "Allow", "Action": [""]}),
    (
        "a malformed resource",
        {"Effect": "Allow", "Action": ["kms:cmk:get"], "Resource": ["anything"]},
    ),
    (
        "an unknown operator",
        {"Effect": "Allow", "Action": ["kms:cmk:get"], "Condition": {"Sometimes": {"a": ["b"]}}},
    ),
]


@each(POLICIES)
def a_bad_policy_is_refused(statement):
    equal(_status(people.policy, statement), 400, "status")


SYSTEM = [
    "KMS Administrator",
    "KMS CMKFullAccess",
    "KMS CMKReadOnlyAccess",
    "Tenant Guest",
    "DEW KeypairFullAccess",
    "DEW KeypairReadOnlyAccess",
    "CSMS FullAccess",
    "CSMS ReadOnlyAccess",
]


@each([(name, name) for name in SYSTEM])
def a_system_role_is_there(name):
    people.system_role(name)


@claim
def a_role_is_attached_seen_and_detached():
    group_id, role_id = people.group(), people.policy(people.statement("Allow", "kms:cmk:get"))
    people.attach(group_id, role_id)
    place = {"project_id": administrator().project_id, "group_id": group_id, "role_id": role_id}
    equal(iam().keystone_check_project_permission_for_group(**place).status_code, 204, "status")
    people.detach(group_id, role_id)
    equal(_status(iam().keystone_check_project_permission_for_group, **place), 404, "status")


@claim
def a_user_without_permission_manages_nobody():
    user = clients.iam(people.new())
    equal(_status(user.keystone_list_users), 403, "status of keystone_list_users")
    equal(_status(user.keystone_create_group, group={"name": keys.name("group")}), 403, "status")
    status = _status(
        user.create_user,
        user={
            "name": keys.name(),
            "domain_id": administrator().domain_id,
            "password": people.PASSWORD,
        },
    )
    equal(status, 403, "status of create_user")


@claim
def another_account_sees_and_changes_nobody_here():
    user, other = people.new(), clients.iam(environment.stranger())
    true(
        _status(other.keystone_show_user, user_id=user.user_id) in (403, 404),
        "the user is not shown",
    )
    true(
        _status(other.keystone_delete_user, user_id=user.user_id) in (403, 404),
        "the user is not deleted",
    )
    true(
        _status(other.delete_permanent_access_key, access_key=user.ak) in (403, 404),
        "nor its access key",
    )
    credential = {"user_id": user.user_id}
    status = _status(other.create_permanent_access_key, credential=credential)
    true(status in (403, 404), f"no access key is made for it ({status})")
    equal(iam().keystone_show_user(user_id=user.user_id).user.name, user.name, "name")
