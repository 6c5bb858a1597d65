"""Bodies that no SDK would send."""

import json

from kit import keys, raw
from kit.claims import claim, each, equal, true
from kit.environment import administrator

LIMIT = 256 * 1024


def _post(operation, body, **options):
    return raw.kms(administrator(), operation, body, **options)


def _refused(answer, code="KMS.0202", status=400):
    equal((answer.status, answer.code()), (status, code), f"answer {answer.body[:200]!r}")
    true(answer.headers.get("x-request-id"), "X-Request-Id is there")


def _nested(depth, opening, closing):
    return opening * depth + closing * depth


NO_OBJECTS = [
    ("nothing but a brace", b"{"),
    ("a list", b"[]"),
    ("a text", b'"text"'),
    ("a number", b"7"),
    ("null", b"null"),
    ("true", b"true"),
    ("words", b"key_id=1"),
    ("single quotes", b"{'key_id': '1'}"),
    ("a comma at the end", b'{"key_id": "1",}'),
    ("a comment", b'{"key_id": "1" /* x */}'),
    ("text after the object", b'{"key_id": "1"} x'),
    ("two objects", b"{}{}"),
    ("NaN", b'{"limit": NaN}'),
    ("a broken escape", b'{"key_id": "\\x41"}'),
    ("half a surrogate pair", b'{"key_alias": "\\ud800"}'),
    ("a control character", b'{"key_alias": "a\x01b"}'),
    ("invalid UTF-8", b'{"key_alias": "\xff\xfe"}'),
    ("UTF-16", '{"key_id": "1"}'.encode("utf-16")),
    ("zero bytes", b"\x00" * 16),
    ("a thousand lists", b'{"a":' + _nested(1000, b"[", b"]") + b"}"),
    ("a hundred thousand lists", b'{"a":' + _nested(100_000, b"[", b"]") + b"}"),
    ("thirty thousand objects", _nested(30_000, b'{"a":', b"}").replace(b":}", b":1}", 1)),
    ("lists that never end", b'{"a":' + b"[" * 200_000),
]


@each(NO_OBJECTS)
def what_is_no_json_object_is_refused(body):
    _refused(_post("describe-key", body))


@each(
    [
        ("the key", b'{"key_id": "%s", "key_id": "%s"}'),
        ("an unknown member", b'{"key_id": "%s", "x": 1, "x": "%s"}'),
    ]
)
def a_member_given_twice_is_refused_or_harmless(body):
    key_id = keys.shared().encode()
    answer = _post("describe-key", body % (key_id, keys.UNKNOWN.encode()))
    true(answer.status in (200, 400, 404), f"status {answer.status} is no failure of the server")
    if answer.status == 400:
        equal(answer.code(), "KMS.0202", "error_code")


NUMBERS = [
    ("beyond 64 bits", b"18446744073709551616"),
    ("beyond a double", b"1e999"),
    ("beyond reason", b"9" * 10_000),
    ("a tiny fraction", b"1e-999"),
    ("minus zero", b"-0"),
    ("a fraction", b"7.5"),
]


@each(NUMBERS)
def a_huge_number_is_refused(number):
    body = b'{"key_id": "%s", "pending_days": %s}' % (keys.shared().encode(), number)
    answer = _post("schedule-key-deletion", body)
    true(answer.code() in ("KMS.1401", "KMS.0202", "KMS.0308"), f"{answer.code()} names the number")
    equal(answer.status, 400, "status")


# A member, a value of a wrong type, and the codes that may refuse it.
TYPES = [
    ("describe-key", "key_id", value, ("KMS.0205", "KMS.0308", "KMS.0202"))
    for value in (7, True, [], {}, ["a"], {"a": "b"})
] + [
    ("create-key", "key_alias", value, ("KMS.1101", "KMS.0308", "KMS.0202")) for value in (7, [], {})
] + [
    ("list-keys", "limit", value, ("KMS.1601", "KMS.0308", "KMS.0202")) for value in (True, [], {}, 1.5)
] + [
    ("gen-random", "random_data_length", value, ("KMS.1801", "KMS.0308", "KMS.0202"))
    for value in (True, [], {}, 8.5)
]  # fmt: skip


