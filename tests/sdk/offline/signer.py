"""The signer of the raw tests against known answers, which the official SDK gives too."""

import hashlib

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from kit import raw
from kit.claims import each, equal

AK = "KATAK000000000EXAMPL"
SK = "KatSkExample0123456789abcdefghijABCDEFGH"
DATE = "20250123T120000Z"
PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
KEY = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"
AGENT = "huaweicloud-usdk-python/3.0; kat"

# Name, method, target, headers, body, hash of the canonical request, signature.
KNOWN = [
    (
        "post with a body",
        "POST",
        f"/v1.0/{PROJECT}/kms/create-key",
        {
            "content-type": "application/json;charset=utf-8",
            "host": "127.0.0.1:8080",
            "user-agent": AGENT,
            "x-project-id": PROJECT,
            "x-sdk-date": DATE,
        },
        b'{"key_alias": "kat-key", "key_spec": "AES_256", "key_usage": "ENCRYPT_DECRYPT"}',
        "692e0a5c882f455e49f4747aa8e5307c13c0efc16058d5869c5b366856de154f",
        "97e82a87c63f098a77e9e5b9901ec07e5a688a5925ae330fe11ffa2adabf3191",
    ),
    (
        "get with a query and a security token",
        "GET",
        f"/v1.0/{PROJECT}/kms/aliases?key_id={KEY}&limit=50&marker=a%20b%2Fc%2B~%C3%A9",
        {
            "content-type": "application/json",
            "host": "kms.local:8443",
            "user-agent": AGENT,
            "x-project-id": PROJECT,
            "x-sdk-date": DATE,
            "x-security-token": "tokEN==",
        },
        b"",
        "4ba7b0fd950a135e1a55355f93306be64822871320b2b361e9a48833a706c7c9",
        "21670f8bc2965e1da0a4e4ac24115de9ce293d2b93ce8e23ed463db269d1eb8d",
    ),
    (
        "get without a content type",
        "GET",
        "/v3/projects?name=cn-north-4",
        {"host": "127.0.0.1:8080", "user-agent": "kat", "x-sdk-date": DATE},
        b"",
        "fd004caf734cc3d95c89c453343b9b70fcfa82728b8178ac108e48a7ecd746a2",
        "c33ef2c1a621cf85bab2076e0c482dc98ee1c80bfab49b402d22dd00e74f7b2e",
    ),
    (
        "an encoded slash in the path",
        "DELETE",
        f"/v1.0/{PROJECT}/kms/{KEY}/tags/a%20b%2Fc%3A%E4%B8%AD",
        {
            "content-type": "application/json",
            "host": "127.0.0.1:8080",
            "user-agent": "kat",
            "x-project-id": PROJECT,
            "x-sdk-date": DATE,
        },
        b"",
        "0f25523ad0e3d0c947021949ade156ad02fc925a68cc7fe7383c9015b7bb1c66",
        "812ac8dc7cf4ab1dbea5d1fcf39224604c1fcc2093af83301efe3eaa92ed8ffa",
    ),
]


@each(KNOWN)
def the_known_answer_is_given(method, target, headers, body, canonical_hash, signature):
    canonical = raw.canonical_request(method, target, headers, sorted(headers), body)
    equal(
        hashlib.sha256(canonical.encode()).hexdigest(),
        canonical_hash,
        "hash of the canonical request",
    )
    equal(raw.signature(SK, DATE, canonical), signature, "signature")


@each(KNOWN)
def the_official_sdk_gives_it_too(method, target, headers, body, _hash, signature):
    path, _, query = target.partition("?")
    request = SdkRequest(
        method=method,
        schema="http",
        host=headers["host"],
        resource_path=path,
        query_params=raw.parse_qsl(query),
        header_params=dict(headers),
        body=body,
    )
    signed = Signer(BasicCredentials(AK, SK, PROJECT)).sign(request)
    equal(
        signed.header_params["Authorization"].rpartition("=")[2], signature, "the SDK's signature"
    )
