"""A connection has the time of its call and no more; what a store says in an error is read in any form."""

import socket

import pytest

from counterfoil.bigcommerce.deadlines import Watch, _connect_to_any
from counterfoil.bigcommerce.transport import store_words

NOBODY = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 1))


def test_all_addresses_of_a_host_share_the_time_of_a_call() -> None:
    """Once it is up no other is tried; until then what the last one said counts."""
    with pytest.raises(TimeoutError, match="no address responded in time"):
        _connect_to_any([NOBODY], 0, None)
    with pytest.raises(ConnectionRefusedError):
        _connect_to_any([NOBODY, NOBODY], 5, None)
    with pytest.raises(OSError, match="the host has no address"):
        _connect_to_any([], 5, None)


def test_a_connection_that_comes_after_its_time_is_cut_at_once() -> None:
    """Nothing is sent over it."""
    ours, theirs = socket.socketpair()
    with Watch(0.001) as watch:
        while not watch.is_over:
            pass
        watch.over(ours)
        theirs.settimeout(5)
        assert theirs.recv(1) == b""
    ours.close()
    theirs.close()


@pytest.mark.parametrize(("body", "words"), [(b'"Closed."', ""), (b"7", ""), (b'[3, {"message": "No."}]', "No.")])
def test_an_error_of_no_known_form_has_no_words(body: bytes, words: str) -> None:
    """It is told by its status then."""
    assert store_words(body) == words
