"""What each role may do and may not, as the servers themselves answer."""

from typing import cast

import pytest
import redis

from deploy.redis.roles import Role, Server, rights, user
from shared.connections import connect
from shared.streams import (
    CAMERA_KEY,
    CAMERAS,
    DESIRED_WORKERS,
    MODELS_CHANGED,
    WEBHOOKS,
    AreaKeys,
    KeySpace,
    WebhookKeys,
)
from shared.training_jobs import SCHEDULE
from tests.deploy.redis.servers import KINDS, Guarded, guarded_server

PROCESSES = [Role.PRODUCER, Role.WORKER, Role.EVENTS, Role.TRAINER, Role.CONSOLE, Role.OPERATOR, Role.MACHINE]
KEYS = KeySpace(shards=16)  # patterns hold for any number of shards
GATE = {
    name: getattr(KEYS, name)("gate")
    for name in (
        "frames", "results", "tracks", "fence", "capture", "producer_lease", "events_lease", "checkpoint", "counts",
        "violations", "dismissals", "violation_log", "snapshot_faces",
    )
}  # fmt: skip

_Tried = dict[str, tuple[Role, tuple[str, ...]]]

MAY: _Tried = {
    "a producer publishes": (Role.PRODUCER, ("XADD", GATE["frames"], "*", "a", "b",)),
    "a producer says what it did not send": (Role.PRODUCER, ("XADD", GATE["results"], "*", "a", "b",)),
    "a producer renews its lease": (Role.PRODUCER, ("EVAL", "return 1", "1", GATE["producer_lease"],)),
    "a worker reads frames": (Role.WORKER, ("XREADGROUP", "GROUP", "workers", "a", "STREAMS", GATE["frames"], ">",)),
    "a worker publishes results": (Role.WORKER, ("XADD", GATE["results"], "*", "a", "b",)),
    "a worker hears of promotions": (Role.WORKER, ("SUBSCRIBE", MODELS_CHANGED,)),
    "an events worker counts": (Role.EVENTS, ("HINCRBY", GATE["counts"], "violations", "1",)),
    "an events worker counts passes": (Role.EVENTS, ("HINCRBY", KEYS.epoch_counts("gate", 3), "violations", "1",)),
    "an events worker counts by time": (Role.EVENTS, ("HINCRBY", KEYS.history("gate", 7), "violations", "1",)),
    "an events worker counts areas": (Role.EVENTS, ("HINCRBY", AreaKeys("hall").history(7), "violations", "1",)),
    "an events worker sends webhooks": (Role.EVENTS, ("ZADD", WebhookKeys("desk").announced, "1", "a",)),
    "a trainer takes jobs": (Role.TRAINER, ("BLMOVE", "rq:queue:q", "rq:queue:q:intermediate", "RIGHT", "LEFT", "1",)),
    "the console asks for memory": (Role.CONSOLE, ("INFO", "memory",)),
    "the console lists jobs": (Role.CONSOLE, ("HGETALL", "rq:job:1",)),
    "an operator adds a camera": (Role.OPERATOR, ("HSET", CAMERAS, "gate", "{}",)),
    "an operator dismisses": (Role.OPERATOR, ("HSETNX", GATE["dismissals"], "a", "b",)),
    "an operator erases": (Role.OPERATOR, ("HDEL", GATE["violations"], "a",)),
    "a machine does what its processes do": (Role.MACHINE, ("HINCRBY", GATE["counts"], "violations", "1",)),
}  # fmt: skip

