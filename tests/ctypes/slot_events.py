"""Waits for slot events, and says each."""

import ctypes
import sys

from token_client import ULONG, Module

DONT_BLOCK, NO_EVENT = 1, 8

module = Module(sys.argv[1])
slot = ULONG()
assert module.call("C_WaitForSlotEvent", DONT_BLOCK, ctypes.byref(slot), None) == NO_EVENT
print("slots", *module.slots(), flush=True)
while module.call("C_WaitForSlotEvent", 0, ctypes.byref(slot), None) == 0:
    print("event", slot.value, flush=True)
