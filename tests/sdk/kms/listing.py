"""list-keys: what it shows, in which order, page by page."""

import uuid

from kit import clients, keys
from kit.claims import claim, each, equal, refused, true, typed
from kit.keys import kms


def _ids(**members):
    return kms().list_keys(**members).keys


@claim
def no_body_at_all_lists_aes_keys():
    key_id = keys.new()
    answer = kms().list_keys()
    true(key_id in answer.keys, "the new key is listed")
    equal({key.key_spec for key in answer.key_details}, {"AES_256"}, "specs")


@claim
def other_kinds_show_only_when_asked_for():
    mac, rsa = keys.shared("HMAC_256"), keys.shared("RSA_2048")
    listed = _ids(limit="1000")
    true(mac not in listed and rsa not in listed, "AES_256 is the default filter")
    macs = _ids(key_spec="HMAC_256", limit="1000")
    true(mac in macs and rsa not in macs, "HMAC_256 lists keys of that kind alone")
    everything = _ids(key_spec="ALL", limit="1000")
    true({mac, rsa} <= set(everything), "ALL lists every kind")


@claim
def details_are_what_describe_says():
    key_id = keys.shared("HMAC_384")
    listed = clients.wire(kms().list_keys(key_spec="HMAC_384"))
    described = clients.wire(kms().list_key_detail(key_id=key_id))
    equal(listed["keys"][0], key_id, "the newest key")
    equal(listed["key_details"][0], described["key_info"], "its details")
    equal(listed["total"], len(listed["keys"]), "total")
    equal((listed["truncated"], listed["next_marker"]), ("false", ""), "end of the list")


@claim
def the_state_filters():
    key_id = keys.disabled(keys.new("HMAC_512"))
    for state, shown in (("1", False), ("2", False), ("3", True), ("4", False), ("5", False)):
        listed = _ids(key_spec="HMAC_512", key_state=state, limit="1000")
        equal(key_id in listed, shown, f"a disabled key is listed under state {state}")


@claim
def the_enterprise_project_filters():
    project = str(uuid.uuid4())
    key_id = keys.new(enterprise_project_id=project)
    equal(_ids(enterprise_project_id=project), [key_id], "keys of the project")
    true(
        key_id not in _ids(enterprise_project_id="0", limit="1000"),
        "the default project is another",
    )
    true(key_id in _ids(enterprise_project_id="all", limit="1000"), "`all` hides none")


@claim
def newest_keys_come_first():
    older = keys.new()
    newer = keys.new()
    listed = _ids(limit="1000")
    true(listed.index(newer) < listed.index(older), "the newer key stands before the older")


@claim
def pages_hold_every_key_once():
    for _ in range(5 - kms().list_keys(limit="1").total):
        keys.new()
    whole = kms().list_keys(limit="1000")
    equal((whole.truncated, whole.next_marker), ("false", ""), "the whole list")
    pages, marker = [], "0"
    while True:
        page = kms().list_keys(limit="2", marker=marker)
        equal(page.total, whole.total, "total on each page")
        pages += page.keys
        if page.truncated == "false":
            equal(page.next_marker, "", "marker after the last page")
            break
        equal(page.next_marker, str(int(marker) + 2), "next_marker")
        marker = page.next_marker
    equal(pages, whole.keys, "pages together")


@claim
def a_page_that_ends_with_the_list_is_not_truncated():
    total = kms().list_keys(limit="1").total
    page = kms().list_keys(limit=str(total))
    equal((page.truncated, page.next_marker), ("false", ""), "the last page")


@claim
def a_marker_past_the_end_shows_nothing():
    page = kms().list_keys(marker="100000")
    equal((page.keys, page.truncated, page.next_marker), ([], "false", ""), "page")


PAGING = [
    ("limit of zero", "KMS.1601", {"limit": "0"}),
    ("limit of 1001", "KMS.1601", {"limit": "1001"}),
    ("limit in words", "KMS.1601", {"limit": "many"}),
    ("negative limit", "KMS.1601", {"limit": "-1"}),
    ("huge limit", "KMS.1601", {"limit": "9" * 30}),
    ("negative marker", "KMS.1602", {"marker": "-1"}),
    ("marker in words", "KMS.1602", {"marker": "next"}),
    ("state 8", "KMS.0308", {"key_state": "8"}),
    ("state in words", "KMS.0308", {"key_state": "enabled"}),
    ("malformed sequence", "KMS.0206", {"sequence": "x"}),
]


@each(PAGING)
def a_bad_request_is_refused(code, members):
    refused(400, code, kms().list_keys, **members)


@each([("text", {"limit": "1", "marker": "0"}), ("numbers", {"limit": 1, "marker": 0})])
def numbers_and_text_are_both_read(members):
    equal(len(_ids(**members)), 1, "keys on a page of one")


@claim
def the_answer_has_its_types():
    keys.shared()
    answer = clients.wire(kms().list_keys(limit="1"))
    typed(answer["total"], int, "total")
    typed(answer["truncated"], str, "truncated")
    typed(answer["next_marker"], str, "next_marker")
    for member, value in answer["key_details"][0].items():
        typed(value, str, f"key_details.{member}")
