"""Redis behind TLS, with certificates of both sides checked."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.command import run
from deploy.redis.roles import Role
from shared import heartbeats
from tests.deploy.redis.certificates import Authority, Pair
from tests.deploy.redis.servers import LOGIN, MODULES, REDIS, Guarded, guarded_server, starts
from tests.producer.servers import free_port
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(REDIS is None, reason="needs redis-server with TLS: apt-get install redis-server")


@dataclass(frozen=True)
class Site:
    """A server that speaks TLS on one port and plainly on another, and what its clients show."""

    server: Guarded
    authority: Authority
    stranger: Authority
    client: Pair
    port: int
    plain_port: int

    def address(self, **changed: str) -> str:
        """The address, with the login and the files of an operator but for what is changed."""
        parts = {
            "scheme": "rediss",
            "host": "127.0.0.1",
            "port": str(self.port),
            "ca": str(self.authority.certificate),
            "files": f"&ssl_certfile={self.client.certificate}&ssl_keyfile={self.client.key}",
        } | changed
        login = self.server.url(Role.OPERATOR).partition("://")[2].partition("@")[0]
        query = f"?ssl_ca_certs={parts['ca']}{parts['files']}" if parts["scheme"] == "rediss" else ""
        return f"{parts['scheme']}://{login}@{parts['host']}:{parts['port']}/0{query}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tls")
    authority, stranger = Authority(folder), Authority(folder, "stranger")
    server, client = authority.sign("server", "127.0.0.1"), authority.sign("client", "client.example")
    port, plain_port = free_port(), free_port()
    options = [
        "--bind", "127.0.0.1", "--port", str(plain_port), "--tls-port", str(port),
        "--tls-cert-file", str(server.certificate), "--tls-key-file", str(server.key),
        "--tls-ca-cert-file", str(authority.certificate), "--tls-auth-clients", "yes",
    ]  # fmt: skip
    query = f"ssl_ca_certs={authority.certificate}&ssl_certfile={client.certificate}&ssl_keyfile={client.key}"
    address = f"rediss://{LOGIN}@127.0.0.1:{port}/0?{query}"
    with guarded_server(str(REDIS), address=address, options=options) as guarded:
        yield Site(guarded, authority, stranger, client, port, plain_port)


def test_a_command_reaches_it(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--json", "--redis", site.address()]) == 0
    assert '"cameras": {}' in capsys.readouterr().out


MISTAKES = {
    "another authority": ({"ca": "STRANGER"}, "self-signed certificate in certificate chain"),
    "a host that the certificate does not name": ({"host": "localhost"}, "not valid for 'localhost'"),
    "no certificate of one's own": ({"files": ""}, "no Redis server answers"),
    "a file that is not there": ({"ca": "/missing.crt"}, "No such file"),
    "TLS where none is spoken": ({"port": "PLAIN"}, "no Redis server answers"),
    "none where TLS is spoken": ({"scheme": "redis"}, "no Redis server answers"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(site: Site, mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    known = {"STRANGER": str(site.stranger.certificate), "PLAIN": str(site.plain_port)}
    mistaken, expected = MISTAKES[mistake]
    changed = {name: known.get(value, value) for name, value in mistaken.items()}
    assert run(["status", "--redis", site.address(**changed)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("maskwatch: ")
    assert site.server.passwords[Role.OPERATOR] not in line
    assert expected in line


@pytest.mark.long
@pytest.mark.timeout(300)
def test_all_processes_reach_it(site: Site, tmp_path: Path) -> None:
    settings = {"CONSOLE_PORT": "0", "WORKER_THREADS": "1", "CAMERA_KEY_FILE": str(tmp_path / "camera.key")}
    running = [starts(role, site.server.url(role), subprocess.DEVNULL, **settings) for role in MODULES]
    try:
        eventually(lambda: {each.role for each in heartbeats.read(site.server.machine)} == set(MODULES), 200)
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
    assert [each.wait(30) for each in running] == [0] * len(running)
    assert site.server.refused() == []
