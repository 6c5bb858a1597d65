"""Signatures: what is accepted, what is refused, and what unsigned headers are worth."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from kit import clients, clock, environment, keys, people, raw
from kit.claims import claim, each, equal, true
from kit.environment import administrator
from wire import tokens

MINIMAL = ["x-sdk-date"]


def _target(operation="list-keys"):
    return f"/v1.0/{administrator().project_id}/kms/{operation}"


def _unauthorized(answer, tail=None):
    """Checks the gateway's flat form."""
    body = answer.json()
    equal(answer.status, 401, f"status ({answer.body[:300]!r})")
    true(
        body.get("error_code") in ("APIGW.0301", "APIG.0301"),
        f"error_code {body.get('error_code')!r}",
    )
    true(
        body["error_msg"].startswith("Incorrect IAM authentication information"), body["error_msg"]
    )
    equal(body.get("request_id"), answer.headers.get("x-request-id"), "request_id")
    if tail:
        true(tail in body["error_msg"], f"{body['error_msg']!r} says {tail!r}")
    # Failures in a row lock an access key, so an honest request ends the row.
    equal(_list().status, 200, "status of an honest request")


def _list(**options):
    return raw.signed(administrator(), "POST", _target(), options.pop("body", {}), **options)


LISTS = [
    ("all", None),
    ("the date alone", MINIMAL),
    ("as Go does", ["user-agent", "x-project-id", "x-sdk-date"]),
    ("as the SDK's look-ups do", ["host", "user-agent", "x-sdk-date"]),
]


@each(LISTS)
def the_clients_own_list_of_headers_counts(names):
    headers = {"User-Agent": "claims", "X-Project-Id": administrator().project_id}
    equal(_list(headers=headers, names=names).status, 200, "status")


@claim
def a_header_of_several_bytes_a_character_is_signed():
    equal(_list(headers={"X-Note": "  größer 密  "}).status, 200, "status")


BROKEN = [
    ("without the date", {"names": ["host"]}),
    ("with a header that is not there", {"extra": "x-missing"}),
]


@each(BROKEN)
def a_list_is_refused(how):
    headers = {"Host": raw.host(), "X-Sdk-Date": clock.date()}
    lower = {name.lower(): value for name, value in headers.items()}
    names = how.get("names", sorted([*lower, how.get("extra", "")]))
    lower.setdefault("x-missing", "")
    canonical = raw.canonical_request("POST", _target(), lower, names, b"{}")
    made = raw.signature(administrator().sk, lower["x-sdk-date"], canonical)
    proof = f"{raw.ALGORITHM} Access={administrator().ak}, SignedHeaders={';'.join(names)}, Signature={made}"
    _unauthorized(raw.send("POST", _target(), b"{}", {**headers, "Authorization": proof}))


def _sent(change, content=b"{}", target=None):
    """Signs a request, changes it, and sends it."""
    headers = {"Host": raw.host(), "Content-Type": raw.JSON, "X-Sdk-Date": clock.date()}
    headers["Authorization"] = raw.authorization(
        administrator(), "POST", _target(), headers, content
    )
    request = {
        "method": "POST",
        "target": target or _target(),
        "content": content,
        "headers": headers,
    }
    change(request)
    return raw.send(**request)


def _header(name, value):
    return lambda request: request["headers"].update({name: value})


def _proof(old, new):
    def change(request):
        request["headers"]["Authorization"] = request["headers"]["Authorization"].replace(
            old, new, 1
        )

    return change


def _ago(**span):
    return (clock.now() - timedelta(**span)).strftime(clock.FORMAT)


def _upper(request):
    head, _, made = request["headers"]["Authorization"].rpartition("=")
    request["headers"]["Authorization"] = f"{head}={made.upper()}x"


def _cut(request):
    request["headers"]["Authorization"] = request["headers"]["Authorization"][:-1]


CHANGES = [
    ("the body", lambda request: request.update(content=b'{"limit":"1"}')),
    ("the query", lambda request: request.update(target=_target() + "?limit=1")),
    ("the path", lambda request: request.update(target=_target("create-key"))),
    ("the host", _header("Host", "example.com")),
    ("the content type", _header("Content-Type", "application/json; charset=utf-8")),
    ("the date", lambda request: request["headers"].update({"X-Sdk-Date": _ago(minutes=1)})),
    ("the algorithm", _proof("SDK-HMAC-SHA256", "SDK-HMAC-MD5")),
    ("the algorithm to another known one", _proof("SDK-HMAC-SHA256", "SDK-HMAC-SM3")),
    ("the list", _proof("content-type;host;", "host;")),
    ("the signature's case", _upper),
    ("the signature's end", _cut),
]


@each(CHANGES)
def a_change_after_signing_is_noticed(change):
    _unauthorized(_sent(change))


FORMS = [
    ("nothing", ""),
    ("a word", "secret"),
    ("basic", "Basic dXNlcjpwYXNz"),
    ("bearer", "Bearer abc"),
    ("no members", "SDK-HMAC-SHA256"),
    ("no signature", "SDK-HMAC-SHA256 Access=a, SignedHeaders=host"),
    ("no access", "SDK-HMAC-SHA256 SignedHeaders=host, Signature=00"),
    ("empty members", "SDK-HMAC-SHA256 Access=, SignedHeaders=, Signature="),
    ("commas", "SDK-HMAC-SHA256 ,,,,,"),
    ("equal signs", "SDK-HMAC-SHA256 Access====, SignedHeaders===, Signature===="),
    (
        "a long name",
        "SDK-HMAC-SHA256 Access=" + "a" * 4000 + ", SignedHeaders=x-sdk-date, Signature=00",
    ),
    (
        "a thousand headers",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=" + "a;" * 1000 + ", Signature=00",
    ),
    ("bytes of no text", b"SDK-HMAC-SHA256 Access=\xff\xfe, SignedHeaders=host, Signature=00"),
]


