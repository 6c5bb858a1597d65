"""Signals."""

import ctypes
import signal
import sys
from threading import Thread

from host import OK, TRUE, ULONG, Host, Mechanism, block, number, run, template, threads


def storm():
    """A timer interrupts whatever the module waits in, thousands of times."""
    seen = []
    # Without SA_RESTART: each system call that is interrupted says so.
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.siginterrupt(signal.SIGALRM, True)
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    before = host.encrypt(session, key, block(11))
    waiting = Thread(target=host.call, args=("C_WaitForSlotEvent", 0, ctypes.byref(ULONG()), None))
    waiting.start()
    for _ in range(150):
        assert host.encrypt(session, key, block(11)) == before
    make_pair(host, session)
    host.finalize()
    waiting.join()
    for _ in range(10):
        host.initialize()
        assert host.encrypt(host.log_in(), key, block(11)) == before
        host.finalize()
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert len(seen) > 200, len(seen)
    assert threads() == 1


def make_pair(host, session):
    """Makes a pair of RSA keys: a call that waits long for its answer."""
    rsa, public, private = Mechanism(0, None, 0), ULONG(), ULONG()
    ours = template(_121=number(2048), _122=b"\x01\x00\x01", _10A=TRUE)
    theirs = template(_108=TRUE)
    handles = ctypes.byref(public), ctypes.byref(private)
    code = host.call(
        "C_GenerateKeyPair", session, ctypes.byref(rsa), ours, len(ours), theirs, len(theirs), *handles
    )
    assert code == OK, hex(code)


def broken_pipe():
    """The agent goes away; a host that would die of SIGPIPE lives on, and works when the agent is back."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    before = host.encrypt(session, key, block(12))
    print("ready", flush=True)
    # Whoever started this says when the agent has been killed and is there again.
    assert sys.stdin.readline() == "killed\n"
    assert host.encrypt(session, key, block(12)) == before
    host.finalize()


run(storm, broken_pipe)
