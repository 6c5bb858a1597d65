"""IAM tokens: asked for, used, and refused."""

import re

from kit import clients, environment, keys, people, raw
from kit.claims import Skipped, claim, each, equal, true
from kit.environment import administrator

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def _password(name=None, password=None, account=None):
    owner = administrator()
    user = {
        "name": name or owner.name,
        "password": password or owner.password,
        "domain": {"name": account or environment.account_name()},
    }
    return {"methods": ["password"], "password": {"user": user}}


def _project():
    return {"project": {"name": environment.REGION}}


def _ask(identity, scope=None):
    auth = {"identity": identity}
    if scope is not None:
        auth["scope"] = scope
    return raw.unsigned("POST", "/v3/auth/tokens", {"auth": auth})


def token(scope=None, **who):
    """Returns a token."""
    if not administrator().name:
        raise Skipped("DEW_ADMIN_USER is not set")
    answer = _ask(_password(**who), _project() if scope is None else scope)
    equal(answer.status, 201, f"status ({answer.body[:300]!r})")
    return answer.headers["x-subject-token"]


def _list(token_text, project=None):
    target = f"/v1.0/{project or administrator().project_id}/kms/list-keys"
    return raw.with_token(token_text, "POST", target, {})


@claim
def a_token_is_given_with_all_its_members():
    answer = _ask(_password(), _project())
    equal(answer.status, 201, f"status ({answer.body[:300]!r})")
    body, owner = answer.json()["token"], administrator()
    equal(body["methods"], ["password"], "methods")
    true(INSTANT.fullmatch(body["issued_at"]), body["issued_at"])
    true(INSTANT.fullmatch(body["expires_at"]), body["expires_at"])
    equal(body["user"]["name"], owner.name, "user.name")
    equal(body["user"]["domain"]["id"], owner.domain_id, "user.domain.id")
    equal(body["user"]["domain"]["name"], environment.account_name(), "user.domain.name")
    equal(body["project"]["id"], owner.project_id, "project.id")
    equal(body["project"]["name"], environment.REGION, "project.name")
    true("domain" not in body, "a token of a project has no domain")
    kms = [entry for entry in body["catalog"] if entry["type"] == "kms"]
    equal(kms[0]["endpoints"][0]["url"].rpartition("/")[2], owner.project_id, "end of the address")


@claim
def the_catalog_can_be_left_out():
    auth = {"auth": {"identity": _password(), "scope": _project()}}
    answer = raw.unsigned("POST", "/v3/auth/tokens?nocatalog=true", auth)
    equal(answer.status, 201, "status")
    true(not answer.json()["token"].get("catalog"), "there is no catalog")


SCOPES = [
    ("a project's name", lambda: {"project": {"name": environment.REGION}}, "project"),
    ("a project's identifier", lambda: {"project": {"id": administrator().project_id}}, "project"),
    ("an account's name", lambda: {"domain": {"name": environment.account_name()}}, "domain"),
    ("an account's identifier", lambda: {"domain": {"id": administrator().domain_id}}, "domain"),
]


@each(SCOPES)
def a_token_has_the_scope_asked_for(scope, member):
    answer = _ask(_password(), scope())
    equal(answer.status, 201, f"status ({answer.body[:300]!r})")
    true(member in answer.json()["token"], f"the token has a {member}")


@claim
def without_a_scope_a_token_is_for_the_account():
    answer = _ask(_password())
    equal(answer.status, 201, "status")
    equal(answer.json()["token"]["domain"]["id"], administrator().domain_id, "domain.id")


@claim
def a_token_opens_the_key_service():
    equal(_list(token()).status, 200, "status")


@claim
def the_official_sdk_sends_a_token_and_a_signature_and_the_signature_counts():
    answer = clients.kms(administrator()).with_header("list_keys", "X-Auth-Token", "nonsense")
    equal(answer.status_code, 200, "status")


@claim
def a_token_is_exchanged_for_another_scope():
    first = token({"domain": {"id": administrator().domain_id}})
    identity = {"methods": ["token"], "token": {"id": first}}
    answer = _ask(identity, _project())
    equal(answer.status, 201, f"status ({answer.body[:300]!r})")
    equal(_list(answer.headers["x-subject-token"]).status, 200, "status with the second token")


@claim
def a_token_is_looked_at():
    text = token()
    headers = {"X-Auth-Token": text, "X-Subject-Token": text}
    answer = raw.send("GET", "/v3/auth/tokens", b"", headers)
    equal(answer.status, 200, f"status ({answer.body[:300]!r})")
    equal(answer.headers.get("x-subject-token"), text, "X-Subject-Token")
    equal(answer.json()["token"]["user"]["name"], administrator().name, "user.name")


