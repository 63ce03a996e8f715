"""A cluster and sentinels over TLS: reached with the authority that signed for them, and with no other."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.command import run
from shared.connections import ServerUnreachable, check_reachable, connect, connect_for_looks, connect_for_requests
from shared.streams import KeySpace
from tests.deploy.redis.servers import REDIS
from tests.integration.tls_servers import TlsSite, tls_site

pytestmark = [
    pytest.mark.skipif(REDIS is None, reason="needs redis-server with TLS: apt-get install redis-server"),
    pytest.mark.long,
]

KINDS = ("cluster", "sentinels")
KEYS = KeySpace(8)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsSite]:
    with tls_site(tmp_path_factory.mktemp("tls")) as running:
        yield running


def address(site: TlsSite, kind: str, ca: str) -> str:
    return f"{getattr(site, kind)}?ssl_ca_certs={ca}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("client", [connect, connect_for_looks, connect_for_requests])
def test_keys_of_all_nodes_are_written_and_read(site: TlsSite, kind: str, client: type) -> None:
    with closing(client(address(site, kind, str(site.authority.certificate)))) as server:
        names = [KEYS.frames(f"camera-{number}") for number in range(16)]
        for name in names:
            server.set(name, name)
        with server.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.get(name)
            assert pipeline.execute() == [name.encode() for name in names]
        for name in names:
            server.delete(name)


@pytest.mark.parametrize("kind", KINDS)
def test_who_trusts_another_authority_does_not_talk_to_them(site: TlsSite, kind: str) -> None:
    check_reachable(address(site, kind, str(site.authority.certificate)))
    with pytest.raises(ServerUnreachable, match=r"^no Redis server answers at rediss\+[^\n]+$"):
        check_reachable(address(site, kind, str(site.stranger.certificate)))


@pytest.mark.parametrize("kind", KINDS)
def test_who_speaks_no_tls_is_not_heard(site: TlsSite, kind: str) -> None:
    with pytest.raises(ServerUnreachable, match=r"^[^\n]+$"):
        check_reachable(getattr(site, kind).replace("rediss", "redis"))


def test_a_command_reaches_what_sentinels_name(site: TlsSite, capsys: pytest.CaptureFixture[str]) -> None:
    trusted = address(site, "sentinels", str(site.authority.certificate))
    assert run(["status", "--json", "--redis", trusted]) == 0
    assert '"cameras": {}' in capsys.readouterr().out


@pytest.mark.parametrize("wrong", KINDS)
def test_a_command_says_in_a_line_whom_it_does_not_trust(
    site: TlsSite, wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authorities = dict.fromkeys(KINDS, site.authority) | {wrong: site.stranger}
    cluster, sentinels = (address(site, kind, str(authorities[kind].certificate)) for kind in KINDS)
    up = ["up", "--data", str(tmp_path), "--port", "0", "--frames-redis", cluster, "--state-redis", sentinels]
    assert run(up) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"maskwatch: no Redis server answers at {getattr(site, wrong)}")
    assert "certificate" in line
