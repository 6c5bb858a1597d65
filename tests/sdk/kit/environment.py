"""Where the server is, and who the tests are: read from the environment once."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Identity:
    """An access key and the account that it belongs to."""

    ak: str
    sk: str
    project_id: str
    domain_id: str
    user_id: str = ""
    name: str = ""
    password: str = ""
    security_token: str = ""


def variable(name, default=None):
    """Returns a variable, or says who should have set it."""
    value = os.environ.get(name, default)
    if value is None:
        raise SystemExit(
            f"{name} is not set: take the environment from `cargo xtask up`, or let the Rust tests start this"
        )
    return value


ENDPOINT = variable("DEW_ENDPOINT", "").rstrip("/")
REGION = variable("DEW_REGION", "cn-north-4")
CLOCK_MOVES = variable("DEW_CLOCK", "") == "movable"
ADDRESS = (urlsplit(ENDPOINT).hostname, urlsplit(ENDPOINT).port)


def administrator():
    """Returns the administrator of the first account."""
    return Identity(
        ak=variable("HUAWEICLOUD_SDK_AK"),
        sk=variable("HUAWEICLOUD_SDK_SK"),
        project_id=variable("HUAWEICLOUD_SDK_PROJECT_ID"),
        domain_id=variable("HUAWEICLOUD_SDK_DOMAIN_ID"),
        name=variable("DEW_ADMIN_USER", ""),
        password=variable("DEW_ADMIN_PASSWORD", ""),
    )


def stranger():
    """Returns the administrator of another account."""
    return Identity(
        ak=variable("DEW_B_AK"),
        sk=variable("DEW_B_SK"),
        project_id=variable("DEW_B_PROJECT_ID"),
        domain_id=variable("DEW_B_DOMAIN_ID"),
    )


def account_name():
    """Returns the name of the first account."""
    return variable("DEW_ACCOUNT")
