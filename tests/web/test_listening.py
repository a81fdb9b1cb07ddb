"""The socket that the service listens on."""

from __future__ import annotations

import socket

from tracker.main import listening


def test_answers_do_not_wait_for_the_peer_s_delayed_acknowledgement() -> None:
    with listening("127.0.0.1", 0) as server, socket.create_connection(server.getsockname()):
        taken, _ = server.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
