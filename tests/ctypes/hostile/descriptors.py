"""Open files: none where three should be, and too many."""

import os
import resource

from host import DEVICE_ERROR, FUNCTION_FAILED, OK, Host, block, run, sockets


def standard_streams_closed():
    """A host without standard input, output and error: the module's connection takes the place of none of them."""
    said = os.dup(1)
    for stream in range(3):
        os.close(stream)
    host = Host()
    session = host.log_in()
    key = host.make_key(session)
    before = host.encrypt(session, key, block(9))
    # What the host, or the module, now writes for people goes nowhere, and not to the agent.
    for stream in range(1, 3):
        try:
            os.write(stream, b"a line for people\n")
        except OSError:
            pass
    assert all(number > 2 for number in sockets()), sockets()
    assert host.encrypt(session, key, block(9)) == before
    host.finalize()
    os.dup2(said, 1)


def fill():
    """Opens files until there is no room for one more."""
    opened = []
    try:
        while True:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return opened


def full_table():
    """No room for a file: the module says so by a code, and works as soon as there is room."""
    host = Host(initialize=False)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    opened = fill()
    assert opened
    # The configuration cannot be read.
    assert host.call("C_Initialize", None) == FUNCTION_FAILED
    free(opened)
    host.initialize()
    host.slot = 1
    opened = fill()
    # The agent cannot be reached.
    assert host.slots() == []
    code, _ = host.try_open()
    assert code == DEVICE_ERROR, hex(code)
    free(opened)
    session = host.log_in()
    key = host.make_key(session)
    before = host.encrypt(session, key, block(10))
    opened = fill()
    # What is connected stays so.
    assert host.encrypt(session, key, block(10)) == before
    assert host.call("C_CloseSession", session) == OK
    free(opened)
    host.finalize()


def free(opened):
    """Makes room."""
    for one in opened:
        os.close(one)


run(standard_streams_closed, full_table)
