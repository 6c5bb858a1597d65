"""Aliases: second names of keys, which can be moved from key to key."""

import re

from kit import clients, environment, keys
from kit.claims import claim, each, equal, refused, true
from kit.keys import kms

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def _new(key_id=None, alias=None):
    alias = alias or keys.name("alias/a")
    kms().create_alias(key_id=key_id or keys.shared(), alias=alias)
    return alias


def _listed(**members):
    """The aliases of an answer, whichever shape the SDK gave it."""
    return clients.wire(kms().list_aliases(**members))["aliases"]


@claim
def an_alias_is_made_with_all_its_members():
    owner, key_id, alias = environment.administrator(), keys.shared(), keys.name("alias/a")
    answer = kms().create_alias(key_id=key_id, alias=alias)
    equal(answer.status_code, 201, "status")
    equal(
        (answer.domain_id, answer.key_id, answer.alias), (owner.domain_id, key_id, alias), "alias"
    )
    bare = alias.removeprefix("alias/")
    urn = f"kms:{environment.REGION}:{owner.domain_id}:alias:{bare}"
    equal(answer.alias_urn, urn, "alias_urn")
    true(
        ISO.fullmatch(answer.create_time), f"create_time {answer.create_time} is a date and a time"
    )
    true(
        ISO.fullmatch(answer.update_time), f"update_time {answer.update_time} is a date and a time"
    )


@claim
def a_bare_name_is_kept_as_given():
    alias = keys.name("bare")
    equal(kms().create_alias(key_id=keys.shared(), alias=alias).alias, alias, "alias")
    equal(kms().list_key_detail(key_id=f"alias/{alias}").key_info.key_id, keys.shared(), "key_id")


@claim
def an_alias_and_its_urn_name_the_key_where_it_is_used():
    key_id = keys.shared()
    alias = _new(key_id)
    urn = next(each_["alias_urn"] for each_ in _listed(key_id=key_id) if each_["alias"] == alias)
    for name in (alias, urn):
        equal(kms().list_key_detail(key_id=name).key_info.key_id, key_id, "described key")
        cipher = kms().encrypt_data(key_id=name, plain_text="text").cipher_text
        equal(kms().decrypt_data(key_id=name, cipher_text=cipher).plain_text, "text", "plain_text")


LIFECYCLE = [
    ("enable_key", {}),
    ("disable_key", {}),
    ("delete_key", {"pending_days": "7"}),
    ("cancel_key_deletion", {}),
    ("update_key_alias", {"key_alias": "other-name"}),
    ("update_key_description", {"key_description": "x"}),
    ("enable_key_rotation", {}),
    ("disable_key_rotation", {}),
    ("update_key_rotation_interval", {"rotation_interval": 30}),
    ("show_key_rotation_status", {}),
    ("create_grant", {"grantee_principal": "a", "operations": ["describe-key"]}),
    ("list_grants", {}),
    ("create_parameters_for_import", {"wrapping_algorithm": "RSAES_OAEP_SHA_256"}),
    ("delete_imported_key_material", {}),
]


@each([(operation, operation, members) for operation, members in LIFECYCLE])
def an_alias_is_no_identifier_for(operation, members):
    refused(400, "KMS.0205", kms().call, operation, key_id="alias/any", **members)


@claim
def an_unknown_alias_is_an_unknown_key():
    name = keys.name("alias/nobody")
    refused(404, "KMS.0207", kms().encrypt_data, key_id=name, plain_text="text")
    refused(404, "KMS.0207", kms().list_key_detail, key_id=name)


@claim
def an_alias_is_given_once():
    alias = _new()
    refused(400, "KMS.1104", kms().create_alias, key_id=keys.new(), alias=alias)


@claim
def an_alias_and_a_key_name_do_not_meet():
    name = keys.name("both")
    keys.new(key_alias=name)
    equal(
        kms().create_alias(key_id=keys.shared(), alias=f"alias/{name}").status_code, 201, "status"
    )


@claim
def an_alias_moves_to_another_key():
    alias, target = _new(keys.shared()), keys.new()
    answer = kms().associate_alias(alias=alias, target_key_id=target)
    equal((answer.alias, answer.key_id), (alias, target), "alias")
    equal(kms().list_key_detail(key_id=alias).key_info.key_id, target, "described key")


@claim
def what_was_encrypted_before_the_move_still_opens():
    alias, target = _new(keys.shared()), keys.new()
    cipher = kms().encrypt_data(key_id=alias, plain_text="text").cipher_text
    kms().associate_alias(alias=alias, target_key_id=target)
    equal(kms().decrypt_data(cipher_text=cipher).plain_text, "text", "plain_text")


