"""Claims, and the runner that tells which of them do not hold."""

import sys
import time
import traceback

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException


class Skipped(Exception):
    """Says why a claim cannot be tried here."""


def claim(function):
    """Marks a function as a claim; its name is what it claims."""
    function.claims = [(function.__name__, function)]
    return function


def each(rows):
    """Makes one claim per row; a row's first member names it, the rest are the arguments."""

    def mark(function):
        function.claims = [
            (f"{function.__name__}[{row[0]}]", lambda row=row: function(*row[1:])) for row in rows
        ]
        return function

    return mark


def run(group, only=""):
    """Runs the claims of a module in the order in which they stand there; tells whether all held."""
    held, failed, skipped = 0, [], 0
    for name, body in _claims(group):
        if only not in name:
            continue
        began = time.monotonic()
        try:
            body()
            held += 1
            verdict = "ok"
        except Skipped as reason:
            skipped += 1
            verdict = f"skipped: {reason}"
        except Exception as error:  # pylint: disable=broad-except
            failed.append(name)
            verdict = f"FAILED: {_text(error)}\n{_place(error)}"
        print(f"{group.__name__}.{name} ({time.monotonic() - began:.2f} s): {verdict}", flush=True)
    print(f"{group.__name__}: {held} held, {len(failed)} failed, {skipped} skipped", flush=True)
    if not (held or failed or skipped):
        print(f"{group.__name__}: no claim is called like {only!r}", file=sys.stderr)
        return False
    return not failed


def _claims(group):
    members = list(vars(group).values())
    marked = [member for member in members if callable(member) and hasattr(member, "claims")]
    own = [member for member in marked if member.__module__ == group.__name__]
    return [pair for member in own for pair in member.claims]


def _text(error):
    return f"{type(error).__name__}: {error}"


def _place(error):
    """The frames of the claim itself: those of the SDK below them tell nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if "site-packages" not in frame.filename and frame.name != "<lambda>"
    ]
    return "".join(traceback.format_list(own[1:])).rstrip()


def equal(got, expected, what="value"):
    """Checks that two values are the same, types included."""
    same = got == expected and isinstance(got, bool) == isinstance(expected, bool)
    assert same, f"{what} is {_short(got)}, expected {_short(expected)}"


def differ(got, other, what="value"):
    """Checks that two values are not the same."""
    assert got != other, f"{what} should not be {_short(got)}"


def true(condition, what):
    """Checks a condition that `what` states."""
    assert condition, f"not so: {what}"


def typed(value, kind, what):
    """Checks the exact type of a JSON value."""
    assert type(value) is kind, f"{what} is {_short(value)}, expected {kind.__name__}"


def refused(status, code, call, *arguments, **members):
    """Checks that the SDK's call is refused with this HTTP status and this error code."""
    try:
        answer = call(*arguments, **members)
    except ServiceResponseException as error:
        got = (error.status_code, error.error_code)
        assert got == (status, code), (
            f"refused with {got[0]} {got[1]} ({error.error_msg}), expected {status} {code}"
        )
        assert error.request_id, "the refusal carries no X-Request-Id"
        return error
    raise AssertionError(f"answered {_short(answer)}, expected {status} {code}")


def _short(value):
    text = (
        repr(value)
        if not hasattr(value, "raw_content")
        else f"{value.status_code} {value.raw_content!r}"
    )
    return text if len(text) <= 400 else f"{text[:400]}…"
