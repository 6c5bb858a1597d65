"""A PKCS#11 client of a few lines, for functions that no library for Python calls."""

import ctypes
import sys

ULONG = ctypes.c_ulong
TRUE = b"\x01"


class Attribute(ctypes.Structure):
    """CK_ATTRIBUTE."""

    _fields_ = [("type", ULONG), ("value", ctypes.c_char_p), ("length", ULONG)]


class Mechanism(ctypes.Structure):
    """CK_MECHANISM without parameters."""

    _fields_ = [("type", ULONG), ("parameter", ctypes.c_void_p), ("length", ULONG)]


def number(value):
    """Writes a CK_ULONG."""
    return value.to_bytes(8, sys.byteorder)


def template(**values):
    """Makes a template; names are numbers behind an underscore."""
    pairs = [(int(name[1:], 16), value) for name, value in values.items()]
    return (Attribute * len(pairs))(*(Attribute(kind, value, len(value)) for kind, value in pairs))


class Module:
    """A module that is initialised."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        assert self.call("C_Initialize", None) == 0

    def call(self, name, *arguments):
        """Calls a function, and gives its return code."""
        function = getattr(self.library, name)
        function.restype = ULONG
        wide = [ULONG(one) if isinstance(one, int) else one for one in arguments]
        return function(*wide)

    def slots(self):
        """Lists the slots."""
        count = ULONG(64)
        slots = (ULONG * 64)()
        assert self.call("C_GetSlotList", 1, slots, ctypes.byref(count)) == 0
        return list(slots[: count.value])

    def slot_of(self, label):
        """Finds the slot of a token by its label."""
        for slot in self.slots():
            info = ctypes.create_string_buffer(256)
            assert self.call("C_GetTokenInfo", slot, info) == 0
            if info.raw[:32].decode().strip() == label:
                return slot
        raise SystemExit(f"no token {label}")
