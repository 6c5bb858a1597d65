"""Raw HTTP with a signer of our own: for requests that no SDK would send.

The signer follows the description of SDK-HMAC-SHA256 and shares no code with the SDK's; `offline.signer` holds both
against known answers.
"""

import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from kit import clock, environment

ALGORITHM = "SDK-HMAC-SHA256"
JSON = "application/json"


@dataclass
class Answer:
    """What the server answered."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        """Returns the body, which must be JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise AssertionError(
                f"status {self.status}, and no JSON: {self.body[:200]!r}"
            ) from error

    def code(self):
        """Returns the error code, nested as the key service has it or flat as the gateway has it."""
        body = self.json()
        error = body.get("error", body)
        return error.get("error_code") or error.get("code")


def canonical_uri(path):
    """Decodes the whole path, encodes each segment, and ends it with a slash."""
    segments = [quote(segment, safe="~") for segment in unquote(path).split("/")]
    joined = "/".join(segments)
    return joined if joined.endswith("/") else f"{joined}/"


def canonical_query(query):
    """Sorts the decoded pairs and encodes them again."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs)


def canonical_request(method, target, headers, signed, body):
    """The text that is hashed; `headers` by lower-case names."""
    path, _, query = target.partition("?")
    lines = [f"{name}:{headers[name].strip()}\n" for name in signed]
    body_hash = headers.get("x-sdk-content-sha256") or hashlib.sha256(body).hexdigest()
    return "\n".join(
        [
            method,
            canonical_uri(path),
            canonical_query(query),
            "".join(lines),
            ";".join(signed),
            body_hash,
        ]
    )


def signature(secret, date, canonical):
    """Signs a canonical request."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([ALGORITHM, date, digest])
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def authorization(identity, method, target, headers, body, signed=None):
    """Returns the Authorization header; without `signed`, all headers are signed."""
    lower = {name.lower(): value for name, value in headers.items()}
    names = sorted(lower) if signed is None else signed
    canonical = canonical_request(method, target, lower, names, body)
    made = signature(identity.sk, lower["x-sdk-date"], canonical)
    return f"{ALGORITHM} Access={identity.ak}, SignedHeaders={';'.join(names)}, Signature={made}"


def to_bytes(body):
    """Encodes a body: bytes stay, anything else becomes JSON."""
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def host():
    """The Host header that the server must expect."""
    name, port = environment.ADDRESS
    return f"{name}:{port}"


def signed(identity, method, target, body=None, headers=None, names=None, date=None):
    """Signs and sends a request; `names` are the signed headers, all by default."""
    content = to_bytes(body)
    all_headers = {"Host": host(), "Content-Type": JSON, "X-Sdk-Date": date or clock.date()}
    if identity.security_token:
        all_headers["X-Security-Token"] = identity.security_token
    all_headers.update(headers or {})
    all_headers = {name: value for name, value in all_headers.items() if value is not None}
    proof = authorization(identity, method, target, all_headers, content, names)
    return send(method, target, content, {**all_headers, "Authorization": proof})


def with_token(token, method, target, body=None, headers=None):
    """Sends a request with an IAM token instead of a signature."""
    all_headers = {"Content-Type": JSON, "X-Auth-Token": token, **(headers or {})}
    return send(method, target, to_bytes(body), all_headers)


def unsigned(method, target, body=None, headers=None):
    """Sends a request that proves nothing."""
    return send(method, target, to_bytes(body), {"Content-Type": JSON, **(headers or {})})


def send(method, target, content, headers):
    """Sends exactly this request, on a connection of its own."""
    connection = http.client.HTTPConnection(*environment.ADDRESS, timeout=30)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        lower = {name.lower() for name in headers}
        if "host" not in lower:
            connection.putheader("Host", host())
        if "content-length" not in lower and "transfer-encoding" not in lower:
            connection.putheader("Content-Length", str(len(content)))
        for name, value in headers.items():
            connection.putheader(name, value.encode() if isinstance(value, str) else value)
        connection.endheaders(content)
        answer = connection.getresponse()
        received = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, received, answer.read())
    finally:
        connection.close()


def kms(identity, operation, body=None, **options):
    """Signs and sends an operation of the key service."""
    return signed(identity, "POST", f"/v1.0/{identity.project_id}/kms/{operation}", body, **options)
