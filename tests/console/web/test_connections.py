import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from console.web import body_limit, connections
from shared.connections import Servers
from tests.console.web.consoles import TOKEN, running_console
from tests.waiting import eventually


@pytest.fixture
def console(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(connections, "_HEAD_S", 0.5)
    monkeypatch.setattr(body_limit, "_BODY_S", 0.5)
    with running_console(servers, TOKEN) as url:
        yield url


def connected(url: str, sent: bytes = b"") -> socket.socket:
    found = socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), timeout=20)
    found.sendall(sent)
    return found


def is_closed(connection: socket.socket) -> bool:
    """Waits until it is."""
    try:
        while connection.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    return True


def is_answering(url: str) -> bool:
    return requests.get(f"{url}/healthz", timeout=10).status_code == 200


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nG"]
)
def test_who_asks_nothing_is_not_waited_for(console: str, sent: bytes) -> None:
    with connected(console, sent) as silent:
        assert is_closed(silent)


def test_who_asks_byte_by_byte_is_not_waited_for(console: str) -> None:
    with connected(console) as slow, pytest.raises(OSError):  # whichever way it is closed
        while True:
            slow.sendall(b"G")
            time.sleep(0.05)


def test_a_body_that_does_not_come_is_not_waited_for(console: str) -> None:
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    with connected(console, head) as slow:
        assert slow.recv(65_536).split()[1] in {b"400", b"408"}  # FastAPI takes it for a body that is none


def test_an_open_page_is_not_closed_for_being_quiet(console: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with requests.get(f"{console}/api/v1/events", headers=headers, stream=True, timeout=20) as events:
        began = time.monotonic()
        for _ in events.iter_lines(chunk_size=1):
            if time.monotonic() - began > 3:
                break


def test_one_address_cannot_take_all_connections(servers: Servers) -> None:
    with running_console(servers, TOKEN) as url, ExitStack() as stack:
        for _ in range(connections.MOST):
            stack.enter_context(connected(url))
        with connected(url) as another:
            assert is_closed(another)
        stack.close()
        eventually(lambda: is_answering(url))
