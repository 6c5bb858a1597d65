"""Tags of keys, one by one and in batches."""

from kit import clients, keys
from kit.claims import claim, each, equal, refused
from kit.keys import kms


def tagged(**tags):
    """Makes a key with tags."""
    key_id = keys.new()
    if tags:
        _batch(key_id, "create", [{"key": key, "value": value} for key, value in tags.items()])
    return key_id


def _batch(key_id, action, tags):
    return kms().batch_create_kms_tags(key_id=key_id, action=action, tags=tags)


def _tags(key_id):
    return {tag.key: tag.value for tag in kms().show_kms_tags(key_id=key_id).tags}


@claim
def a_tag_is_added_and_read():
    key_id = keys.new()
    answer = kms().create_kms_tag(key_id=key_id, tag={"key": "colour", "value": "blue"})
    equal((answer.status_code, answer.raw_content), (204, b""), "answer")
    shown = kms().show_kms_tags(key_id=key_id)
    equal([(tag.key, tag.value) for tag in shown.tags], [("colour", "blue")], "tags")
    equal(shown.exist_tags_num, 1, "existTagsNum")


@claim
def a_second_value_replaces_the_first():
    key_id = tagged(colour="blue")
    kms().create_kms_tag(key_id=key_id, tag={"key": "colour", "value": "red"})
    equal(_tags(key_id), {"colour": "red"}, "tags")


@claim
def tags_are_added_and_deleted_in_batches():
    key_id = keys.new()
    tags = [{"key": f"k{number}", "value": str(number)} for number in range(5)]
    equal(_batch(key_id, "create", tags).status_code, 204, "status")
    equal(_tags(key_id), {tag["key"]: tag["value"] for tag in tags}, "tags")
    equal(
        _batch(key_id, "delete", [{"key": "k0"}, {"key": "k1", "value": "1"}]).status_code,
        204,
        "status",
    )
    equal(sorted(_tags(key_id)), ["k2", "k3", "k4"], "tags left")


@claim
def unknown_tags_of_a_batch_are_passed_over():
    key_id = tagged(a="1")
    equal(_batch(key_id, "delete", [{"key": "nobody"}]).status_code, 204, "status")
    equal(_tags(key_id), {"a": "1"}, "tags")


@each(
    [
        (key, key)
        for key in ("plain", "a/b", "a b", "a:b=c+d-e@f.g_h", "颜色", "a%2Fb".replace("%2F", "/"))
    ]
)
def one_tag_is_deleted(key):
    key_id = keys.shared()
    kms().create_kms_tag(key_id=key_id, tag={"key": key, "value": "v"})
    answer = kms().delete_tag(key_id=key_id, key=key)
    equal((answer.status_code, answer.raw_content), (204, b""), "answer")
    refused(404, "KMS.0416", kms().delete_tag, key_id=key_id, key=key)


@claim
def a_value_may_be_empty_or_left_out():
    key_id = keys.new()
    kms().create_kms_tag(key_id=key_id, tag={"key": "empty", "value": ""})
    kms().create_kms_tag(key_id=key_id, tag={"key": "none"})
    equal(_tags(key_id), {"empty": "", "none": ""}, "tags")


@claim
def keys_and_values_reach_their_ends_in_characters():
    key_id, key, value = keys.new(), "密" * 128, "钥" * 255
    kms().create_kms_tag(key_id=key_id, tag={"key": key, "value": value})
    equal(_tags(key_id), {key: value}, "tags")


GOOD = [("every sign", "_ .:/=+-@x"), ("letters of Unicode", "ÄñЖ漢字"), ("digits", "0123")]


@each(GOOD)
def good_keys_and_values_are_taken(text):
    key_id = keys.shared()
    kms().create_kms_tag(key_id=key_id, tag={"key": text, "value": text})
    equal(_tags(key_id)[text], text, "value")
    kms().delete_tag(key_id=key_id, key=text)


BREACHES = [
    ("an empty key", "KMS.0406", {"key": "", "value": "v"}),
    ("a leading space", "KMS.0406", {"key": " k", "value": "v"}),
    ("a trailing space", "KMS.0406", {"key": "k ", "value": "v"}),
    ("a reserved key", "KMS.0406", {"key": "_sys_k", "value": "v"}),
    ("a key with a bad sign", "KMS.0406", {"key": "a*b", "value": "v"}),
    ("a key with a comma", "KMS.0406", {"key": "a,b", "value": "v"}),
    ("a key with a line", "KMS.0406", {"key": "a\nb", "value": "v"}),
    ("a key of 129 characters", "KMS.0411", {"key": "k" * 129, "value": "v"}),
    ("a value with a bad sign", "KMS.0405", {"key": "k", "value": "a*b"}),
    ("a value with markup", "KMS.0405", {"key": "k", "value": "<b>"}),
    ("a value of 256 characters", "KMS.0410", {"key": "k", "value": "v" * 256}),
]


