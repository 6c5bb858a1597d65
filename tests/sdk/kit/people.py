"""Users of the first account, made with the official IAM SDK."""

import functools
from dataclasses import replace

from kit import clients, environment, keys

PASSWORD = "Correct-Horse-7-Battery"


@functools.cache
def iam():
    """The administrator's client of identities and permissions."""
    return clients.iam(environment.administrator())


def new(prefix="user"):
    """Makes a user with an access key and no permission."""
    owner = environment.administrator()
    name = keys.name(prefix)
    user = (
        iam()
        .create_user(
            user={"name": name, "domain_id": owner.domain_id, "password": PASSWORD, "enabled": True}
        )
        .user
    )
    credential = iam().create_permanent_access_key(credential={"user_id": user.id}).credential
    return replace(
        owner,
        ak=credential.access,
        sk=credential.secret,
        user_id=user.id,
        name=name,
        password=PASSWORD,
    )


def group(*members):
    """Makes a group of these users; returns its identifier."""
    name = keys.name("group")
    made = iam().keystone_create_group(group={"name": name}).group.id
    for member in members:
        iam().keystone_add_user_to_group(group_id=made, user_id=member.user_id)
    return made


def statement(effect, *actions, resource=None, condition=None):
    """Writes one statement of a policy."""
    written = {"Effect": effect, "Action": list(actions)}
    if resource is not None:
        written["Resource"] = resource if isinstance(resource, list) else [resource]
    if condition is not None:
        written["Condition"] = condition
    return written


def policy(*statements, version="1.1"):
    """Makes a custom policy of project services; returns its identifier."""
    role = {
        "display_name": keys.name("policy"),
        "type": "XA",
        "description": "made by a claim",
        "policy": {"Version": version, "Statement": list(statements)},
    }
    return iam().create_cloud_service_custom_policy(role=role).role.id


def rewrite(role_id, *statements, version="1.1"):
    """Replaces the statements of a custom policy."""
    role = {
        "display_name": keys.name("policy"),
        "type": "XA",
        "description": "rewritten by a claim",
        "policy": {"Version": version, "Statement": list(statements)},
    }
    iam().update_cloud_service_custom_policy(role_id=role_id, role=role)


def attach(group_id, role_id):
    """Gives a group a role in the project."""
    project = environment.administrator().project_id
    iam().keystone_associate_group_with_project_permission(
        project_id=project, group_id=group_id, role_id=role_id
    )


def detach(group_id, role_id):
    """Takes a role in the project from a group."""
    project = environment.administrator().project_id
    iam().keystone_remove_project_permission_from_group(
        project_id=project, group_id=group_id, role_id=role_id
    )


def system_role(display_name):
    """Returns the identifier of a role or policy that every account has."""
    found = iam().keystone_list_permissions().roles
    exact = [role.id for role in found if display_name in (role.display_name, role.name)]
    assert exact, f"no role or policy is called {display_name!r}"
    return exact[0]


def with_role(display_name):
    """Makes a user with a system role."""
    user = new()
    attach(group(user), system_role(display_name))
    return user


def with_policy(*statements, version="1.1"):
    """Makes a user with a custom policy."""
    user = new()
    attach(group(user), policy(*statements, version=version))
    return user
