"""A process or a command whose login is wrong says so in one line and ends."""

import subprocess
from collections.abc import Mapping

import pytest

from console.command import run
from deploy.redis.roles import Role
from shared.connections import ServerUnreachable, check_servers
from tests.deploy.redis.servers import MODULES, VALKEY, Guarded, guarded_server, starts


def _ends(addresses: Mapping[Role, str]) -> dict[Role, tuple[int, list[str]]]:
    """Exit code and error output of each process with its address, all started at once."""
    running = {role: starts(role, address, subprocess.PIPE) for role, address in addresses.items()}
    said = {role: process.communicate(timeout=100)[1].splitlines() for role, process in running.items()}
    return {role: (running[role].returncode, lines) for role, lines in said.items()}


@pytest.mark.parametrize(
    "roles", [pytest.param([Role.PRODUCER], id="producer"), pytest.param([*MODULES], id="all", marks=pytest.mark.long)]
)
def test_each_process_with_a_wrong_password_ends_with_one_line(roles: list[Role]) -> None:
    with guarded_server(VALKEY) as guarded:
        ends = _ends({role: guarded.url(role, "mistyped") for role in roles})
    assert {role: code for role, (code, _) in ends.items()} == dict.fromkeys(roles, 2)
    for _, lines in ends.values():
        (line,) = lines
        assert "refuses the login" in line
        assert "mistyped" not in line


@pytest.mark.parametrize("role", MODULES)
def test_a_login_of_another_role_is_named_with_what_it_may_not_do(guarded: Guarded, role: Role) -> None:
    check_servers(None, guarded.url(role), role)
    check_servers(None, guarded.url(Role.MACHINE), role)
    for other in (Role.OPERATOR, Role.WORKER if role is not Role.WORKER else Role.PRODUCER):
        with pytest.raises(ServerUnreachable, match=rf"do what {role} does \(EXISTS maskwatch:role:{role}\)"):
            check_servers(None, guarded.url(other), role)
    guarded.refused()


def test_without_a_login_it_is_said_that_one_is_needed(guarded: Guarded) -> None:
    with pytest.raises(ServerUnreachable, match="refuses the login"):
        check_servers(None, guarded.url(Role.WORKER).replace(f"maskwatch-worker:{guarded.passwords[Role.WORKER]}@", ""))


COMMANDS = {
    "a wrong password": (Role.OPERATOR, "mistyped", "refuses the login"),
    "the login of a worker": (Role.WORKER, None, "ermissions"),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_a_command_with_another_login_is_one_line(
    guarded: Guarded, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    role, password, expected = COMMANDS[what]
    assert run(["status", "--redis", guarded.url(role, password)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line
    assert guarded.passwords[role] not in line
    guarded.refused()
