"""Many threads."""

import ctypes
import random
from threading import Thread

from host import (
    OK,
    OPERATION_ACTIVE,
    OPERATION_NOT_INITIALIZED,
    SESSION_HANDLE_INVALID,
    ULONG,
    Host,
    block,
    run,
    sockets,
    template,
    threads,
)

THREADS = 64


def all_at_once(work):
    """Runs `work` in all threads; what one of them finds fails the host."""
    faults = []

    def guarded(place):
        try:
            work(place)
        except BaseException as fault:
            faults.append(fault)

    running = [Thread(target=guarded, args=(place,)) for place in range(THREADS)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if faults:
        raise faults[0]
    assert len(sockets()) == 1, "all threads share one connection"


def prepare():
    """A host with a key, and what the key makes of the threads' blocks."""
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    expected = [host.encrypt(session, key, block(place)) for place in range(THREADS)]
    assert len(set(expected)) == THREADS
    return host, key, expected


def many_sessions():
    """Each thread has sessions of its own, and gets its own answers."""
    host, key, expected = prepare()

    def work(place):
        for _ in range(2):
            own = [host.open() for _ in range(4)]
            for session in own * 2:
                assert host.encrypt(session, key, block(place)) == expected[place]
            for session in own:
                assert host.call("C_CloseSession", session) == OK

    all_at_once(work)
    host.finalize()
    assert threads() == 1


def few_sessions():
    """Threads share sessions, against the rules: they are told so, and never get another's answer."""
    host, key, expected = prepare()
    shared = [host.open() for _ in range(3)]

    def work(place):
        for turn in range(12):
            code, out = host.try_encrypt(shared[(place + turn) % 3], key, block(place))
            assert code in (OK, OPERATION_ACTIVE, OPERATION_NOT_INITIALIZED), hex(code)
            assert code != OK or out == expected[place]

    all_at_once(work)
    # The sessions are as good as ever: what one left begun is ended with it.
    for session in shared:
        host.call("C_EncryptInit", session, None, 0)
        assert host.encrypt(session, key, block(1)) == expected[1]
    host.finalize()
    assert threads() == 1


def racing_sessions():
    """Threads close the sessions that others open, search and encrypt in."""
    host, key, expected = prepare()
    shared = [host.open() for _ in range(8)]
    allowed = (OK, OPERATION_ACTIVE, OPERATION_NOT_INITIALIZED, SESSION_HANDLE_INVALID)

    def search(session):
        found, count = (ULONG * 4)(), ULONG()
        wanted = template()
        yield host.call("C_FindObjectsInit", session, wanted, 0)
        yield host.call("C_FindObjects", session, found, 4, ctypes.byref(count))
        yield host.call("C_FindObjectsFinal", session)

    def work(place):
        chance = random.Random(place)
        for _ in range(12):
            at = chance.randrange(len(shared))
            session, deed = shared[at], chance.randrange(3)
            if deed == 0:
                code = host.call("C_CloseSession", session)
                assert code in (OK, SESSION_HANDLE_INVALID), hex(code)
                shared[at] = host.open()
            elif deed == 1:
                codes = list(search(session))
                assert all(code in allowed for code in codes), [hex(code) for code in codes]
            else:
                code, out = host.try_encrypt(session, key, block(place))
                assert code in allowed, hex(code)
                assert code != OK or out == expected[place]

    all_at_once(work)
    session = host.open()
    assert host.encrypt(session, key, block(2)) == expected[2]
    host.finalize()
    assert threads() == 1


run(many_sessions, few_sessions, racing_sessions)
