"""Logs in by a name, signs with the private key that is there, and tries to make another."""

import ctypes
import sys

from token_client import TRUE, ULONG, Mechanism, Module, number, template

path, label, name, pin = sys.argv[1:]
module = Module(path)
session = ULONG()
assert module.call("C_OpenSession", module.slot_of(label), 6, None, None, ctypes.byref(session)) == 0
print(f"login {module.call('C_LoginUser', session, 1, pin.encode(), len(pin), name.encode(), len(name)):#x}")

private = template(_0=number(3))
assert module.call("C_FindObjectsInit", session, private, len(private)) == 0
keys, found = (ULONG * 8)(), ULONG()
assert module.call("C_FindObjects", session, keys, 8, ctypes.byref(found)) == 0
assert module.call("C_FindObjectsFinal", session) == 0
print(f"keys {found.value}")

if found.value:
    ecdsa = Mechanism(0x1041, None, 0)
    assert module.call("C_SignInit", session, ctypes.byref(ecdsa), keys[0]) == 0
    signature, length = ctypes.create_string_buffer(64), ULONG(64)
    print(f"sign {module.call('C_Sign', session, bytes(32), 32, signature, ctypes.byref(length)):#x}")
    print(f"destroy {module.call('C_DestroyObject', session, keys[0]):#x}")
    aes, key = Mechanism(0x1080, None, 0), ULONG()
    wanted = template(_1=TRUE, _161=number(32))
    made = module.call("C_GenerateKey", session, ctypes.byref(aes), wanted, len(wanted), ctypes.byref(key))
    print(f"generate {made:#x}")
