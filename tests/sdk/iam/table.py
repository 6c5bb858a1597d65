"""The permissions of each operation: the old name, the new names, and a call that changes nothing.

A call is harmless when the account's administrator gets the same answer whenever it comes; `expected` is that answer's
error code, or None where it succeeds.
"""

import functools
from dataclasses import dataclass
from typing import Callable, Optional

from kit import keys, operations
from kit.keys import kms

BY_NAME = {operation.name: operation for operation in operations.ALL}


@dataclass(frozen=True)
class Permission:
    """One operation and what permits it."""

    name: str
    old: str
    # All of these together, where an operation asks for more than one.
    new: tuple
    call: Callable
    expected: Optional[str] = None


def _on_key(name):
    """A call on the shared key of the operation's kind, with members that stay good."""
    operation = BY_NAME[name]

    @functools.cache
    def prepared():
        spec, usage = operation.kind
        key_id = _external() if spec == "external" else keys.shared(spec, usage)
        return key_id, operation.members(key_id)

    return lambda client: operations.call(client, operation, *prepared())


@functools.cache
def _external():
    return keys.external()


@functools.cache
def _doomed():
    return keys.doomed(keys.new())


@functools.cache
def _taken():
    name = keys.name("taken")
    keys.new(key_alias=name)
    return name


def _plain(method, **members):
    return lambda client: client.call(method, **members)


def _search(client):
    return client.list_kms_by_tags(resource_instances="resource_instances", action="count")


