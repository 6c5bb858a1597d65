"""The whole story with nothing but the official SDKs: the port of `cargo xtask up` and its environment are all it needs.

A key is made, a data key from it, a file encrypted with that; the key is rotated, the file decrypted; something is
signed; a second user is granted the use of the key; and the audit tells it all.
"""

import base64
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcts import v3 as cts
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdkkms import v2 as kms

ENDPOINT = os.environ["DEW_ENDPOINT"]
PROJECT = os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]
DOMAIN = os.environ["HUAWEICLOUD_SDK_DOMAIN_ID"]
AK, SK = os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"]
RUN = secrets.token_hex(4)


def client(kind, credentials):
    """Points one of the SDK's clients at the server."""
    return kind.new_builder().with_credentials(credentials).with_endpoints([ENDPOINT]).build()


def key_service(ak, sk):
    """The key service as the holder of this access key sees it."""
    return client(kms.KmsClient, BasicCredentials(ak, sk, PROJECT))


def create_keys(service):
    """Makes a key for data and one for signatures."""
    body = kms.CreateKeyRequestBody(key_alias=f"files-{RUN}", key_description="for files")
    data = service.create_key(kms.CreateKeyRequest(body)).key_info.key_id
    body = kms.CreateKeyRequestBody(
        key_alias=f"letters-{RUN}", key_spec="EC_P256", key_usage="SIGN_VERIFY"
    )
    signing = service.create_key(kms.CreateKeyRequest(body)).key_info.key_id
    print(f"created {data} for data and {signing} for signatures")
    return data, signing


def encrypt_file(service, key_id, source, target):
    """Encrypts a file with a fresh data key; only the sealed data key is kept, in front of the text."""
    body = kms.CreateDatakeyRequestBody(key_id=key_id, datakey_length="256")
    made = service.create_datakey(kms.CreateDatakeyRequest(body))
    nonce = os.urandom(12)
    sealed = AESGCM(bytes.fromhex(made.plain_text)).encrypt(nonce, source.read_bytes(), None)
    target.write_text(f"{made.cipher_text}\n{(nonce + sealed).hex()}\n")
    print(f"encrypted {source.stat().st_size} bytes")


def decrypt_file(service, key_id, source):
    """Opens the data key of a file, and with it the file."""
    sealed_key, text = source.read_text().split()
    body = kms.DecryptDatakeyRequestBody(
        key_id=key_id, cipher_text=sealed_key, datakey_cipher_length="32"
    )
    data_key = bytes.fromhex(service.decrypt_datakey(kms.DecryptDatakeyRequest(body)).data_key)
    content = bytes.fromhex(text)
    return AESGCM(data_key).decrypt(content[:12], content[12:], None)


def rotate(service, key_id):
    """Gives the key a new version."""
    service.rotate_on_demand(
        kms.RotateOnDemandRequest(kms.RotateOnDemandRequestBody(key_id=key_id))
    )
    body = kms.OperateKeyRequestBody(key_id=key_id)
    status = service.show_key_rotation_status(kms.ShowKeyRotationStatusRequest(body))
    assert status.number_of_rotations == 1, status
    print("rotated the key")


def sign_and_verify(service, key_id):
    """Signs a letter and has the signature judged."""
    letter = {"message": base64.b64encode(b"Dear reader").decode(), "message_type": "RAW"}
    what = {"key_id": key_id, "signing_algorithm": "ECDSA_SHA_256", **letter}
    signature = service.sign(kms.SignRequest(kms.SignRequestBody(**what))).signature
    body = kms.VerifyRequestBody(signature=signature, **what)
    judged = service.validate_signature(kms.ValidateSignatureRequest(body))
    assert judged.signature_valid == "true", judged
    print("signed and verified a letter")


def second_user(name):
    """Makes a user of the account with an access key and no permission at all."""
    service = client(iam.IamClient, GlobalCredentials(AK, SK, DOMAIN))
    option = iam.CreateUserOption(
        name=name, domain_id=DOMAIN, password=f"Pw-{secrets.token_hex(12)}"
    )
    user = service.create_user(iam.CreateUserRequest(iam.CreateUserRequestBody(option))).user
    option = iam.CreateCredentialOption(user_id=user.id)
    body = iam.CreatePermanentAccessKeyRequestBody(option)
    credential = service.create_permanent_access_key(
        iam.CreatePermanentAccessKeyRequest(body)
    ).credential
    print(f"made the user {name}")
    return user.id, key_service(credential.access, credential.secret)


def grant(service, key_id, user_id):
    """Lets the user open data keys of this key."""
    body = kms.CreateGrantRequestBody(
        key_id=key_id, grantee_principal=user_id, operations=["decrypt-datakey", "describe-key"]
    )
    service.create_grant(kms.CreateGrantRequest(body))
    print("granted the use of the key")


def show_traces(key_ids):
    """Reads what the audit has of these keys."""
    service = client(cts.CtsClient, BasicCredentials(AK, SK, PROJECT))
    names = []
    for key_id in key_ids:
        request = cts.ListTracesRequest(trace_type="system", resource_id=key_id, limit=200)
        traces = service.list_traces(request).traces
        names += [trace.trace_name for trace in traces]
        for trace in reversed(traces):
            print(f"  {trace.trace_name:24} {trace.code} by {trace.user.name}")
    return names


def main():
    """Tells the story."""
    service = key_service(AK, SK)
    data, signing = create_keys(service)
    user_id, theirs = second_user(f"second-{RUN}")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "plain"), Path(folder, "sealed")
        source.write_bytes(os.urandom(100_000))
        encrypt_file(service, data, source, target)
        rotate(service, data)
        assert decrypt_file(service, data, target) == source.read_bytes()
        print("decrypted the file after the rotation")
        sign_and_verify(service, signing)
        try:
            decrypt_file(theirs, data, target)
        except ClientRequestException as refusal:
            assert refusal.status_code == 403, refusal
        else:
            raise AssertionError("a user without permission opened the file")
        grant(service, data, user_id)
        assert decrypt_file(theirs, data, target) == source.read_bytes()
        print("the second user decrypted the file")
    names = show_traces([data, signing])
    expected = {
        "createKey",
        "createDataKey",
        "rotateKey",
        "decryptDatakey",
        "createGrant",
        "sign",
        "verify",
    }
    assert expected <= set(names), f"missing from the audit: {expected - set(names)}"
    print("the audit tells it all")


if __name__ == "__main__":
    main()
