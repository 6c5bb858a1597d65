"""Lists a token's mechanisms by their numbers, as the module gives them: libraries for PKCS#11 leave out what they do not know."""

import ctypes
import os
import sys

module = ctypes.CDLL(os.environ["MODULE"])
label = os.environ["TOKEN"].encode()


def call(name, *arguments):
    rv = getattr(module, name)(*arguments)
    if rv:
        sys.exit(f"{name}: {rv:#x}")


def numbers(name, *arguments):
    count = ctypes.c_ulong()
    call(name, *arguments, None, ctypes.byref(count))
    found = (ctypes.c_ulong * count.value)()
    call(name, *arguments, found, ctypes.byref(count))
    return list(found)[: count.value]


call("C_Initialize", None)
for slot in numbers("C_GetSlotList", ctypes.c_ubyte(1)):
    # CK_TOKEN_INFO begins with the label.
    info = ctypes.create_string_buffer(512)
    call("C_GetTokenInfo", ctypes.c_ulong(slot), info)
    if info.raw[:32].rstrip() == label:
        for number in sorted(numbers("C_GetMechanismList", ctypes.c_ulong(slot))):
            print(f"{number:#010x}")
        break
else:
    sys.exit("there is no such token")
call("C_Finalize", None)