def _rows():
    row, on = Permission, _on_key
    return [
        row("create-key", "kms:cmk:create", ("kms:cmk:create",), lambda client: client.create_key(key_alias=_taken()), "KMS.1104"),
        row("enable-key", "kms:cmk:enable", ("kms:cmk:enable",), on("enable-key"), "KMS.1201"),
        row("disable-key", "kms:cmk:disable", ("kms:cmk:disable",), lambda client: client.disable_key(key_id=_doomed()), "KMS.0210"),
        row("schedule-key-deletion", "kms:cmk:update", ("kms:cmk:scheduleKeyDeletion",), lambda client: client.delete_key(key_id=_doomed(), pending_days="7"), "KMS.1402"),
        row("cancel-key-deletion", "kms:cmk:update", ("kms:cmk:cancelKeyDeletion",), on("cancel-key-deletion"), "KMS.1501"),
        row("update-key-alias", "kms:cmk:update", ("kms:cmk:updateKeyAlias",), lambda client: client.update_key_alias(key_id=keys.shared(), key_alias=_taken()), "KMS.1104"),
        row("update-key-description", "kms:cmk:update", ("kms:cmk:updateKeyDescription",), on("update-key-description")),
        row("list-keys", "kms:cmk:list", ("kms:cmk:list",), _plain("list_keys")),
        row("describe-key", "kms:cmk:get", ("kms:cmk:get",), on("describe-key")),
        row("get-publickey", "kms:cmk:getPublicKey", ("kms:cmk:getPublicKey",), on("get-publickey")),
        row("gen-random", "kms:cmk:generate", ("kms::generateRandom",), _plain("create_random", random_data_length="8")),
        row("create-datakey", "kms:dek:create", ("kms:cmk:createDataKey",), on("create-datakey")),
        row("create-datakey-without-plaintext", "kms:dek:create", ("kms:cmk:createDataKeyWithoutPlaintext",), on("create-datakey-without-plaintext")),
        row("create-ec-datakey-pair", "kms:dek:create", ("kms:cmk:createDataKeyPair",), on("create-ec-datakey-pair")),
        row("create-rsa-datakey-pair", "kms:dek:create", ("kms:cmk:createDataKeyPair",), on("create-rsa-datakey-pair")),
        row("encrypt-datakey", "kms:dek:crypto", ("kms:cmk:encryptDataKey",), on("encrypt-datakey")),
        row("decrypt-datakey", "kms:dek:crypto", ("kms:cmk:decryptDataKey",), on("decrypt-datakey")),
        row("encrypt-data", "kms:cmk:crypto", ("kms:cmk:encryptData",), on("encrypt-data")),
        row("decrypt-data", "kms:cmk:crypto", ("kms:cmk:decryptData",), on("decrypt-data")),
        row("re-encrypt", "kms:cmk:crypto", ("kms:cmk:decryptData", "kms:cmk:encryptData"), on("re-encrypt")),
        row("sign", "kms:cmk:sign", ("kms:cmk:sign",), on("sign")),
        row("verify", "kms:cmk:verify", ("kms:cmk:verify",), on("verify")),
        row("generate-mac", "kms:cmk:generateMac", ("kms:cmk:generateMac",), on("generate-mac")),
        row("verify-mac", "kms:cmk:verifyMac", ("kms:cmk:verifyMac",), on("verify-mac")),
        row("user-instances", "kms:cmk:getInstance", ("kms:cmk:getInstance",), _plain("show_user_instances")),
        row("user-quotas", "kms:cmk:getQuota", ("kms:cmk:getQuota",), _plain("show_user_quotas")),
        row("create-grant", "kms:grant:create", ("kms:cmk:createGrant",), on("create-grant")),
        row("revoke-grant", "kms:grant:revoke", ("kms:cmk:revokeGrant",), on("revoke-grant"), "KMS.2501"),
        row("retire-grant", "kms:grant:retire", ("kms:cmk:retireGrant",), on("retire-grant"), "KMS.2501"),
        row("list-grants", "kms:grant:list", ("kms:cmk:listGrants",), on("list-grants")),
        row("list-retirable-grants", "kms:grant:list", ("kms:cmk:listRetirableGrants",), _plain("list_retirable_grants")),
        row("get-parameters-for-import", "kms:cmk:getMaterial", ("kms:cmk:getMaterial",), on("get-parameters-for-import")),
        row("import-key-material", "kms:cmk:importMaterial", ("kms:cmk:importMaterial",), on("import-key-material"), "KMS.2605"),
        row("delete-imported-key-material", "kms:cmk:deleteMaterial", ("kms:cmk:deleteMaterial",), on("delete-imported-key-material"), "KMS.2701"),
        row("enable-key-rotation", "kms:cmk:enableRotation", ("kms:cmk:enableRotation",), lambda client: client.enable_key_rotation(key_id=_doomed()), "KMS.0210"),
        row("disable-key-rotation", "kms:cmk:disableRotation", ("kms:cmk:disableRotation",), on("disable-key-rotation"), "KMS.0313"),
        row("update-key-rotation-interval", "kms:cmk:updateRotation", ("kms:cmk:updateRotation",), on("update-key-rotation-interval"), "KMS.0313"),
        row("get-key-rotation-status", "kms:cmk:getRotation", ("kms:cmk:getRotation",), on("get-key-rotation-status")),
        row("resource_instances", "kms:cmkTag:listInstance", ("kms:cmk:listKeysByTag",), _search),
        row("key tags", "kms:cmkTag:list", ("kms:cmk:getTags",), on("key tags")),
        row("project tags", "kms:cmkTag:list", ("kms:cmk:getTags",), _plain("list_kms_tags")),
        row("batch tags", "kms:cmkTag:batch", ("kms:cmk:tagResource",), on("batch tags")),
        row("batch delete tags", "kms:cmkTag:batch", ("kms:cmk:untagResource",), lambda client: client.batch_create_kms_tags(key_id=keys.shared(), action="delete", tags=[{"key": "none"}])),
        row("add tag", "kms:cmkTag:create", ("kms:cmk:tagResource",), on("add tag")),
        row("delete tag", "kms:cmkTag:delete", ("kms:cmk:untagResource",), lambda client: client.delete_tag(key_id=keys.shared(), key="absent"), "KMS.0416"),
        row("create alias", "kms:alias:create", ("kms:alias:create",), lambda client: client.create_alias(key_id=keys.shared(), alias=_alias()), "KMS.1104"),
        row("list aliases", "kms:alias:list", ("kms:alias:list",), _plain("list_aliases")),
        row("delete alias", "kms:alias:delete", ("kms:alias:delete",), lambda client: client.delete_alias(key_id=keys.shared(), aliases=["alias/absent"]), "KMS.0308"),
        row("associate alias", "kms:alias:associate", ("kms:alias:associate",), lambda client: client.associate_alias(alias="alias/absent", target_key_id=keys.shared()), "KMS.0308"),
    ]  # fmt: skip


@functools.cache
def _alias():
    name = keys.name("alias/taken")
    kms().create_alias(key_id=keys.shared(), alias=name)
    return name


PERMISSIONS = _rows()
EVERY_ACTION = sorted(
    {row.old for row in PERMISSIONS} | {action for row in PERMISSIONS for action in row.new}
)
