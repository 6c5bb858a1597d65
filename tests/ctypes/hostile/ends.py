"""Beginnings and ends: of the module, of the library, and of the process."""

import _ctypes
import ctypes
import sys
from threading import Thread

from host import (
    ALREADY_INITIALIZED,
    CANT_LOCK,
    LABEL,
    NOT_INITIALIZED,
    OK,
    PATH,
    ULONG,
    Host,
    block,
    descriptors,
    run,
    sockets,
    threads,
)


def twice():
    """Initialised twice, finalised twice."""
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    before = host.encrypt(session, key, block(5))
    assert host.call("C_Initialize", None) == ALREADY_INITIALIZED
    assert host.encrypt(session, key, block(5)) == before
    host.finalize()
    assert host.call("C_Finalize", None) == NOT_INITIALIZED
    assert host.call("C_CloseSession", session) == NOT_INITIALIZED
    host.initialize()
    session = host.log_in()
    assert host.encrypt(session, key, block(5)) == before
    host.finalize()
    assert sockets() == [] and threads() == 1


def finalise_during_calls():
    """One thread finalises under the calls of others; all end, with one code, and nothing of the module is left."""
    host = Host(initialize=False)
    for _ in range(8):
        host.initialize()
        key = host.make_key(host.log_in())
        own = [host.open() for _ in range(16)]
        ends, begun = [], []

        def work(session):
            code = OK
            while code == OK:
                code, _ = host.try_encrypt(session, key, block(6))
                begun.append(session)
            ends.append(code)

        def wait():
            slot, code = ULONG(), OK
            while code == OK:
                code = host.call("C_WaitForSlotEvent", 0, ctypes.byref(slot), None)
            ends.append(code)

        running = [Thread(target=work, args=(session,)) for session in own] + [Thread(target=wait)]
        for thread in running:
            thread.start()
        while len(set(begun)) < len(own):
            pass
        host.finalize()
        for thread in running:
            thread.join()
        assert ends == [NOT_INITIALIZED] * len(running), [hex(code) for code in ends]
        assert sockets() == [] and threads() == 1


def reload():
    """Loaded, used and unloaded, again and again."""
    before = None
    for _ in range(100):
        host = Host()
        host.slot = host.slot_of(LABEL)
        assert host.call("C_CloseSession", host.open()) == OK
        host.finalize()
        unload(host)
        now = sorted(descriptors()), threads()
        assert before in (None, now), (before, now)
        before = now


def unload_without_finalise():
    """Unloaded while it is connected; loaded again, it begins anew."""
    for _ in range(20):
        host = Host()
        host.log_in()
        unload(host)


def unload(host):
    """Unloads the module, and checks that it is gone."""
    _ctypes.dlclose(host.library._handle)
    assert PATH not in open("/proc/self/maps").read(), "the module is still there"


def exit_without_finalise():
    """The process ends under the calls of other threads; what is called on its way out has a code."""
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    libc = ctypes.CDLL(None)
    started = []

    def work():
        own = host.open()
        while True:
            host.encrypt(own, key, block(7))
            started.append(own)

    for _ in range(8):
        Thread(target=work, daemon=True).start()
    while len(set(started)) < 8:
        pass

    @ctypes.CFUNCTYPE(None, ctypes.c_void_p)
    def last_words(_):
        # The system's own end, behind Python's: the module still works there, and can be finalised.
        code, out = host.try_encrypt(session, key, block(7))
        ended = host.call("C_Finalize", None), host.call("C_Finalize", None)
        after, _ = host.try_encrypt(session, key, block(7))
        if (code, len(out or b""), ended, after) == (OK, 16, (OK, NOT_INITIALIZED), NOT_INITIALIZED):
            print("fine", flush=True)

    libc.__cxa_atexit(last_words, None, None)
    libc.exit(0)


def exit_without_anything():
    """The process ends with sessions open, and nobody finalises."""
    host = Host()
    host.log_in()
    for _ in range(4):
        host.make_key(host.open())


class Arguments(ctypes.Structure):
    """CK_C_INITIALIZE_ARGS."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("create", "destroy", "lock", "unlock")] + [
        ("flags", ULONG),
        ("reserved", ctypes.c_void_p),
    ]


def mutex_callbacks():
    """The application's own locks are taken note of, and the system's are used where that is allowed."""
    calls = []

    @ctypes.CFUNCTYPE(ULONG, ctypes.c_void_p)
    def callback(mutex):
        calls.append(mutex)
        return OK

    def arguments(flags):
        own = ctypes.cast(callback, ctypes.c_void_p)
        return ctypes.byref(Arguments(own, own, own, own, flags, None))

    host = Host(initialize=False)
    # Locks of the application and no others: the module has none that it could use in their place.
    assert host.call("C_Initialize", arguments(0)) == CANT_LOCK
    assert host.call("C_Finalize", None) == NOT_INITIALIZED
    host.initialize(arguments(2))
    session = host.log_in()
    host.encrypt(session, host.make_key(session), block(8))
    host.finalize()
    assert calls == []


sys.setswitchinterval(0.0005)
run(
    twice,
    finalise_during_calls,
    reload,
    unload_without_finalise,
    exit_without_finalise,
    exit_without_anything,
    mutex_callbacks,
)
