"""Message authentication codes."""

from kit import keys, oracle
from kit.claims import claim, each, equal, refused, true
from kit.keys import kms

ALGORITHMS = [
    ("HMAC_256", "HMAC_256", "HMAC_SHA_256", 32),
    ("HMAC_384", "HMAC_384", "HMAC_SHA_384", 48),
    ("HMAC_512", "HMAC_512", "HMAC_SHA_512", 64),
]


def _mac(spec, algorithm, message):
    return kms().generate_mac(
        key_id=keys.shared(spec), mac_algorithm=algorithm, message=oracle.b64(message)
    )


def _valid(spec, algorithm, message, mac):
    return (
        kms()
        .verify_mac(
            key_id=keys.shared(spec), mac_algorithm=algorithm, message=oracle.b64(message), mac=mac
        )
        .mac_valid
    )


@each(ALGORITHMS)
def a_code_is_made_and_verified(spec, algorithm, size):
    answer = _mac(spec, algorithm, b"message")
    equal((answer.key_id, answer.mac_algorithm), (keys.shared(spec), algorithm), "answer")
    equal(len(bytes.fromhex(answer.mac)), size, "bytes of the code")
    equal(answer.mac, answer.mac.lower(), "mac")
    equal(_valid(spec, algorithm, b"message", answer.mac), True, "mac_valid")


@each(ALGORITHMS)
def a_wrong_code_is_an_answer_and_no_error(spec, algorithm, size):
    mac = _mac(spec, algorithm, b"message").mac
    equal(_valid(spec, algorithm, b"another", mac), False, "mac_valid of another message")
    changed = ("0" if mac[0] != "0" else "1") + mac[1:]
    equal(_valid(spec, algorithm, b"message", changed), False, "mac_valid of a changed code")
    equal(_valid(spec, algorithm, b"message", "00" * size), False, "mac_valid of zeros")


@claim
def a_code_may_come_in_capitals_or_base64():
    mac = _mac("HMAC_256", "HMAC_SHA_256", b"message").mac
    equal(
        _valid("HMAC_256", "HMAC_SHA_256", b"message", mac.upper()), True, "mac_valid of capitals"
    )
    encoded = oracle.b64(bytes.fromhex(mac))
    equal(_valid("HMAC_256", "HMAC_SHA_256", b"message", encoded), True, "mac_valid of Base64")


@claim
def one_message_has_one_code_and_two_keys_have_two():
    one = _mac("HMAC_256", "HMAC_SHA_256", b"m").mac
    equal(_mac("HMAC_256", "HMAC_SHA_256", b"m").mac, one, "mac")
    other = (
        kms()
        .generate_mac(
            key_id=keys.new("HMAC_256"), mac_algorithm="HMAC_SHA_256", message=oracle.b64(b"m")
        )
        .mac
    )
    true(other != one, "another key gives another code")


@each([("one byte", b"m"), ("4096 bytes", b"m" * 4096)])
def messages_at_the_ends_are_good(message):
    mac = _mac("HMAC_256", "HMAC_SHA_256", message).mac
    equal(_valid("HMAC_256", "HMAC_SHA_256", message, mac), True, "mac_valid")


REQUESTS = [
    ("no algorithm", "KMS.0204", {"mac_algorithm": None}),
    ("no message", "KMS.0204", {"message": None}),
    ("an unknown algorithm", "KMS.0308", {"mac_algorithm": "HMAC_MD5"}),
    ("an algorithm of another key", "KMS.0332", {"mac_algorithm": "HMAC_SHA_512"}),
    ("no Base64", "KMS.0308", {"message": "a b c"}),
    ("an empty message", "KMS.0308", {"message": ""}),
    ("a message of 4097 bytes", "KMS.0308", {"message": oracle.b64(b"m" * 4097)}),
]


@each(REQUESTS)
def a_bad_request_is_refused(code, members):
    usual = {
        "key_id": keys.shared("HMAC_256"),
        "mac_algorithm": "HMAC_SHA_256",
        "message": oracle.b64(b"m"),
    }
    refused(400, code, kms().generate_mac, **{**usual, **members})
    refused(400, code, kms().verify_mac, **{**usual, "mac": "00" * 32, **members})


@claim
def verification_needs_a_code():
    refused(
        400,
        "KMS.0204",
        kms().verify_mac,
        key_id=keys.shared("HMAC_256"),
        mac_algorithm="HMAC_SHA_256",
        message=oracle.b64(b"m"),
    )
