"""A password is changed while everything runs."""

import subprocess
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
import redis

from deploy.redis.roles import Role, user
from shared import heartbeats
from shared.connections import ServerUnreachable, check_reachable, connect
from tests.deploy.redis.servers import VALKEY, Guarded, guarded_server, starts
from tests.waiting import eventually

NEW = "another-long-password"


def _hash(password: str) -> str:
    return sha256(password.encode()).hexdigest()


def _set(guarded: Guarded, name: str, *rules: str) -> None:
    # redis-py's own call would also switch the user off, or take away all of its rights.
    guarded.admin.execute_command("ACL", "SETUSER", name, *rules)  # type: ignore[no-untyped-call]


def test_two_passwords_hold_until_the_old_one_is_taken_away(guarded: Guarded) -> None:
    name, old = user(Role.CONSOLE), guarded.passwords[Role.CONSOLE]
    before = connect(guarded.url(Role.CONSOLE))
    before.ping()
    _set(guarded, name, f"#{_hash(NEW)}")
    check_reachable(guarded.url(Role.CONSOLE, NEW))
    check_reachable(guarded.url(Role.CONSOLE))
    _set(guarded, name, f"!{_hash(old)}")
    with pytest.raises(ServerUnreachable, match="refuses the login"):
        check_reachable(guarded.url(Role.CONSOLE))
    check_reachable(guarded.url(Role.CONSOLE, NEW))
    assert before.ping()  # who is in stays in
    before.close()
    _set(guarded, name, f"#{_hash(old)}", f"!{_hash(NEW)}")
    assert guarded.answer(Role.CONSOLE, "FLUSHALL") != "OK"  # its rights are as they were
    guarded.refused()


def test_a_file_that_was_changed_is_read_while_the_server_runs() -> None:
    with guarded_server(VALKEY) as guarded:
        old = _hash(guarded.passwords[Role.CONSOLE])
        text = guarded.users_file.read_text()
        guarded.users_file.write_text(text.replace(f"#{old}", f"#{old} #{_hash(NEW)}"))
        guarded.admin.acl_load()
        check_reachable(guarded.url(Role.CONSOLE, NEW))
        check_reachable(guarded.url(Role.CONSOLE))
        guarded.users_file.write_text(text.replace(f"#{old}", "#not-a-hash"))
        with pytest.raises(redis.ResponseError):
            guarded.admin.acl_load()
        check_reachable(guarded.url(Role.CONSOLE, NEW))  # all of a file is read, or nothing


@pytest.mark.long
@pytest.mark.timeout(300)
def test_producers_are_started_anew_one_by_one(tmp_path: Path) -> None:
    settings = {"CAMERA_KEY_FILE": str(tmp_path / "camera.key"), "HEARTBEAT_FACES_S": "0"}
    with guarded_server(VALKEY) as guarded, ExitStack() as stack:

        def start(password: str) -> "subprocess.Popen[str]":
            known = {each.id for each in heartbeats.read(guarded.machine)}
            process = starts(Role.PRODUCER, guarded.url(Role.PRODUCER, password), subprocess.DEVNULL, **settings)
            stack.callback(process.wait)
            stack.callback(process.kill)
            eventually(lambda: {each.id for each in heartbeats.read(guarded.machine)} - known, 90)
            return process

        old = guarded.passwords[Role.PRODUCER]
        running = [start(old), start(old)]
        _set(guarded, user(Role.PRODUCER), f"#{_hash(NEW)}")
        for place, each in enumerate(list(running)):
            each.terminate()
            assert each.wait(60) == 0
            running[place] = start(NEW)
            assert len([info for info in heartbeats.read(guarded.machine) if info.role == "producer"]) == 2
        _set(guarded, user(Role.PRODUCER), f"!{_hash(old)}")
        assert [each.poll() for each in running] == [None, None]
        assert guarded.refused() == []