@each(
    [
        (f"{operation} {member} {value!r}", operation, member, value, codes)
        for operation, member, value, codes in TYPES
    ]
)
def a_value_of_a_wrong_type_is_refused(operation, member, value, codes):
    answer = _post(operation, {member: value})
    equal(answer.status, 400, f"status ({answer.body!r})")
    true(answer.code() in codes, f"{answer.code()} is one of {codes}")


@claim
def lists_with_wrong_members_are_refused():
    usual = {"key_id": keys.shared(), "grantee_principal": "a" * 32}
    for operations in ("describe-key", {"a": 1}, [7], [None], [["describe-key"]]):
        answer = _post("create-grant", {**usual, "operations": operations})
        equal(answer.status, 400, f"status for {operations!r}")


@claim
def an_empty_body_is_an_empty_object():
    equal(_post("list-keys", b"").status, 200, "status of list-keys")
    _refused(_post("describe-key", b""), "KMS.0204")


@claim
def a_body_may_have_spaces_and_escapes():
    body = b' \r\n\t{ "key\\u005fid" : "%s" } \n' % keys.shared().encode()
    equal(_post("describe-key", body).status, 200, "status")


@claim
def a_byte_order_mark_is_refused():
    _refused(_post("describe-key", b"\xef\xbb\xbf{}"))


@claim
def a_body_at_the_limit_is_read_and_one_beyond_it_is_not():
    frame = len(b'{"key_id": "", "x": ""}') + 36
    for size, status in ((LIMIT, 200), (LIMIT + 1, 400)):
        body = b'{"key_id": "%s", "x": "%s"}' % (keys.shared().encode(), b"x" * (size - frame))
        equal(len(body), size, "bytes of the body")
        answer = _post("describe-key", body)
        equal(answer.status, status, f"status for {size} bytes")
    equal(answer.code(), "KMS.0203", "error_code")


@claim
def a_body_that_is_far_too_long_is_refused():
    try:
        answer = _post("describe-key", b" " * (4 * 1024 * 1024))
    except (BrokenPipeError, ConnectionResetError):
        return
    _refused(answer, "KMS.0203")


@claim
def an_unsigned_body_that_is_too_long_is_refused_before_anything_else():
    answer = raw.unsigned(
        "POST", f"/v1.0/{administrator().project_id}/kms/list-keys", b" " * (LIMIT + 1)
    )
    _refused(answer, "KMS.0203")


@claim
def a_chunked_body_is_read_or_refused_cleanly():
    body = json.dumps({"key_id": keys.shared()}).encode()
    target = f"/v1.0/{administrator().project_id}/kms/describe-key"
    headers = {"Host": raw.host(), "Content-Type": raw.JSON, "X-Sdk-Date": raw.clock.date()}
    headers["Authorization"] = raw.authorization(administrator(), "POST", target, headers, body)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    answer = raw.send("POST", target, chunked, {**headers, "Transfer-Encoding": "chunked"})
    true(answer.status in (200, 400, 411), f"status {answer.status} is clean")


TYPES_OF_CONTENT = [
    ("with a charset", "application/json;charset=utf-8", 200),
    ("in capitals", "Application/JSON", 200),
    ("none", None, 200),
    ("text", "text/plain", None),
    ("a form", "application/x-www-form-urlencoded", None),
]


@each(TYPES_OF_CONTENT)
def the_content_type_is_no_trap(content_type, status):
    answer = _post("list-keys", {}, headers={"Content-Type": content_type})
    if status is None:
        true(answer.status in (200, 400, 415), f"status {answer.status} is clean")
    else:
        equal(answer.status, status, f"status ({answer.body[:200]!r})")


@claim
def a_refusal_does_not_repeat_the_plain_text():
    secret = "do-not-repeat-me"
    answer = _post("encrypt-data", {"plain_text": secret, "key_id": "bad"})
    equal(answer.status, 400, "status")
    true(secret.encode() not in answer.body, "the plain text is not repeated")


@claim
def the_server_is_well_after_all_that():
    answer = _post("describe-key", {"key_id": keys.shared()})
    equal(answer.status, 200, "status")
    equal(answer.headers["content-type"].split(";")[0], "application/json", "content type")
