"""The states of a key: every operation in every state."""

import functools

from kit import clients, keys, operations
from kit.claims import claim, each, equal, refused
from kit.keys import kms
from kit.operations import EXTERNAL, PUBLIC_KEY, SYMMETRIC, USES

BY_NAME = {operation.name: operation for operation in (*USES, PUBLIC_KEY)}
REFUSALS = {"3": "KMS.0209", "4": "KMS.0210", "5": "KMS.1301"}


@functools.cache
def _kept(kind, state):
    """A key in a state, and for each operation the members that were made while it could be used."""
    uses = [operation for operation in BY_NAME.values() if operation.kind == kind]
    if state == "5" and kind != SYMMETRIC:
        return keys.external(*kind), {use.name: operations.plausible(use) for use in uses}
    key_id = keys.imported() if state == "5" else keys.new(*kind)
    members = {use.name: use.members(key_id) for use in uses}
    _bring(key_id, state)
    return key_id, members


def _prepared(name, state):
    key_id, members = _kept(BY_NAME[name].kind, state)
    return key_id, members[name]


def _bring(key_id, state):
    """Takes a key that is enabled, or waits for material, to another state."""
    steps = {
        "3": lambda: keys.disabled(key_id),
        "4": lambda: keys.doomed(key_id),
        "5": lambda: kms().delete_imported_key_material(key_id=key_id),
    }
    if keys.state(key_id) != state:
        steps[state]()


def _rows(state):
    """HMAC keys and data of RSA keys that never had material are not to be had in state 5."""
    return [
        (operation.name, operation.name)
        for operation in USES
        if not (
            state == "5"
            and (operation.kind[0] == "HMAC_256" or operation.name == "decrypt-data (RSA)")
        )
    ]


@each(_rows("2"))
def an_enabled_key_is_used(name):
    key_id, members = _prepared(name, "2")
    equal(operations.call(kms(), BY_NAME[name], key_id, members).status_code, 200, "status")


@each(_rows("3"))
def a_disabled_key_is_not_used(name):
    key_id, members = _prepared(name, "3")
    refused(400, REFUSALS["3"], operations.call, kms(), BY_NAME[name], key_id, members)


@each(_rows("4"))
def a_doomed_key_is_not_used(name):
    key_id, members = _prepared(name, "4")
    refused(400, REFUSALS["4"], operations.call, kms(), BY_NAME[name], key_id, members)


@each(_rows("5"))
def a_key_without_material_is_not_used(name):
    key_id, members = _prepared(name, "5")
    refused(400, REFUSALS["5"], operations.call, kms(), BY_NAME[name], key_id, members)


@each([("2", "2", None), ("3", "3", None), ("4", "4", "KMS.0210"), ("5", "5", "KMS.1301")])
def the_public_key_is_shown_in_state(state, code):
    key_id, _ = _prepared("get-publickey", state)
    if code is None:
        equal(kms().show_public_key(key_id=key_id).status_code, 200, "status")
    else:
        refused(400, code, kms().show_public_key, key_id=key_id)


def _in_state(kind, state):
    """A new key in a state."""
    if kind == EXTERNAL:
        key_id = keys.external() if state == "5" else keys.imported()
    else:
        key_id = keys.new()
    _bring(key_id, state)
    return key_id


_in_state_shared = functools.cache(_in_state)

