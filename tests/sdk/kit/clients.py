"""Clients of the official SDKs whose methods take a request's members by name."""

import functools
import json
import re

import huaweicloudsdkces.v1 as ces_models
import huaweicloudsdkcts.v3 as cts_models
import huaweicloudsdkiam.v3 as iam_models
import huaweicloudsdkkms.v2 as kms_models
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials

from kit import clock, environment


class Caller:
    """An SDK's client: `caller.create_key(key_alias="x")` is what `client.create_key(CreateKeyRequest(...))` is."""

    def __init__(self, client, models):
        self.client = client
        self.models = models

    def __getattr__(self, operation):
        return functools.partial(self.call, operation)

    def call(self, operation, **members):
        """Builds the SDK's request object and sends it; returns the SDK's response object."""
        return self._clocked(operation)(self.request(operation, **members))

    def with_header(self, operation, name, value, **members):
        """Sends a request with one more header, as the SDK's invoker offers it."""
        invoker = self._clocked(f"{operation}_invoker")(self.request(operation, **members))
        return invoker.add_header(name, value).invoke()

    def request(self, operation, **members):
        """Builds the SDK's request object: members of the path or query stand in it, all others in its body."""
        request = getattr(self.models, f"{_camel(operation)}Request")()
        outer = {name for name in request.attribute_map if name != "body"}
        for name in outer & members.keys():
            setattr(request, name, members.pop(name))
        if "body" in members:
            request.body = members.pop("body")
        elif members:
            request.body = self._body(request, members)
        return request

    def _body(self, request, members):
        """An object of the SDK's class; a member that the class does not know makes it a dictionary instead."""
        kind = getattr(self.models, request.openapi_types["body"])
        if members.keys() <= kind.openapi_types.keys():
            body = kind()
            for name, value in members.items():
                setattr(body, name, value)
            return body
        return members

    def _clocked(self, method):
        """The client's method, with requests dated by the server's clock where a test has moved that."""
        if clock.moved():
            self.client.preset_headers["X-Sdk-Date"] = clock.date()
        return getattr(self.client, method)


def _camel(operation):
    return re.sub("(?:^|_)([a-z0-9])", lambda match: match[1].upper(), operation)


def kms(identity):
    """A client of the key service."""
    return _caller(kms_models.KmsClient, kms_models, _basic(identity))


def cts(identity):
    """A client of the audit traces."""
    return _caller(cts_models.CtsClient, cts_models, _basic(identity))


def ces(identity):
    """A client of the metrics."""
    return _caller(ces_models.CesClient, ces_models, _basic(identity))


def iam(identity):
    """A client of identities and permissions."""
    credentials = GlobalCredentials(identity.ak, identity.sk, identity.domain_id)
    return _caller(iam_models.IamClient, iam_models, _temporary(credentials, identity))


def wire(response):
    """Returns the JSON of a response as it was sent: the SDK's objects hide its types."""
    return json.loads(response.raw_content)


def _basic(identity):
    credentials = BasicCredentials(identity.ak, identity.sk, identity.project_id)
    return _temporary(credentials, identity)


def _temporary(credentials, identity):
    return (
        credentials.with_security_token(identity.security_token)
        if identity.security_token
        else credentials
    )


def _caller(kind, models, credentials):
    builder = (
        kind.new_builder().with_credentials(credentials).with_endpoints([environment.ENDPOINT])
    )
    return Caller(builder.build(), models)
