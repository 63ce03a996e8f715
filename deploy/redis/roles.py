"""The roles, and what each may do on which server."""

from collections.abc import Mapping
from enum import StrEnum
from functools import reduce
from operator import add

from deploy.redis import frames_rights, people_rights, state_rights
from deploy.redis.grants import Rights, changes, reads
from shared.connections import role_mark
from shared.streams import CAMERA_KEY


class Role(StrEnum):
    """Who logs in; a Redis user each."""

    PRODUCER = "producer"
    WORKER = "worker"
    EVENTS = "events"
    TRAINER = "trainer"
    CONSOLE = "console"
    OPERATOR = "operator"  # the `maskwatch` command
    MACHINE = "machine"  # `maskwatch up`, which hands its addresses to all that it starts
    ADMIN = "admin"  # no process of ours: a person who changes users while a server runs, and reads their log


class Server(StrEnum):
    """What a Redis server is for; one that plays both roles is `both`."""

    FRAMES = "frames"
    STATE = "state"
    BOTH = "both"


_FRAMES: Mapping[Role, Rights] = {
    Role.PRODUCER: frames_rights.PRODUCER,
    Role.WORKER: frames_rights.WORKER,
    Role.EVENTS: frames_rights.EVENTS,
    Role.CONSOLE: frames_rights.CONSOLE,
    Role.OPERATOR: frames_rights.OPERATOR,
}
_STATE: Mapping[Role, Rights] = {
    Role.PRODUCER: state_rights.PRODUCER,
    Role.WORKER: state_rights.WORKER,
    Role.EVENTS: state_rights.EVENTS,
    Role.TRAINER: state_rights.TRAINER,
    Role.CONSOLE: people_rights.CONSOLE,
    Role.OPERATOR: people_rights.OPERATOR,
}


def user(role: Role) -> str:
    """The name by which a role logs in."""
    return f"maskwatch-{role}"


# Whoever changes users could make any, so no process has this one's login.
_ADMIN = Rights(("acl", "info", "client|list", "client|kill"), ())


def rights(server: Server) -> dict[Role, Rights]:
    """What each role may do on a server; who has no business there is left out."""
    if server is Server.BOTH:
        frames, state = rights(Server.FRAMES), rights(Server.STATE)
        return {role: frames[role] + state[role] if role in frames else state[role] for role in state}
    found = _FRAMES if server is Server.FRAMES else _STATE
    marked = {role: may + Rights((), (reads("exists", role_mark(role)),)) for role, may in found.items()}
    return _with_machine(server, marked) | {Role.ADMIN: _ADMIN}


def _with_machine(server: Server, found: Mapping[Role, Rights]) -> dict[Role, Rights]:
    # It also says what logins of cameras are sealed for, before the first producer runs, and where an earlier
    # release stored some as they were, it has them leave the server's log on disk.
    own = Rights(("bgrewriteaof",), (changes("get set", CAMERA_KEY),)) if server is Server.STATE else Rights((), ())
    return {**found, Role.MACHINE: reduce(add, found.values()) + own}
