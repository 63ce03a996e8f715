"""`maskwatch acl` and the passwords that it makes or reads."""

import json
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from console.command import run
from deploy.redis import passwords
from deploy.redis.passwords import PasswordsUnusable
from deploy.redis.roles import Role, user

PROCESSES = [role for role in Role if role is not Role.ADMIN]
LONG = {role: f"{role}-has-a-long-password" for role in PROCESSES}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a file of passwords."""

    def written(text: str) -> Path:
        path = tmp_path / "passwords"
        path.write_text(text)
        return path

    return written


def test_fresh_passwords_are_its_owners_alone_and_serve_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = tmp_path / "secrets.json"
    assert run(["acl", "--secrets", str(secrets)]) == 0
    printed = capsys.readouterr().out
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    made = json.loads(secrets.read_text())
    assert set(made) == set(PROCESSES)
    assert len(set(made.values())) == len(PROCESSES)
    assert not [password for password in made.values() if password in printed]
    assert all(f"#{sha256(password.encode()).hexdigest()} " in printed for password in made.values())
    assert run(["acl", "--passwords", str(secrets)]) == 0
    assert capsys.readouterr().out == printed


def test_each_server_has_its_own_roles(file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file("\n".join(f"{role.upper()} = {password}" for role, password in LONG.items()))
    found = {}
    for server in ("frames", "state", "both"):
        assert run(["acl", "--server", server, "--passwords", str(path)]) == 0
        found[server] = {line.split()[1] for line in capsys.readouterr().out.splitlines()}
    everybody = {"default", *map(user, PROCESSES)}
    assert found == {"frames": everybody - {user(Role.TRAINER)}, "state": everybody, "both": everybody}


def test_as_json_it_is_the_matrix(file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = file(json.dumps(LONG | {"admin": "the-admin-has-one-too"}))
    assert run(["acl", "--server", "frames", "--passwords", str(path), "--admin", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    worker = next(each for each in printed["users"] if each["role"] == "worker")
    assert {"commands": ["xautoclaim"], "access": "both", "patterns": ["maskwatch:{s*}:frames:*"]} in worker["grants"]
    assert worker["line"].startswith("user maskwatch-worker reset on #")
    assert printed["users"][-1]["role"] == "admin"
    assert LONG[Role.WORKER] not in json.dumps(printed)


MISTAKES = {
    "no passwords": ("acl", "--secrets FILE"),
    "two sources of passwords": ("acl --secrets new --passwords good", "--secrets FILE"),
    "a file that is not there": ("acl --passwords missing", "missing cannot be read"),
    "a file that is there already": ("acl --secrets good", "--passwords good"),
    "a folder that is not there": ("acl --secrets missing/new", "cannot be written"),
    "a server of another kind": ("acl --server cache --secrets new", "cache"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").write_text(json.dumps(LONG))
    command, expected = MISTAKES[mistake]
    assert run(command.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("maskwatch: ")
    assert expected in line
    assert not (tmp_path / "new").exists()


UNUSABLE: dict[str, tuple[dict[Any, Any], str]] = {
    "a role without one": ({role: LONG[role] for role in PROCESSES if role is not Role.WORKER}, "for worker"),
    "an unknown role": (LONG | {"wroker": "a-long-enough-password"}, "'wroker', which is no role"),
    "one that is short": (LONG | {"worker": "short"}, "the password of worker must be 16"),
    "one that is no text": (LONG | {"worker": 1234567890123456}, "the password of worker must be 16"),
    "one with a line break": (LONG | {"worker": "a-long-password\nwith-a-break"}, "the password of worker"),
    "one for two": (LONG | {"worker": LONG[Role.EVENTS]}, "two roles the same password"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_file_that_cannot_be_used_says_why_and_names_no_password(file: Callable[[str], Path], what: str) -> None:
    found, why = UNUSABLE[what]
    with pytest.raises(PasswordsUnusable, match=why) as raised:
        passwords.read(file(json.dumps(found)), PROCESSES)
    assert not [each for each in found.values() if str(each) in str(raised.value)]


@pytest.mark.parametrize("text", ["{", "worker", ""], ids=["half JSON", "no pair", "nothing"])
def test_what_is_no_list_of_passwords_is_refused(file: Callable[[str], Path], text: str) -> None:
    with pytest.raises(PasswordsUnusable):
        passwords.read(file(text), PROCESSES)
