"""`maskwatch acl`: a Redis user for each role."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from console.errors import BadInput
from deploy.redis import passwords
from deploy.redis.passwords import PasswordsUnusable
from deploy.redis.roles import Role, Server, rights, user
from deploy.redis.users_file import line, render


def acl(
    server: Annotated[Server, typer.Option("--server", help="What the server is for.")] = Server.BOTH,
    given: Annotated[
        Path | None,
        typer.Option("--passwords", help="Passwords by role: JSON, or lines ROLE=password.", metavar="FILE"),
    ] = None,
    new: Annotated[
        Path | None,
        typer.Option("--secrets", help="Make passwords, and write them to this new file.", metavar="FILE"),
    ] = None,
    has_admin: Annotated[
        bool, typer.Option("--admin", help="Also a user who may change users while the server runs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the users of a Redis server, each with no more than its role needs, as the server's aclfile.

    Passwords are printed as hashes only. Give both servers the same passwords: make them once, then read that file.

    Example: maskwatch acl --secrets redis-passwords.json > users.acl
    """
    roles = [role for role in rights(Server.BOTH) if has_admin or role is not Role.ADMIN]
    found = _passwords(given, new, roles)
    if as_json:
        users = [_user(server, role, found[role]) for role in rights(server) if role in found]
        typer.echo(json.dumps({"server": server, "users": users}))
    else:
        typer.echo(render(server, found), nl=False)


def _passwords(given: Path | None, new: Path | None, roles: list[Role]) -> dict[Role, str]:
    try:
        if new is not None and given is None:
            return passwords.make(new, roles)
        if given is not None and new is None:
            return passwords.read(given, roles)
    except PasswordsUnusable as error:
        raise BadInput(str(error)) from error
    raise BadInput("give --secrets FILE to make passwords, or --passwords FILE to use those of a file")


def _user(server: Server, role: Role, password: str) -> dict[str, Any]:
    may = rights(server)[role]
    return {
        "role": role,
        "user": user(role),
        "commands": may.commands,
        "grants": [
            {"commands": each.commands, "access": each.access.name.lower(), "patterns": each.patterns}
            for each in may.grants
        ],
        "line": line(server, role, password),
    }