MAY_NOT: _Tried = {
    "a worker reads violations": (Role.WORKER, ("HGETALL", GATE["violations"],)),
    "a worker reads a count": (Role.WORKER, ("HGETALL", GATE["counts"],)),
    "a worker reads where a camera is": (Role.WORKER, ("HGETALL", CAMERAS,)),
    "a worker reads results": (Role.WORKER, ("XRANGE", GATE["results"], "-", "+",)),
    "a worker publishes frames": (Role.WORKER, ("XADD", GATE["frames"], "*", "a", "b",)),
    "a worker deletes frames": (Role.WORKER, ("XDEL", GATE["frames"], "1-0",)),
    "a worker promotes": (Role.WORKER, ("PUBLISH", MODELS_CHANGED, "2",)),
    "a worker hears of jobs": (Role.WORKER, ("SUBSCRIBE", "rq:pubsub:trainer",)),
    "a worker hears of everything": (Role.WORKER, ("PSUBSCRIBE", "*",)),
    "a worker takes a camera": (Role.WORKER, ("HSET", GATE["producer_lease"], "owner", "me",)),
    "a producer reads results": (Role.PRODUCER, ("XRANGE", GATE["results"], "-", "+",)),
    "a producer reads results newest first": (Role.PRODUCER, ("XREVRANGE", GATE["results"], "+", "-",)),
    "a producer deletes a checkpoint": (Role.PRODUCER, ("DEL", GATE["checkpoint"],)),
    "a producer moves a checkpoint": (Role.PRODUCER, ("HSET", GATE["checkpoint"], "next_sequence", "1",)),
    "a producer counts": (Role.PRODUCER, ("HINCRBY", GATE["counts"], "violations", "1",)),
    "a producer adds a camera": (Role.PRODUCER, ("HSET", CAMERAS, "gate", "{}",)),
    "a producer judges": (Role.PRODUCER, ("HSET", GATE["events_lease"], "owner", "me",)),
    "an events worker publishes frames": (Role.EVENTS, ("XADD", GATE["frames"], "*", "a", "b",)),
    "an events worker publishes results": (Role.EVENTS, ("XADD", GATE["results"], "*", "a", "b",)),
    "an events worker adds a camera": (Role.EVENTS, ("HSET", CAMERAS, "gate", "{}",)),
    "an events worker declares a webhook": (Role.EVENTS, ("HSET", WEBHOOKS, "desk", "{}",)),
    "an events worker deletes counts": (Role.EVENTS, ("DEL", GATE["counts"],)),
    "an events worker queues a job": (Role.EVENTS, ("RPUSH", "rq:queue:maskwatch-training", "a",)),
    "a trainer reads frames": (Role.TRAINER, ("XRANGE", GATE["frames"], "-", "+",)),
    "a trainer reads violations": (Role.TRAINER, ("HGETALL", GATE["violations"],)),
    "a trainer reads cameras": (Role.TRAINER, ("HGETALL", CAMERAS,)),
    "the console empties the server": (Role.CONSOLE, ("FLUSHALL",)),
    "the console changes what logins are sealed for": (Role.CONSOLE, ("SET", CAMERA_KEY, "mine",)),
    "the console publishes frames": (Role.CONSOLE, ("XADD", GATE["frames"], "*", "a", "b",)),
    "the console moves a checkpoint": (Role.CONSOLE, ("HSET", GATE["checkpoint"], "next_sequence", "1",)),
    "the console deletes counts": (Role.CONSOLE, ("DEL", GATE["counts"],)),
    "the console writes a violation": (Role.CONSOLE, ("HSET", GATE["violations"], "a", "{}",)),
    "an operator changes what logins are sealed for": (Role.OPERATOR, ("SET", CAMERA_KEY, "mine",)),
    "an operator takes a job": (Role.OPERATOR, ("LPOP", "rq:queue:maskwatch-training",)),
    "an operator publishes results": (Role.OPERATOR, ("XADD", GATE["results"], "*", "a", "b",)),
    "an admin reads violations": (Role.ADMIN, ("HGETALL", GATE["violations"],)),
}  # fmt: skip
DANGEROUS = (
    ("FLUSHALL",), ("FLUSHDB",), ("KEYS", "*"), ("CONFIG", "GET", "*"), ("CONFIG", "SET", "appendonly", "no"),
    ("SHUTDOWN",), ("DEBUG", "SLEEP", "0"), ("MONITOR",), ("ACL", "LIST"), ("CLIENT", "LIST"),
    ("CLIENT", "KILL", "ID", "1"),
    ("REPLICAOF", "NO", "ONE"), ("MODULE", "LIST"), ("SAVE",), ("SCRIPT", "FLUSH"), ("FUNCTION", "LIST"),
    ("MIGRATE", "h", "1", "k", "0", "1"), ("SWAPDB", "0", "1"), ("GET", "another:application"),
)  # fmt: skip