@claim
def a_token_buys_temporary_keys():
    text = token()
    auth = {
        "auth": {"identity": {"methods": ["token"], "token": {"id": text, "duration_seconds": 900}}}
    }
    answer = raw.unsigned("POST", "/v3.0/OS-CREDENTIAL/securitytokens", auth)
    equal(answer.status, 201, f"status ({answer.body[:300]!r})")
    credential = answer.json()["credential"]
    owner = administrator()
    temporary = environment.Identity(
        credential["access"],
        credential["secret"],
        owner.project_id,
        owner.domain_id,
        security_token=credential["securitytoken"],
    )
    equal(clients.kms(temporary).list_keys().status_code, 200, "status")


@each([("899 seconds", 899), ("a day and a second", 86401), ("a word", "long")])
def temporary_keys_have_a_range_of_lives(seconds):
    auth = {
        "identity": {"methods": ["token"], "token": {"id": token(), "duration_seconds": seconds}}
    }
    answer = raw.unsigned("POST", "/v3.0/OS-CREDENTIAL/securitytokens", {"auth": auth})
    equal(answer.status, 400, f"status ({answer.body[:300]!r})")


TOKENS = [
    ("empty", "", ("KMS.0301",)),
    ("malformed", "nonsense", ("KMS.0301", "KMS.0302")),
    ("a changed one", None, ("KMS.0302", "KMS.0301")),
]


@each(TOKENS)
def a_bad_token_is_refused(text, codes):
    if text is None:
        good = token()
        at = len(good) // 2
        text = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
    answer = _list(text)
    equal(answer.status, 403, f"status ({answer.body[:300]!r})")
    true(answer.json()["error"]["error_code"] in codes, f"{answer.body!r} has one of {codes}")


@claim
def a_token_of_another_project_is_refused():
    answer = _list(token(), environment.stranger().project_id)
    equal((answer.status, answer.code()), (403, "KMS.0321"), "answer")


@claim
def a_token_of_the_account_is_not_one_of_its_project():
    answer = _list(token({"domain": {"id": administrator().domain_id}}))
    equal((answer.status, answer.code()), (403, "KMS.0321"), "answer")


LOGINS = [
    ("a wrong password", {"password": "wrong"}),
    ("an unknown user", {"name": "nobody"}),
    ("an unknown account", {"account": "nowhere"}),
]


@each(LOGINS)
def a_bad_login_is_refused_in_keystones_form(who):
    answer = _ask(_password(**who), _project())
    equal(answer.status, 401, "status")
    error = answer.json()["error"]
    equal((error["code"], error["title"]), (401, "Unauthorized"), "error")
    true(isinstance(error["message"], str), "there is a message")


@claim
def wrong_passwords_and_unknown_users_look_alike():
    wrong = _ask(_password(password="wrong"), _project())
    unknown = _ask(_password(name="nobody"), _project())
    equal(wrong.json()["error"]["message"], unknown.json()["error"]["message"], "message")


BODIES = [
    ("no auth", {}),
    ("no identity", {"auth": {}}),
    ("no methods", {"auth": {"identity": {}}}),
    ("an unknown method", {"auth": {"identity": {"methods": ["magic"]}}}),
    ("no password", {"auth": {"identity": {"methods": ["password"]}}}),
    ("methods that are a text", {"auth": {"identity": {"methods": "password"}}}),
    (
        "a user that is a list",
        {"auth": {"identity": {"methods": ["password"], "password": {"user": []}}}},
    ),
]


@each(BODIES)
def a_bad_request_for_a_token_is_refused(body):
    answer = raw.unsigned("POST", "/v3/auth/tokens", body)
    true(answer.status in (400, 401), f"status {answer.status} blames the request")


@claim
def a_user_without_permission_gets_a_token_that_opens_nothing():
    user = people.new("token")
    text = token(name=user.name, password=user.password)
    answer = _list(text)
    equal((answer.status, answer.code()), (403, "KMS.0307"), "answer")


@claim
def a_token_ends_with_its_user():
    user = people.new("gone")
    text = token(name=user.name, password=user.password)
    people.iam().keystone_delete_user(user_id=user.user_id)
    answer = _list(text)
    true(answer.status in (401, 403), f"status {answer.status} refuses")
    true(answer.code() in ("KMS.0302", "KMS.0303", "KMS.0301"), f"{answer.code()} is one of tokens")


@claim
def both_services_answer_on_one_port():
    equal(raw.unsigned("GET", "/").json()["versions"][0]["id"], "v1.0", "version")
    equal(
        raw.signed(administrator(), "GET", f"/v3/projects?name={environment.REGION}").status,
        200,
        "projects",
    )
    keys.shared()
