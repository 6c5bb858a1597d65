"""More of everything than small tokens take."""

import ctypes

from host import OK, ULONG, Host, block, number, run, template

OBJECTS, AT_ONCE, SESSIONS = 8_300, 65_536, 1_024


def one_search():
    """A client that asks for many objects at once gets them by one call."""
    host = Host()
    session = host.log_in()
    wanted = template(_0=number(0))
    one = ULONG()
    for _ in range(OBJECTS):
        assert host.call("C_CreateObject", session, wanted, len(wanted), ctypes.byref(one)) == OK
    assert host.call("C_FindObjectsInit", session, wanted, len(wanted)) == OK
    found, count = (ULONG * AT_ONCE)(), ULONG()
    assert host.call("C_FindObjects", session, found, AT_ONCE, ctypes.byref(count)) == OK
    assert count.value == OBJECTS, count.value
    assert len(set(found[:OBJECTS])) == OBJECTS
    host.finalize()


def pool_of_sessions():
    """A pool that sizes itself by the token's limits gets as many sessions as it wants, behind one login."""
    host = Host()
    first = host.log_in()
    key = host.make_key(first)
    expected = host.encrypt(first, key, block(13))
    info = ctypes.create_string_buffer(256)
    assert host.call("C_GetTokenInfo", host.slot, info) == OK
    most, _, most_writing = (ULONG * 3).from_buffer_copy(info, 104)
    # CK_EFFECTIVELY_INFINITE: Java, for one, takes "unavailable" for 32.
    assert (most, most_writing) == (0, 0), (most, most_writing)
    pool = [host.open() for _ in range(SESSIONS)]
    for session in pool:
        assert host.encrypt(session, key, block(13)) == expected
    assert host.call("C_CloseAllSessions", host.slot) == OK
    host.finalize()


run(one_search, pool_of_sessions)