@each(FORMS)
def what_is_no_proof_is_refused(authorization):
    headers = {"X-Sdk-Date": clock.date(), "Authorization": authorization}
    _unauthorized(raw.send("POST", _target(), b"{}", headers))


@claim
def no_proof_at_all_is_refused():
    _unauthorized(raw.unsigned("POST", _target(), {}))


@claim
def an_unknown_access_key_is_named():
    someone = replace(administrator(), ak="NOSUCHKEY00000000000")
    _unauthorized(raw.signed(someone, "POST", _target(), {}), "ak not exist")


@claim
def a_wrong_secret_is_refused():
    user = people.new("wrong")
    someone = replace(user, sk="x" * len(user.sk))
    _unauthorized(raw.signed(someone, "POST", _target(), {}), "verify aksk signature fail")


SKEWS = [
    ("14 minutes ago", -14, True),
    ("16 minutes ago", -16, False),
    ("14 minutes ahead", 14, True),
    ("16 minutes ahead", 16, False),
]


@each(SKEWS)
def a_date_may_be_15_minutes_off(minutes, good):
    date = (clock.now() + timedelta(minutes=minutes)).strftime(clock.FORMAT)
    answer = _list(date=date)
    if good:
        equal(answer.status, 200, f"status ({answer.body[:200]!r})")
    else:
        _unauthorized(answer, "expired")


DATES = [
    "",
    "today",
    "20250123",
    "2025-01-23T12:00:00Z",
    "20251399T120000Z",
    "99999999T999999Z",
    "20250123T120000",
]


@each([(date or "none", date) for date in DATES])
def a_malformed_date_is_refused(date):
    _unauthorized(_list(date=date or "x"))


@claim
def an_unsigned_payload_is_refused():
    _unauthorized(_list(headers={"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}))


@claim
def the_hash_of_another_body_is_refused():
    other = hashlib.sha256(b"other").hexdigest()
    _unauthorized(_list(headers={"X-Sdk-Content-Sha256": other}))
    own = hashlib.sha256(b"{}").hexdigest()
    equal(_list(headers={"X-Sdk-Content-Sha256": own}).status, 200, "status with the right hash")


@claim
def unsigned_headers_decide_nothing():
    other = environment.stranger()
    headers = {"X-Project-Id": other.project_id, "X-Domain-Id": other.domain_id}
    names = ["content-type", "host", "x-sdk-date"]
    key_id = keys.shared()
    listed = raw.signed(administrator(), "POST", _target(), {}, headers=headers, names=names)
    true(key_id in listed.json()["keys"], "the access key's own account is answered")
    theirs = f"/v1.0/{other.project_id}/kms/list-keys"
    answer = raw.signed(administrator(), "POST", theirs, {}, headers=headers, names=names)
    equal((answer.status, answer.code()), (403, "KMS.0321"), "answer")


@claim
def the_same_request_may_come_twice_in_one_second():
    date = clock.date()
    target, body = _target("gen-random"), {"random_data_length": "512"}
    answers = [raw.signed(administrator(), "POST", target, body, date=date) for _ in range(2)]
    equal([answer.status for answer in answers], [200, 200], "statuses")
    true(answers[0].body != answers[1].body, "the random numbers differ")


@claim
def an_inactive_key_and_a_deleted_one_are_refused():
    user = people.new("leaver")
    equal(raw.kms(user, "list-keys", {}).status, 403, "status of a user without permission")
    people.iam().update_permanent_access_key(access_key=user.ak, credential={"status": "inactive"})
    _unauthorized(raw.kms(user, "list-keys", {}))
    people.iam().update_permanent_access_key(access_key=user.ak, credential={"status": "active"})
    equal(raw.kms(user, "list-keys", {}).status, 403, "status when active again")
    people.iam().delete_permanent_access_key(access_key=user.ak)
    _unauthorized(raw.kms(user, "list-keys", {}))


@claim
def a_disabled_user_is_refused():
    user = people.new("disabled")
    people.iam().keystone_update_user_by_admin(user_id=user.user_id, user={"enabled": False})
    _unauthorized(raw.kms(user, "list-keys", {}))


@claim
def six_failures_in_a_row_lock_an_access_key():
    user = people.new("locked")
    wrong = replace(user, sk="x" * len(user.sk))
    for _ in range(6):
        _unauthorized(raw.kms(wrong, "list-keys", {}))
    _unauthorized(raw.kms(user, "list-keys", {}), "AK access failed to reach the limit")


@claim
def a_temporary_key_works_with_its_token_only():
    auth = {
        "identity": {"methods": ["token"], "token": {"id": tokens.token(), "duration_seconds": 900}}
    }
    credential = people.iam().create_temporary_access_key_by_token(auth=auth).credential
    temporary = replace(
        administrator(),
        ak=credential.access,
        sk=credential.secret,
        security_token=credential.securitytoken,
    )
    equal(clients.kms(temporary).list_keys().status_code, 200, "status")
    _unauthorized(raw.kms(replace(temporary, security_token=""), "list-keys", {}))
    _unauthorized(raw.kms(replace(temporary, security_token="foreign"), "list-keys", {}))
