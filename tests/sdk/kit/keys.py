"""Keys for claims. An account may have 100 keys, so claims share keys where they leave them as they found them."""

import functools
import itertools
import secrets

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from kit import clients, environment, imports, raw
from kit.claims import Skipped

# An identifier of the right form that no key has.
UNKNOWN = "00000000-0000-4000-8000-000000000000"
SEQUENCE = "919c82d4-8046-4722-9094-35c3c6524cff"

USAGE = {
    "AES_256": "ENCRYPT_DECRYPT",
    "SM4": "ENCRYPT_DECRYPT",
    "HMAC_256": "GENERATE_VERIFY_MAC",
    "HMAC_384": "GENERATE_VERIFY_MAC",
    "HMAC_512": "GENERATE_VERIFY_MAC",
    "HMAC_SM3": "GENERATE_VERIFY_MAC",
}

# What an HSM need not offer.
OPTIONAL = {"SM2", "SM4", "HMAC_SM3", "ED25519", "SECP256K1"}

_run = secrets.token_hex(4)
_numbers = itertools.count(1)


def name(prefix="key"):
    """Returns a name that nothing else has."""
    return f"{prefix}-{_run}-{next(_numbers)}"


@functools.cache
def kms():
    """The administrator's client of the key service."""
    return clients.kms(environment.administrator())


def new(spec="AES_256", usage=None, **members):
    """Makes a key and returns its identifier."""
    members.setdefault("key_alias", name(spec.replace("_", "-").lower()))
    if usage is not None:
        members["key_usage"] = usage
    try:
        return kms().create_key(key_spec=spec, **members).key_info.key_id
    except ClientRequestException as error:
        if spec in OPTIONAL and error.error_code in ("KMS.1110", "KMS.0340"):
            raise Skipped(f"the HSM offers no {spec}: {error.error_code}") from error
        raise


@functools.cache
def shared(spec="AES_256", usage=None):
    """Returns a key of this kind that all claims of the group use and none changes."""
    return new(spec, usage)


def external(spec="AES_256", usage=None):
    """Makes a key that waits for its material."""
    return new(spec, usage, origin="external")


def imported(spec="AES_256", usage=None, expiration_time=None):
    """Makes a key with material from outside."""
    key_id = external(spec, usage)
    imports.give(kms(), key_id, imports.material(spec), expiration_time)
    return key_id


def disabled(key_id):
    """Disables a key."""
    kms().disable_key(key_id=key_id)
    return key_id


def doomed(key_id, days="7"):
    """Schedules a key's deletion."""
    kms().delete_key(key_id=key_id, pending_days=days)
    return key_id


def describe(key_id):
    """Returns what describe-key says."""
    return kms().list_key_detail(key_id=key_id).key_info


def state(key_id):
    """Returns a key's state."""
    return describe(key_id).key_state


@functools.cache
def default_key():
    """Returns the identifier of a default key; the development mode makes one as a service would."""
    owner = environment.administrator()
    target = f"/dew/v1/{owner.project_id}/default-keys"
    answer = raw.signed(owner, "POST", target, {"service": "obs"})
    if answer.status == 404:
        raise Skipped("only the development mode makes a default key on demand")
    assert answer.status == 200, f"no default key was made: {answer.status} {answer.body!r}"
    return answer.json()["key_id"]
