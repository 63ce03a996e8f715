"""The file in which a server reads its users: hashes of passwords, never a password."""

from collections.abc import Mapping
from hashlib import sha256

from deploy.redis.roles import Role, Server, rights, user


def render(server: Server, passwords: Mapping[Role, str]) -> str:
    """The users of a server who have a password here; who logs in without a name may do nothing.

    For Redis 7.0 or later and Valkey, as `aclfile`.
    """
    lines = [
        "user default reset off",
        *(line(server, role, passwords[role]) for role in rights(server) if role in passwords),
    ]
    return "\n".join(lines) + "\n"


def line(server: Server, role: Role, password: str) -> str:
    """One user of that file."""
    return f"user {user(role)} reset on #{_hash(password)} {rights(server)[role].rules}"


def _hash(password: str) -> str:
    return sha256(password.encode()).hexdigest()