@claim
def aliases_are_deleted_together():
    key_id = keys.new()
    aliases = [_new(key_id) for _ in range(3)]
    answer = kms().delete_alias(key_id=key_id, aliases=aliases[:2])
    equal((answer.status_code, answer.raw_content), (204, b""), "answer")
    equal([alias["alias"] for alias in _listed(key_id=key_id)], aliases[2:], "aliases left")
    refused(404, "KMS.0207", kms().list_key_detail, key_id=aliases[0])


@claim
def a_deleted_alias_can_be_given_again():
    key_id, target = keys.new(), keys.new()
    alias = _new(key_id)
    kms().delete_alias(key_id=key_id, aliases=[alias])
    equal(kms().create_alias(key_id=target, alias=alias).key_id, target, "key_id")


REQUESTS = [
    ("no key", "create_alias", "KMS.0204", {"alias": "alias/x"}),
    ("no alias", "create_alias", "KMS.0204", {"key_id": keys.UNKNOWN}),
    ("a malformed key", "create_alias", "KMS.0205", {"key_id": "key", "alias": "alias/x"}),
    ("a space", "create_alias", "KMS.0308", {"key_id": keys.UNKNOWN, "alias": "alias/a b"}),
    ("256 characters", "create_alias", "KMS.0308", {"key_id": keys.UNKNOWN, "alias": "a" * 256}),
    ("no target", "associate_alias", "KMS.0204", {"alias": "alias/x"}),
    ("no alias to move", "associate_alias", "KMS.0204", {"target_key_id": keys.UNKNOWN}),
    (
        "a malformed target",
        "associate_alias",
        "KMS.0205",
        {"alias": "alias/x", "target_key_id": "key"},
    ),
    ("nothing to delete", "delete_alias", "KMS.0204", {"key_id": keys.UNKNOWN}),
    ("no key of the deleted", "delete_alias", "KMS.0204", {"aliases": ["alias/x"]}),
]


@each(REQUESTS)
def a_bad_request_is_refused(operation, code, members):
    refused(400, code, kms().call, operation, **members)


@claim
def unknown_keys_and_aliases_are_refused():
    missing = keys.name("alias/missing")
    refused(404, "KMS.0207", kms().create_alias, key_id=keys.UNKNOWN, alias=missing)
    refused(400, "KMS.0308", kms().associate_alias, alias=missing, target_key_id=keys.shared())
    refused(400, "KMS.0308", kms().delete_alias, key_id=keys.shared(), aliases=[missing])


@claim
def an_alias_of_another_key_is_not_deleted():
    alias = _new(keys.shared())
    refused(400, "KMS.0308", kms().delete_alias, key_id=keys.new(), aliases=[alias])
    equal(kms().list_key_detail(key_id=alias).key_info.key_id, keys.shared(), "described key")


@claim
def pages_hold_every_alias_once_and_a_key_has_50_at_most():
    key_id = keys.new()
    made = {_new(key_id) for _ in range(50)}
    refused(400, "KMS.0308", kms().create_alias, key_id=key_id, alias=keys.name("alias/much"))
    listed, members = [], {"key_id": key_id, "limit": "20"}
    while True:
        page = clients.wire(kms().list_aliases(**members))
        info = page["page_info"]
        equal(info["current_count"], len(page["aliases"]), "current_count")
        listed += [alias["alias"] for alias in page["aliases"]]
        if not info["next_marker"]:
            break
        members["marker"] = info["next_marker"]
    equal((len(listed), set(listed)), (50, made), "pages together")


@claim
def a_move_to_a_full_key_is_refused():
    key_id = keys.new()
    for _ in range(50):
        _new(key_id)
    alias = _new(keys.shared())
    refused(400, "KMS.0308", kms().associate_alias, alias=alias, target_key_id=key_id)
    equal(kms().list_key_detail(key_id=alias).key_info.key_id, keys.shared(), "described key")


@claim
def without_a_key_all_aliases_are_listed():
    one, other = _new(keys.shared()), _new(keys.new())
    listed, members = set(), {"limit": "100"}
    while True:
        page = clients.wire(kms().list_aliases(**members))
        listed |= {alias["alias"] for alias in page["aliases"]}
        if not page["page_info"]["next_marker"]:
            break
        members["marker"] = page["page_info"]["next_marker"]
    true({one, other} <= listed, "both are there")


@claim
def the_sdk_reads_the_list_as_its_own_object():
    alias = _new(keys.shared())
    pages = kms().list_aliases(key_id=keys.shared(), limit="100").body
    true(
        alias in [entity.alias for entity in pages[0].aliases],
        "the alias is in response.body[0].aliases",
    )


@each([("zero", "0"), ("101", "101"), ("a word", "many")])
def a_bad_limit_is_refused(limit):
    refused(400, "KMS.1601", kms().list_aliases, limit=limit)


@claim
def aliases_of_an_unknown_key_are_refused():
    refused(404, "KMS.0207", kms().list_aliases, key_id=keys.UNKNOWN)