@each(BREACHES)
def a_bad_tag_is_refused_alone_and_in_a_batch(code, tag):
    key_id = keys.shared()
    before = _tags(key_id)
    refused(400, code, kms().create_kms_tag, key_id=key_id, tag=tag)
    refused(400, code, _batch, key_id, "create", [{"key": "good", "value": ""}, tag])
    equal(_tags(key_id), before, "tags")


BATCHES = [
    ("no tags", "KMS.0401", "create", None),
    ("an empty list", "KMS.0401", "create", []),
    ("an empty list to delete", "KMS.0401", "delete", []),
    ("an unknown action", "KMS.0404", "update", [{"key": "k", "value": "v"}]),
    (
        "one key twice",
        "KMS.0412",
        "create",
        [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}],
    ),
    ("21 tags", "KMS.0407", "create", [{"key": f"k{number}", "value": ""} for number in range(21)]),
    ("a tag without key", "KMS.0406", "create", [{"value": "v"}]),
]


@each(BATCHES)
def a_bad_batch_is_refused(code, action, tags):
    refused(400, code, _batch, keys.shared(), action, tags)


@claim
def no_action_and_no_tag_are_missing_members():
    refused(400, "KMS.0204", _batch, keys.shared(), None, [{"key": "k", "value": "v"}])
    refused(400, "KMS.0204", kms().create_kms_tag, key_id=keys.shared(), sequence=keys.SEQUENCE)


@claim
def a_key_has_20_tags_at_most():
    key_id = tagged(**{f"k{number}": "" for number in range(20)})
    refused(400, "KMS.0409", kms().create_kms_tag, key_id=key_id, tag={"key": "more", "value": ""})
    refused(400, "KMS.0409", _batch, key_id, "create", [{"key": "more", "value": ""}])
    kms().create_kms_tag(key_id=key_id, tag={"key": "k0", "value": "changed"})
    equal(kms().show_kms_tags(key_id=key_id).exist_tags_num, 20, "existTagsNum")
    equal(_tags(key_id)["k0"], "changed", "value of a tag that was there")


@claim
def a_batch_that_goes_too_far_changes_nothing():
    key_id = tagged(**{f"k{number}": "old" for number in range(19)})
    refused(
        400,
        "KMS.0409",
        _batch,
        key_id,
        "create",
        [{"key": "k0", "value": "new"}, {"key": "m1", "value": ""}, {"key": "m2", "value": ""}],
    )
    equal(_tags(key_id), {f"k{number}": "old" for number in range(19)}, "tags")


@claim
def the_project_shows_each_key_with_its_values():
    colour = keys.name("colour")
    for value in ("blue", "red", "blue"):
        key_id = keys.new()
        kms().create_kms_tag(key_id=key_id, tag={"key": colour, "value": value})
    tags = {tag.key: tag.values for tag in kms().list_kms_tags().tags}
    equal(sorted(tags[colour]), ["blue", "red"], "values")


KEYS = [
    ("an unknown key", 404, "KMS.0207", keys.UNKNOWN),
    ("a malformed key", 400, "KMS.0205", "key"),
]


@each(KEYS)
def tags_need_their_key(status, code, key_id):
    refused(status, code, kms().show_kms_tags, key_id=key_id)
    refused(status, code, kms().create_kms_tag, key_id=key_id, tag={"key": "k", "value": "v"})
    refused(status, code, _batch, key_id, "create", [{"key": "k", "value": "v"}])
    refused(status, code, kms().delete_tag, key_id=key_id, key="k")


@claim
def tags_of_a_doomed_key_are_read_and_not_changed():
    key_id = keys.doomed(tagged(a="1"))
    equal(_tags(key_id), {"a": "1"}, "tags")
    refused(400, "KMS.0210", kms().create_kms_tag, key_id=key_id, tag={"key": "k", "value": "v"})
    refused(400, "KMS.0210", _batch, key_id, "delete", [{"key": "a"}])
    refused(400, "KMS.0210", kms().delete_tag, key_id=key_id, key="a")


@claim
def the_answer_has_the_spelling_that_clients_expect():
    shown = clients.wire(kms().show_kms_tags(key_id=tagged(a="1")))
    equal(shown, {"tags": [{"key": "a", "value": "1"}], "existTagsNum": 1}, "answer")
