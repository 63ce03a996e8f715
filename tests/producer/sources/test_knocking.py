import socket
from collections.abc import Iterator

import pytest

from producer.sources import knocking
from producer.sources.base import ConnectionFailed, SourceLimits, TimedOut
from producer.sources.http import open_http
from producer.sources.knocking import knock
from producer.sources.rtsp import open_rtsp
from tests.producer.servers import free_port


@pytest.fixture(autouse=True)
def proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """None at first; what a test sets is known to it alone."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    knocking._are_there_proxies.cache_clear()
    yield monkeypatch
    knocking._are_there_proxies.cache_clear()


def test_where_something_listens_it_is_let_in() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        for scheme in ("http", "rtsp", "HTTP"):
            knock(f"{scheme}://user:secret@127.0.0.1:{port}/stream", 1)


def test_where_nothing_listens_it_is_told_in_the_words_of_an_opening() -> None:
    port = free_port()
    for scheme, opened in (("http", open_http), ("rtsp", open_rtsp)):
        address = f"{scheme}://user:secret@127.0.0.1:{port}/stream"
        with pytest.raises(ConnectionFailed) as by_opening:
            opened(address, SourceLimits())
        with pytest.raises(ConnectionFailed, match="nothing listens there") as by_knocking:
            knock(address, 1)
        assert str(by_knocking.value) == str(by_opening.value)
        assert "secret" not in str(by_knocking.value)


def test_a_host_that_nobody_knows_is_told() -> None:
    with pytest.raises(ConnectionFailed, match="correct its name"):
        knock("http://no-such-host.invalid/stream", 1)


def test_who_takes_no_connections_is_not_waited_for_longer() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        with pytest.raises(TimedOut):
            knock(f"rtsp://127.0.0.1:{full.getsockname()[1]}/stream", 0.2)
        for each in waiting:
            each.close()


@pytest.mark.parametrize("address", ["demo:bare", "0", "/dev/video0", "loop:clip.mp4", "rtsp:///stream", "http://"])
def test_what_names_no_host_is_left_to_who_opens_it(address: str) -> None:
    knock(address, 1)


def test_a_port_that_is_none_is_told_as_a_bad_address() -> None:
    with pytest.raises(ConnectionFailed):
        knock("http://127.0.0.1:99999/stream", 1)


def test_behind_a_proxy_the_camera_itself_is_not_asked(proxies: pytest.MonkeyPatch) -> None:
    address = f"http://127.0.0.1:{free_port()}/stream"
    proxies.setenv("http_proxy", "http://127.0.0.1:1")
    knock(address, 1)
    proxies.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(ConnectionFailed):
        knock(address, 1)
