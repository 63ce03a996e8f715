"""What the containers log in with: made once, each role its own, closed to everybody else."""

import stat
from pathlib import Path

import pytest

from deploy.compose.credentials import ROLES, main
from deploy.redis.roles import Role, user


def contents(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text() for each in folder.iterdir()}


def test_only_the_owner_may_open_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert main([str(folder)]) == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "worker.env").stat().st_mode) == 0o600


def test_each_role_has_addresses_with_its_own_password(tmp_path: Path) -> None:
    main([str(tmp_path)])
    found = {role: (tmp_path / f"{role}.env").read_text() for role in ROLES}
    assert len(set(found.values())) == len(ROLES)
    for role in ROLES:
        assert f"MASKWATCH_STATE_REDIS=redis://{user(role)}:" in found[role]
        assert "@state-redis:6379/0" in found[role]
    assert "FRAMES" not in found[Role.TRAINER]


def test_a_second_time_keeps_passwords_and_token_and_closes_the_folder_again(tmp_path: Path) -> None:
    main([str(tmp_path)])
    before = contents(tmp_path)
    (tmp_path / "frames-users.acl").unlink()
    tmp_path.chmod(0o755)
    assert main([str(tmp_path)]) == 0
    assert contents(tmp_path) == before
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_users_files_hold_no_password(tmp_path: Path) -> None:
    main([str(tmp_path)])
    password = (tmp_path / "worker.env").read_text().split(":")[2].split("@")[0]
    assert len(password) > 30
    assert password not in (tmp_path / "frames-users.acl").read_text() + (tmp_path / "state-users.acl").read_text()


def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main([str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "redis-passwords.json").write_text("{}")
    assert main([str(tmp_path)]) == 2
    assert "has no password" in capsys.readouterr().err
