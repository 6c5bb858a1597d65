"""Forks, with and without another program in the child."""

import os
import subprocess
from threading import Event, Thread

from host import LABEL, NOT_INITIALIZED, OK, PUBLIC, Host, block, in_child, run, sockets


def begin_anew(host, key):
    """What a child does that wants to go on: nothing of its parent's is its own."""
    host.initialize()
    host.slot = host.slot_of(LABEL)
    session = host.open()
    assert host.state(session) == PUBLIC, "the child has its parent's login"
    assert host.call("C_CloseSession", session) == OK
    session = host.log_in()
    host.encrypt(session, key, block(3))
    host.finalize()


def fork_after_initialise():
    """A child is told that it has not initialised, begins anew, and leaves its parent alone."""
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    before = host.encrypt(session, key, block(3))
    (inherited,) = sockets()

    def child():
        assert host.call("C_GetSessionInfo", session, bytes(64)) == NOT_INITIALIZED
        assert sockets() == [], f"the child keeps {inherited}"
        assert host.try_encrypt(session, key, block(3))[0] == NOT_INITIALIZED
        assert host.call("C_CloseSession", session) == NOT_INITIALIZED
        assert host.call("C_Finalize", None) == NOT_INITIALIZED
        begin_anew(host, key)

    for _ in range(3):
        in_child(child)
    assert sockets() == [inherited]
    assert host.encrypt(session, key, block(3)) == before
    # A child that ends without a call is not missed either.
    in_child(lambda: None)
    assert host.encrypt(session, key, block(3)) == before
    host.finalize()


def fork_before_initialise():
    """Parent and child both initialise, each for itself."""
    host = Host(initialize=False)

    def child():
        host.initialize()
        session = host.log_in()
        key = host.make_key(session)
        host.encrypt(session, key, block(3))
        host.finalize()

    in_child(child)
    assert host.call("C_Finalize", None) == NOT_INITIALIZED
    host.initialize()
    key = host.make_key(host.log_in())
    in_child(lambda: begin_anew(host, key))
    host.finalize()


def fork_while_threads_call():
    """Other threads hold whatever locks there are while the process forks."""
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    stop, faults = Event(), []

    def work():
        try:
            own = host.open()
            while not stop.is_set():
                host.encrypt(own, key, block(4))
        except BaseException as fault:
            faults.append(fault)

    running = [Thread(target=work) for _ in range(8)]
    for thread in running:
        thread.start()
    for _ in range(10):
        in_child(lambda: begin_anew(host, key))
    stop.set()
    for thread in running:
        thread.join()
    assert not faults, faults
    host.finalize()


def programs_inherit_nothing():
    """A program that a host starts gets none of the module's files, however it is started."""
    host = Host()
    host.log_in()
    assert len(sockets()) == 1
    listing = ["/bin/ls", "-l", "/proc/self/fd"]
    listed = subprocess.run(listing, close_fds=False, capture_output=True, text=True, check=True)
    assert "0 ->" in listed.stdout and "socket:" not in listed.stdout, listed.stdout
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        os.execv(listing[0], listing)
    os.close(writing)
    listed = open(reading).read()
    assert os.waitpid(child, 0)[1] == 0
    assert "0 ->" in listed and "socket:" not in listed, listed
    host.finalize()
    assert sockets() == []


run(fork_after_initialise, fork_before_initialise, fork_while_threads_call, programs_inherit_nothing)
