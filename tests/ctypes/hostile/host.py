"""A host that does not behave: what its ways have in common."""

import ctypes
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from token_client import TRUE, ULONG, Mechanism, Module, number, template  # noqa: E402

OK = 0
HOST_MEMORY, FUNCTION_FAILED, CANT_LOCK = 0x2, 0x6, 0xA
DEVICE_ERROR, DEVICE_REMOVED = 0x30, 0x32
OBJECT_HANDLE_INVALID, KEY_HANDLE_INVALID = 0x82, 0x60
OPERATION_ACTIVE, OPERATION_NOT_INITIALIZED = 0x90, 0x91
SESSION_HANDLE_INVALID, USER_NOT_LOGGED_IN = 0xB3, 0x101
NOT_INITIALIZED, ALREADY_INITIALIZED = 0x190, 0x191

PATH, LABEL, PIN = sys.argv[2:5]
PUBLIC = 2


class Host(Module):
    """The module, loaded; initialised where that is wanted."""

    def __init__(self, arguments=None, initialize=True):
        self.library = ctypes.CDLL(PATH)
        if initialize:
            self.initialize(arguments)

    def initialize(self, arguments=None):
        """Initialises the module."""
        code = self.call("C_Initialize", arguments)
        assert code == OK, hex(code)

    def finalize(self):
        """Ends the module's work."""
        code = self.call("C_Finalize", None)
        assert code == OK, hex(code)

    def try_open(self):
        """Opens a session, or says why not."""
        session = ULONG()
        code = self.call("C_OpenSession", self.slot, 6, None, None, ctypes.byref(session))
        return code, session.value

    def open(self):
        """Opens a session."""
        code, session = self.try_open()
        assert code == OK, hex(code)
        return session

    def log_in(self):
        """Opens a session and logs in."""
        self.slot = self.slot_of(LABEL)
        session = self.open()
        code = self.call("C_Login", session, 1, PIN.encode(), len(PIN))
        assert code == OK, hex(code)
        return session

    def state(self, session):
        """Reads the state of a session."""
        info = (ULONG * 4)()
        code = self.call("C_GetSessionInfo", session, info)
        return info[1] if code == OK else None

    def make_key(self, session):
        """Makes a key of the token."""
        aes, key = Mechanism(0x1080, None, 0), ULONG()
        wanted = template(_1=TRUE, _2=TRUE, _161=number(16), _104=TRUE)
        code = self.call("C_GenerateKey", session, ctypes.byref(aes), wanted, len(wanted), ctypes.byref(key))
        assert code == OK, hex(code)
        return key.value

    def try_encrypt(self, session, key, block):
        """Encrypts a block, or says why not."""
        ecb = Mechanism(0x1081, None, 0)
        code = self.call("C_EncryptInit", session, ctypes.byref(ecb), key)
        if code != OK:
            return code, None
        out, length = ctypes.create_string_buffer(16), ULONG(16)
        code = self.call("C_Encrypt", session, block, 16, out, ctypes.byref(length))
        return code, out.raw

    def encrypt(self, session, key, block):
        """Encrypts a block."""
        code, out = self.try_encrypt(session, key, block)
        assert code == OK, hex(code)
        return out


def block(place):
    """A block of plain text."""
    return place.to_bytes(16, "big")


def threads():
    """Counts the threads of this process. One that Python has joined may still be on its way out: it is waited for."""
    patience = time.monotonic() + 20
    while (count := len(os.listdir("/proc/self/task"))) > 1 and time.monotonic() < patience:
        os.sched_yield()
    return count


def descriptors():
    """Lists the open files of this process, and what each is."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            pass
    return found


def sockets():
    """Lists the open sockets of this process."""
    return [name for name, what in descriptors().items() if what.startswith("socket:")]


def in_child(work):
    """Runs `work` in a fork, and checks that it ends well."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the child ended with {status}"


def run(*ways):
    """Does what the command line names, and says so at its end."""
    way = {way.__name__: way for way in ways}[sys.argv[1]]
    way()
    print("fine", flush=True)