def _answer(guarded: Guarded, tried: tuple[Role, tuple[str, ...]]) -> str:
    role, command = tried
    return guarded.answer(role, *command)


@pytest.mark.parametrize("what", MAY)
def test_who_may(guarded: Guarded, what: str) -> None:
    assert _answer(guarded, MAY[what]) == "OK"


@pytest.mark.parametrize("what", MAY_NOT)
def test_who_may_not(guarded: Guarded, what: str) -> None:
    assert "permissions" in _answer(guarded, MAY_NOT[what])


@pytest.mark.parametrize("command", DANGEROUS, ids=" ".join)
def test_nobody_may_do_harm_to_the_server_or_to_other_applications(guarded: Guarded, command: tuple[str, ...]) -> None:
    answers = {role: guarded.answer(role, *command) for role in PROCESSES}
    assert not [role for role, answer in answers.items() if "permissions" not in answer]


def test_of_all_dangerous_commands_one_is_needed_and_another_by_who_starts_everything(guarded: Guarded) -> None:
    dangerous = {each.decode() for each in cast("list[bytes]", guarded.admin.acl_cat("dangerous"))}
    given = {role: dangerous & {*may.commands} for role, may in rights(Server.BOTH).items()}
    assert {command for role in PROCESSES for command in given[role]} <= {"info", "bgrewriteaof"}
    assert [role for role in PROCESSES if "bgrewriteaof" in given[role]] == [Role.MACHINE]
    granted = {command for role in PROCESSES for each in rights(Server.BOTH)[role].grants for command in each.commands}
    assert not granted & dangerous


def test_a_script_may_no_more_than_who_runs_it(guarded: Guarded) -> None:
    state = connect(guarded.url(Role.WORKER))
    with pytest.raises(redis.ResponseError, match=r"permission|can.t run this command"):
        state.eval("return redis.call('HGETALL', KEYS[1])", 1, GATE["violations"])
    state.close()
    assert guarded.refused() == [f"{user(Role.WORKER)}: command hgetall"]


def test_what_is_refused_does_not_happen(guarded: Guarded) -> None:
    operator, console = connect(guarded.url(Role.OPERATOR)), connect(guarded.url(Role.CONSOLE))
    operator.set(DESIRED_WORKERS, 3)
    with pytest.raises(redis.exceptions.NoPermissionError):
        console.flushall()
    assert console.get(DESIRED_WORKERS) == b"3"
    for each in (operator, console):
        each.close()
    assert guarded.refused() == [f"{user(Role.CONSOLE)}: command flushall"]


@pytest.mark.parametrize("binary", KINDS)
@pytest.mark.parametrize("server", [Server.FRAMES, Server.STATE])
def test_on_two_servers_each_role_has_what_it_needs_there(binary: str, server: Server) -> None:
    frame, schedule = ("XADD", GATE["frames"], "*", "a", "b"), ("GET", SCHEDULE)
    with guarded_server(binary, server) as guarded:
        users = {each.decode() for each in cast("list[bytes]", guarded.admin.acl_users())}
        assert users == {"default", *map(user, rights(server))}
        assert (guarded.answer(Role.PRODUCER, *frame) == "OK") is (server is Server.FRAMES)
        assert (guarded.answer(Role.OPERATOR, *schedule) == "OK") is (server is Server.STATE)
    assert (Role.TRAINER in rights(server)) is (server is Server.STATE)
