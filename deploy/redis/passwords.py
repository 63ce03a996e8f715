"""The passwords of Redis users: made freshly into a file for their owner alone, or read from one."""

import json
import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from deploy.redis.roles import Role

LEAST_CHARACTERS = 16
_BYTES = 32  # of a fresh one; written in characters that an address takes as they are


class PasswordsUnusable(Exception):
    """The file cannot be used; the message says why and names no password."""


def make(path: Path, roles: Iterable[Role]) -> dict[Role, str]:
    """New passwords, in a new file that only its owner may read.

    Raises:
        PasswordsUnusable: it is there already, or cannot be written.
    """
    made = {role: secrets.token_urlsafe(_BYTES) for role in roles}
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise PasswordsUnusable(f"{path} is there already: use its passwords with --passwords {path}") from error
    except OSError as error:
        raise PasswordsUnusable(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)
        file.write(json.dumps(made, indent=2) + "\n")
    return made


def read(path: Path, roles: Collection[Role]) -> dict[Role, str]:
    """The passwords of these roles, from JSON (`{"worker": "..."}`) or from lines (`WORKER=...`).

    Raises:
        PasswordsUnusable: it cannot be read, lacks a role, names something else, or has a password that is too
            short or that another role has.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PasswordsUnusable(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PasswordsUnusable(f"{path} is no text") from error
    found = _json(path, text) if text.lstrip().startswith("{") else _lines(path, text)
    return _checked(path, found, roles)


def _json(path: Path, text: str) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(text)
    except ValueError as error:
        raise PasswordsUnusable(f"{path} is no JSON of roles and passwords") from error
    return found


def _lines(path: Path, text: str) -> dict[str, object]:
    lines = [each.strip() for each in text.splitlines()]
    pairs = [each.partition("=") for each in lines if each and not each.startswith("#")]
    if not all(separator for _, separator, _ in pairs):
        raise PasswordsUnusable(f"{path} has a line that is not ROLE=password")
    return {name.strip().lower(): password.strip() for name, _, password in pairs}


def _checked(path: Path, found: Mapping[str, object], roles: Collection[Role]) -> dict[Role, str]:
    for name in found:
        if name not in set(Role):
            raise PasswordsUnusable(f"{path} names {name[:30]!r}, which is no role: there are {', '.join(Role)}")
    passwords = {}
    for role in roles:
        password = found.get(role)
        if password is None:
            raise PasswordsUnusable(f"{path} has no password for {role}")
        if not isinstance(password, str) or len(password) < LEAST_CHARACTERS or not password.isprintable():
            raise PasswordsUnusable(f"{path}: the password of {role} must be {LEAST_CHARACTERS} characters or more")
        passwords[role] = password
    # Whoever has the worker's must not be the operator.
    if len(set(passwords.values())) < len(passwords):
        raise PasswordsUnusable(f"{path} gives two roles the same password")
    return passwords
