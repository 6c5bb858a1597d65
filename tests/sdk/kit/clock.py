"""The server's clock, as far as the tests have moved it."""

from datetime import datetime, timedelta, timezone

FORMAT = "%Y%m%dT%H%M%SZ"
_offset = timedelta()


def moved():
    """Tells whether the server's clock is ahead of ours."""
    return bool(_offset)


def now():
    """Returns the server's time, but for what passes on the way."""
    return datetime.now(timezone.utc) + _offset


def date():
    """Returns the server's time as a signature states it."""
    return now().strftime(FORMAT)


def milliseconds():
    """Returns the server's time as key objects state it."""
    return int(now().timestamp() * 1000)


def advance(**span):
    """Moves the server's clock ahead, and ours with it: `advance(days=7, seconds=1)`."""
    global _offset  # pylint: disable=global-statement
    from kit import environment, raw
    from kit.claims import Skipped, equal

    if not environment.CLOCK_MOVES:
        raise Skipped("DEW_CLOCK is not `movable`")
    step = timedelta(**span)
    answer = raw.signed(
        environment.administrator(),
        "POST",
        "/dew/v1/clock",
        {"advance_seconds": int(step.total_seconds())},
    )
    equal(answer.status, 200, f"status of moving the clock ({answer.body!r})")
    _offset += step
