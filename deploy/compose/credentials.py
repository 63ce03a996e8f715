"""``python -m deploy.compose.credentials FOLDER``: makes what the containers of one system log in with.

Passwords and token are made once and kept. What follows from them is written anew each time: after an update, for the
rights that the roles of the new release need (then restart both servers).

| in the folder | who reads it |
|---|---|
| `redis-passwords.json` | this command, the next time |
| `frames-users.acl`, `state-users.acl` | the Redis servers: hashes of the passwords |
| `producer.env`, `worker.env`, ... | the process of that role: addresses with its own name and password |
| `console-token` | the console, and people who sign in |

Only the owner may open the folder. The files in it that are mounted can be read by anybody, since a container's user is
another one.
"""

import argparse
import secrets
import sys
from pathlib import Path

from deploy.redis import passwords
from deploy.redis.passwords import PasswordsUnusable
from deploy.redis.roles import Role, Server, rights, user
from deploy.redis.users_file import render
from shared.settings import PREFIX

ROLES = (Role.PRODUCER, Role.WORKER, Role.EVENTS, Role.TRAINER, Role.CONSOLE, Role.OPERATOR)
_PORT = 6379
_TOKEN_BYTES = 24
_MOUNTED = 0o644  # in a folder that is closed to all but its owner


def main(arguments: list[str] | None = None) -> int:
    """Make the folder; 2 with one line why where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m deploy.compose.credentials", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made where it is missing")
    folder: Path = parser.parse_args(arguments).folder
    try:
        make(folder)
    except OSError as error:
        return _refused(f"{folder} cannot be written: {error.strerror}")
    except PasswordsUnusable as error:
        return _refused(str(error))
    print(f"{folder}: users of both Redis servers, addresses for {len(ROLES)} roles, and the console's token")
    return 0


def make(folder: Path) -> None:
    """See that the folder has everything; what was made before is kept.

    Raises:
        OSError, PasswordsUnusable: it cannot be written, or what is there is none of ours.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = folder / "redis-passwords.json"
    found = passwords.read(kept, ROLES) if kept.exists() else passwords.make(kept, ROLES)
    for server in (Server.FRAMES, Server.STATE):
        _write(folder / f"{server}-users.acl", render(server, found), _MOUNTED)
    for role in ROLES:
        _write(folder / f"{role}.env", _addresses(role, found[role]), 0o600)
    token = folder / "console-token"
    if not token.exists():
        _write(token, secrets.token_urlsafe(_TOKEN_BYTES) + "\n", _MOUNTED)


def _addresses(role: Role, password: str) -> str:
    lines = [
        f"{PREFIX}{server.upper()}_REDIS=redis://{user(role)}:{password}@{server}-redis:{_PORT}/0\n"
        for server in (Server.FRAMES, Server.STATE)
        if role in rights(server)
    ]
    return "".join(lines)


def _write(file: Path, text: str, mode: int) -> None:
    file.touch(mode=mode)
    file.write_text(text)


def _refused(why: str) -> int:
    print(f"credentials: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
