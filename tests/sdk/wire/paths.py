"""Paths, methods and headers that no SDK would send."""

import http.client
import socket

from kit import environment, keys, raw
from kit.claims import claim, each, equal, true
from kit.environment import administrator

P = "{p}"


def _target(path):
    return path.replace(P, administrator().project_id).replace("{k}", keys.UNKNOWN)


UNPUBLISHED = [
    ("an unknown operation", "POST", "/v1.0/{p}/kms/make-tea"),
    ("an unknown service", "POST", "/v1.0/{p}/tea/list-keys"),
    ("another version", "POST", "/v1.1/{p}/kms/list-keys"),
    ("capitals", "POST", "/v1.0/{p}/kms/List-Keys"),
    ("a prefix", "POST", "/api/v1.0/{p}/kms/list-keys"),
    ("more behind it", "POST", "/v1.0/{p}/kms/list-keys/more"),
    ("nothing behind kms", "POST", "/v1.0/{p}/kms"),
    ("a double slash", "POST", "/v1.0/{p}/kms//list-keys"),
    ("a double slash first", "POST", "//v1.0/{p}/kms/list-keys"),
    ("dots", "POST", "/v1.0/{p}/kms/x/../list-keys"),
    ("encoded dots", "POST", "/v1.0/{p}/kms/x/%2e%2e/list-keys"),
    ("an encoded slash", "POST", "/v1.0/{p}/kms%2Flist-keys"),
    ("a backslash", "POST", "/v1.0/{p}/kms%5Clist-keys"),
    ("a semicolon", "POST", "/v1.0/{p}/kms/list-keys;x=1"),
    ("a zero byte", "POST", "/v1.0/{p}/kms/list-keys%00"),
]


@each(UNPUBLISHED)
def a_path_that_is_no_api_is_not_found(method, path):
    answer = raw.signed(administrator(), method, _target(path), {})
    equal(
        (answer.status, answer.json().get("error_code")),
        (404, "APIGW.0101"),
        f"answer {answer.body[:200]!r}",
    )
    true(
        answer.json()["error_msg"].startswith("The API does not exist"),
        "the message is the published one",
    )


METHODS = [
    ("list-keys by GET", "GET", "/v1.0/{p}/kms/list-keys"),
    ("create-key by PUT", "PUT", "/v1.0/{p}/kms/create-key"),
    ("create-key by DELETE", "DELETE", "/v1.0/{p}/kms/create-key"),
    ("quotas by POST", "POST", "/v1.0/{p}/kms/user-quotas"),
    ("aliases by PUT", "PUT", "/v1.0/{p}/kms/aliases"),
    ("a tag by PUT", "PUT", "/v1.0/{p}/kms/{k}/tags/colour"),
    ("list-keys by PATCH", "PATCH", "/v1.0/{p}/kms/list-keys"),
]


@each(METHODS)
def a_wrong_method_is_named(method, path):
    answer = raw.signed(administrator(), method, _target(path), {})
    equal((answer.status, answer.code()), (405, "KMS.0215"), f"answer {answer.body[:200]!r}")


@claim
def a_slash_at_the_end_is_never_answered_with_a_redirect():
    for path in (
        "/v1.0/{p}/kms/list-keys/",
        "/v1.0",
        "/v1.0/",
        "/v3/projects/",
        "/v1.0/{p}/kms/aliases/",
    ):
        answer = raw.signed(administrator(), "GET", _target(path))
        true(not 300 <= answer.status < 400, f"{path} is answered with {answer.status}")


@claim
def the_static_paths_come_before_keys():
    for path in ("/v1.0/{p}/kms/tags", "/v1.0/{p}/kms/aliases"):
        answer = raw.signed(administrator(), "GET", _target(path))
        equal(answer.status, 200, f"status of {path} ({answer.body[:200]!r})")


@claim
def an_encoded_slash_stays_inside_a_parameter():
    key_id = keys.shared()
    raw.signed(
        administrator(),
        "POST",
        f"/v1.0/{administrator().project_id}/kms/{key_id}/tags",
        {"tag": {"key": "a/b", "value": "v"}},
    )
    target = f"/v1.0/{administrator().project_id}/kms/{key_id}/tags/a%2Fb"
    equal(raw.signed(administrator(), "DELETE", target).status, 204, "status")
    slashed = target.replace("%2F", "/")
    answer = raw.signed(administrator(), "DELETE", slashed)
    equal(answer.status, 404, "status of a path with a real slash")


@each(
    [
        ("a lone percent", "%"),
        ("half an escape", "%2"),
        ("no hexadecimal", "%zz"),
        ("no UTF-8", "%ff%fe"),
    ]
)
def a_broken_escape_is_refused(escape):
    target = f"/v1.0/{administrator().project_id}/kms/{keys.shared()}/tags/{escape}"
    answer = raw.signed(administrator(), "DELETE", target)
    true(400 <= answer.status < 500, f"status {answer.status} blames the request")


QUERIES = [
    "?limit=1&limit=2",
    "?limit=%ff",
    "?limit",
    "?=1",
    "?&&&",
    "?limit=1%26marker=2",
    "?" + "a=b&" * 500,
]


@each([(query[:20], query) for query in QUERIES])
def a_strange_query_is_no_failure(query):
    answer = raw.signed(
        administrator(), "GET", _target("/v1.0/{p}/kms/aliases") + query.rstrip("&")
    )
    true(answer.status in (200, 400, 401), f"status {answer.status} is clean")


@claim
def a_long_path_is_refused():
    for length in (10_000, 70_000):
        try:
            answer = raw.signed(administrator(), "GET", "/v1.0/" + "x" * length)
        except (ConnectionError, http.client.HTTPException):
            continue
        true(400 <= answer.status < 500, f"status {answer.status} blames the request")


@claim
def a_flood_of_headers_is_refused_or_passed_over():
    for count, size in ((60, 20), (1000, 20), (10, 60_000)):
        flood = {f"X-Flood-{number}": "x" * size for number in range(count)}
        target = _target("/v1.0/{p}/kms/list-keys")
        try:
            answer = raw.signed(
                administrator(),
                "POST",
                target,
                {},
                headers=flood,
                names=["content-type", "host", "x-sdk-date"],
            )
        except (ConnectionError, http.client.HTTPException):
            continue
        true(answer.status == 200 or 400 <= answer.status < 500, f"status {answer.status} is clean")


def _bytes(request):
    """Sends bytes as they are; returns the first line of the answer, empty if the server hangs up."""
    with socket.create_connection(environment.ADDRESS, timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        try:
            return connection.makefile("rb").readline()
        except ConnectionError:
            return b""


NO_HTTP = [
    ("nothing", b""),
    ("no HTTP at all", b"hello\r\n\r\n"),
    ("TLS", bytes.fromhex("16030100a5010000a10303") + b"\x00" * 200),
    ("no version", b"GET /\r\n\r\n"),
    ("HTTP/9", b"GET / HTTP/9.0\r\nHost: x\r\n\r\n"),
    (
        "two lengths",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ),
    (
        "a length and chunks",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    ("a negative length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
    ("a folded header", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n"),
    ("a space in a name", b"GET / HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n"),
    ("bytes of no text", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a body cut off", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"),
]


@each(NO_HTTP)
def what_is_no_http_never_fails_the_server(request):
    line = _bytes(request)
    true(not line.startswith(b"HTTP/1.1 5"), f"answered {line!r}")
    equal(raw.unsigned("GET", "/").status, 200, "status of the next request")


@claim
def health_is_shown_to_everyone_and_holds_no_secret():
    answer = raw.unsigned("GET", "/healthz")
    equal(answer.status, 200, "status")