# Operation, kind of key, state before, state after or the code of the refusal.
MOVES = [
    ("enable_key", SYMMETRIC, "2", "KMS.1201"),
    ("enable_key", SYMMETRIC, "3", "2"),
    ("enable_key", SYMMETRIC, "4", "KMS.0210"),
    ("enable_key", EXTERNAL, "5", "KMS.1201"),
    ("disable_key", SYMMETRIC, "2", "3"),
    ("disable_key", SYMMETRIC, "3", "KMS.1301"),
    ("disable_key", SYMMETRIC, "4", "KMS.0210"),
    ("disable_key", EXTERNAL, "5", "KMS.1301"),
    ("delete_key", SYMMETRIC, "2", "4"),
    ("delete_key", SYMMETRIC, "3", "4"),
    ("delete_key", SYMMETRIC, "4", "KMS.1402"),
    ("delete_key", EXTERNAL, "5", "4"),
    ("cancel_key_deletion", SYMMETRIC, "2", "KMS.1501"),
    ("cancel_key_deletion", SYMMETRIC, "3", "KMS.1501"),
    ("cancel_key_deletion", SYMMETRIC, "4", "3"),
    ("cancel_key_deletion", EXTERNAL, "4", "3"),
    ("cancel_key_deletion", EXTERNAL, "5", "KMS.1501"),
    ("delete_imported_key_material", EXTERNAL, "2", "5"),
    ("delete_imported_key_material", EXTERNAL, "3", "5"),
    ("delete_imported_key_material", EXTERNAL, "4", "KMS.2701"),
    ("delete_imported_key_material", EXTERNAL, "5", "KMS.2701"),
    ("create_parameters_for_import", EXTERNAL, "2", "KMS.0310"),
    ("create_parameters_for_import", EXTERNAL, "3", "KMS.0310"),
    ("create_parameters_for_import", EXTERNAL, "4", "KMS.0310"),
    ("create_parameters_for_import", EXTERNAL, "5", "5"),
    ("import_key_material", EXTERNAL, "2", "KMS.0310"),
    ("import_key_material", EXTERNAL, "3", "KMS.0310"),
    ("import_key_material", EXTERNAL, "4", "KMS.0310"),
    ("import_key_material", SYMMETRIC, "2", "KMS.0309"),
    ("update_key_alias", SYMMETRIC, "2", "2"),
    ("update_key_alias", SYMMETRIC, "3", "3"),
    ("update_key_alias", SYMMETRIC, "4", "KMS.0210"),
    ("update_key_alias", EXTERNAL, "5", "5"),
    ("update_key_description", SYMMETRIC, "2", "2"),
    ("update_key_description", SYMMETRIC, "3", "3"),
    ("update_key_description", SYMMETRIC, "4", "KMS.0210"),
    ("update_key_description", EXTERNAL, "5", "5"),
    ("create_kms_tag", SYMMETRIC, "2", "2"),
    ("create_kms_tag", SYMMETRIC, "3", "3"),
    ("create_kms_tag", SYMMETRIC, "4", "KMS.0210"),
    ("create_kms_tag", EXTERNAL, "5", "5"),
    ("create_grant", SYMMETRIC, "2", "2"),
    ("create_grant", SYMMETRIC, "3", "KMS.0209"),
    ("create_grant", SYMMETRIC, "4", "KMS.0210"),
    ("create_grant", EXTERNAL, "5", "KMS.1301"),
    ("enable_key_rotation", SYMMETRIC, "3", "KMS.0209"),
    ("enable_key_rotation", SYMMETRIC, "4", "KMS.0210"),
    ("enable_key_rotation", EXTERNAL, "2", "KMS.0312"),
    ("enable_key_rotation", EXTERNAL, "5", "KMS.0312"),
    ("list_grants", SYMMETRIC, "3", "3"),
    ("list_grants", SYMMETRIC, "4", "4"),
    ("list_grants", EXTERNAL, "5", "5"),
    ("show_kms_tags", SYMMETRIC, "3", "3"),
    ("show_kms_tags", SYMMETRIC, "4", "4"),
    ("show_kms_tags", EXTERNAL, "5", "5"),
    ("show_key_rotation_status", SYMMETRIC, "3", "3"),
    ("show_key_rotation_status", SYMMETRIC, "4", "4"),
    ("show_key_rotation_status", EXTERNAL, "5", "5"),
]

CARE = {operation.method: operation for operation in operations.CARE}


@each(
    [
        (f"{method} from {state} of {kind[0]}", method, kind, state, after)
        for method, kind, state, after in MOVES
    ]
)
def an_operation_leads_from_state_to_state(method, kind, state, after):
    changes = not after.startswith("KMS") and after != state
    key_id = (_in_state if changes else _in_state_shared)(kind, state)
    members = CARE[method].members(key_id)
    if method == "update_key_alias":
        members["key_alias"] = keys.name()
    if after.startswith("KMS"):
        refused(400, after, kms().call, method, key_id=key_id, **members)
        equal(keys.state(key_id), state, "state after the refusal")
    else:
        kms().call(method, key_id=key_id, **members)
        equal(keys.state(key_id), after, "state afterwards")


@each([("3", "3", "KMS.0209"), ("4", "4", "KMS.0210")])
def a_plan_is_changed_only_while_the_key_is_enabled(state, code):
    key_id = keys.new()
    kms().enable_key_rotation(key_id=key_id)
    _bring(key_id, state)
    refused(400, code, kms().disable_key_rotation, key_id=key_id)
    refused(400, code, kms().update_key_rotation_interval, key_id=key_id, rotation_interval=30)


@each([("3", "3"), ("4", "4")])
def a_grant_is_revoked_in_state(state):
    key_id = keys.new()
    grant_id = (
        kms()
        .create_grant(key_id=key_id, operations=["describe-key"], **operations.grantee())
        .grant_id
    )
    _bring(key_id, state)
    kms().cancel_grant(key_id=key_id, grant_id=grant_id)
    equal(clients.wire(kms().list_grants(key_id=key_id))["total"], 0, "grants")


@claim
def a_disabled_key_works_again_when_enabled():
    key_id = keys.new()
    cipher = kms().encrypt_data(key_id=key_id, plain_text="text").cipher_text
    keys.disabled(key_id)
    refused(400, "KMS.0209", kms().decrypt_data, cipher_text=cipher)
    kms().enable_key(key_id=key_id)
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")
