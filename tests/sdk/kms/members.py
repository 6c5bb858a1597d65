"""What every operation asks of its members: the key's identifier and the sequence; and the order of the checks."""

import functools

from kit import clients, environment, keys, operations, raw
from kit.claims import claim, each, equal, refused
from kit.keys import kms
from kit.operations import ALL

# decrypt-data finds the key in the ciphertext; tags name the key in the path.
OPTIONAL_KEY = {"decrypt-data", "decrypt-data (RSA)"}
KEY_IN_PATH = {"create_kms_tag", "batch_create_kms_tags", "delete_tag", "show_kms_tags"}

ROWS = [(operation.name, operation) for operation in ALL]
IN_BODY = [row for row in ROWS if row[1].method not in KEY_IN_PATH]


@each([row for row in IN_BODY if row[0] not in OPTIONAL_KEY])
def a_key_must_be_named(operation):
    members = operations.plausible(operation)
    refused(400, "KMS.0204", operations.call, kms(), operation, None, members)


MALFORMED = ["key", keys.UNKNOWN[:-1], keys.UNKNOWN + "0", keys.UNKNOWN.replace("-", "_"), "A" * 36]


@each(ROWS)
def a_malformed_identifier_is_refused(operation):
    members = operations.plausible(operation)
    for key_id in MALFORMED:
        refused(400, "KMS.0205", operations.call, kms(), operation, key_id, members)


@each(ROWS)
def an_unknown_key_is_refused(operation):
    members = operations.plausible(operation)
    refused(404, "KMS.0207", operations.call, kms(), operation, keys.UNKNOWN, members)


@each([row for row in ROWS if row[1].sequence and row[1].method != "delete_tag"])
def a_malformed_sequence_is_refused(operation):
    members = operations.plausible(operation)
    for sequence in ("1", keys.SEQUENCE[:-1], keys.SEQUENCE.upper()):
        refused(
            400,
            "KMS.0206",
            operations.call,
            kms(),
            operation,
            keys.UNKNOWN,
            members,
            sequence=sequence,
        )


@functools.cache
def _strangers():
    return clients.kms(environment.stranger())


def _own(operation):
    """A key of the first account, of the kind that the operation wants."""
    spec, usage = operation.kind
    return _external() if spec == "external" else keys.shared(spec, usage)


@functools.cache
def _external():
    return keys.external()


@each(ROWS)
def a_key_of_another_account_is_unknown_there(operation):
    key_id = _own(operation)
    members = operation.members(key_id)
    refused(404, "KMS.0207", operations.call, _strangers(), operation, key_id, members)


@claim
def a_ciphertext_of_another_account_does_not_open():
    cipher = kms().encrypt_data(key_id=keys.shared(), plain_text="text").cipher_text
    refused(404, "KMS.0207", _strangers().decrypt_data, cipher_text=cipher)


@each(IN_BODY)
def another_accounts_project_is_refused(operation):
    mixed = environment.Identity(
        environment.stranger().ak,
        environment.stranger().sk,
        environment.administrator().project_id,
        environment.administrator().domain_id,
    )
    members = operations.plausible(operation)
    refused(403, "KMS.0321", operations.call, _client(mixed), operation, keys.UNKNOWN, members)


@functools.cache
def _client(identity):
    return clients.kms(identity)


# Each request breaks two rules; the code is that of the rule checked first.
ORDER = [
    ("missing before sequence", "KMS.0204", {"sequence": "x", "plain_text": "t"}),
    ("missing before format", "KMS.0204", {"key_id": "malformed"}),
    (
        "sequence before format",
        "KMS.0206",
        {"sequence": "x", "key_id": "malformed", "plain_text": "t"},
    ),
    ("format before existence", "KMS.0308", {"key_id": keys.UNKNOWN, "plain_text": "x" * 5000}),
]


@each(ORDER)
def checks_have_their_order(code, members):
    refused(400, code, kms().encrypt_data, **members)


@claim
def kind_is_checked_before_state():
    key_id = keys.disabled(keys.new("HMAC_256"))
    refused(400, "KMS.0341", kms().encrypt_data, key_id=key_id, plain_text="text")


@claim
def state_is_checked_before_the_text():
    key_id = keys.disabled(keys.new())
    refused(
        400,
        "KMS.0209",
        kms().decrypt_datakey,
        key_id=key_id,
        cipher_text="AB" * 172,
        datakey_cipher_length="32",
    )


@claim
def the_project_is_checked_before_the_body():
    owner, other = environment.administrator(), environment.stranger()
    answer = raw.signed(owner, "POST", f"/v1.0/{other.project_id}/kms/list-keys", b"{")
    equal((answer.status, answer.code()), (403, "KMS.0321"), "answer")


@claim
def a_project_that_nobody_has_is_refused():
    owner = environment.administrator()
    answer = raw.signed(owner, "POST", f"/v1.0/{'0' * 32}/kms/list-keys", {})
    equal((answer.status, answer.code()), (403, "KMS.0321"), "answer")


@claim
def a_sdk_without_a_project_is_refused_and_not_an_error():
    owner = environment.administrator()
    answer = raw.signed(owner, "POST", "/v1.0/%7Bproject_id%7D/kms/list-keys", {})
    equal((answer.status, answer.code()), (403, "KMS.0321"), "answer")
