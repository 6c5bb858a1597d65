"""Keys found by their tags and names."""

import functools

from kit import clients, keys
from kit.claims import claim, each, equal, refused, true, typed
from kit.keys import kms


def _search(action="filter", **members):
    return kms().list_kms_by_tags(resource_instances="resource_instances", action=action, **members)


def _found(**members):
    return {resource.resource_id for resource in _search(limit="1000", **members).resources}


@functools.cache
def _wardrobe():
    """Four keys with tags: what each search below looks through."""
    colour, size = keys.name("colour"), keys.name("size")
    made = {}
    for name, tags in {
        "blue-s": {colour: "blue", size: "s"},
        "blue-m": {colour: "blue", size: "m"},
        "red-s": {colour: "red", size: "s"},
        "bare": {},
    }.items():
        made[name] = keys.new(key_alias=keys.name(f"wardrobe-{name}"))
        for key, value in tags.items():
            kms().create_kms_tag(key_id=made[name], tag={"key": key, "value": value})
    return colour, size, made


SEARCHES = [
    ("one value", [("colour", ["blue"])], {"blue-s", "blue-m"}),
    ("two values of one key", [("colour", ["blue", "red"])], {"blue-s", "blue-m", "red-s"}),
    ("two keys", [("colour", ["blue"]), ("size", ["s"])], {"blue-s"}),
    ("any value", [("size", [])], {"blue-s", "blue-m", "red-s"}),
    ("no such value", [("colour", ["green"])], set()),
]


def _tags(wanted):
    colour, size, _ = _wardrobe()
    names = {"colour": colour, "size": size}
    return [{"key": names[key], "values": values} for key, values in wanted]


@each(SEARCHES)
def tags_find_keys(wanted, expected):
    made = _wardrobe()[2]
    equal(_found(tags=_tags(wanted)), {made[name] for name in expected}, "resources")


@each(SEARCHES)
def tags_count_keys(wanted, expected):
    answer = _search("count", tags=_tags(wanted))
    equal(clients.wire(answer), {"total_count": len(expected)}, "answer")


@claim
def a_resource_is_shown_in_full():
    colour, size, made = _wardrobe()
    answer = clients.wire(_search(tags=_tags([("colour", ["red"])])))
    equal(answer["total_count"], 1, "total_count")
    resource = answer["resources"][0]
    key = clients.wire(kms().list_key_detail(key_id=made["red-s"]))["key_info"]
    equal(resource["resource_id"], made["red-s"], "resource_id")
    equal(resource["resource_name"], key["key_alias"], "resource_name")
    equal(resource["resource_detail"], key, "resource_detail")
    for member, value in resource["resource_detail"].items():
        typed(value, str, f"resource_detail.{member}")
    tags = sorted(resource["tags"], key=lambda tag: tag["key"])
    wanted = [{"key": colour, "value": "red"}, {"key": size, "value": "s"}]
    equal(tags, sorted(wanted, key=lambda tag: tag["key"]), "tags")


@claim
def a_name_finds_its_key():
    made = _wardrobe()[2]
    alias = keys.describe(made["bare"]).key_alias
    found = _found(matches=[{"key": "resource_name", "value": alias}])
    true(made["bare"] in found, "the key of that name is found")
    true(made["red-s"] not in found, "a key of another name is not")


@claim
def pages_hold_every_resource_once():
    made = _wardrobe()[2]
    tags = _tags([("size", [])])
    found = []
    for offset in ("0", "1", "2", "3"):
        page = _search(tags=tags, limit="1", offset=offset)
        equal(page.total_count, 3, "total_count")
        found += [resource.resource_id for resource in page.resources]
    equal(
        sorted(found),
        sorted(made[name] for name in ("blue-s", "blue-m", "red-s")),
        "pages together",
    )


REQUESTS = [
    ("no action", "KMS.0204", {"action": None}),
    ("an unknown action", "KMS.0404", {"action": "sort"}),
    ("limit of zero", "KMS.1601", {"limit": "0"}),
    ("limit of 1001", "KMS.1601", {"limit": "1001"}),
    ("limit in words", "KMS.1601", {"limit": "many"}),
    ("negative offset", "KMS.0417", {"offset": "-1"}),
    ("offset in words", "KMS.0417", {"offset": "far"}),
    ("a bad match key", "KMS.0403", {"matches": [{"key": "resource_colour", "value": "x"}]}),
    ("a key twice", "KMS.0412", {"tags": [{"key": "a", "values": []}, {"key": "a", "values": []}]}),
    ("a malformed sequence", "KMS.0206", {"sequence": "x"}),
]


@each(REQUESTS)
def a_bad_search_is_refused(code, members):
    usual = {"action": "filter", "resource_instances": "resource_instances"}
    refused(400, code, kms().list_kms_by_tags, **{**usual, **members})


@claim
def numbers_are_read_as_text_is():
    equal(len(_search(tags=_tags([("size", [])]), limit=2, offset=1).resources), 2, "resources")
