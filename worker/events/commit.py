"""The transaction that moves one camera on: all of it or nothing, behind its lease and its last checkpoint.

It is one script, so a single command: those of several cameras go to the server together, and each stands for
itself. Sent twice because the connection broke, it is done once, since it asks for the checkpoint before it.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import redis
from redis.exceptions import NoScriptError

from shared.leases import HOLDS, Lease

log = logging.getLogger(__name__)

# How a server begins to say that a value is not of the kind that a command takes.
_FOREIGN = ("WRONGTYPE", "hash value is not an integer", "increment or decrement would overflow")

# The checkpoint comes first: what cannot be written (a full disk or memory) must fail before anything is counted.
# Of a violation that was erased meanwhile nothing may come back but its end in the counts.
_SCRIPT = (
    HOLDS
    + """
if not holds(KEYS[1], ARGV[1], ARGV[2]) then return 0 end
if (redis.call('HGET', KEYS[2], 'commits') or '0') ~= ARGV[3] then return 0 end
local change = cjson.decode(ARGV[4])
redis.call('HSET', KEYS[2], 'state', ARGV[5], unpack(change.checkpoint))
for field, amount in pairs(change.counts) do
  redis.call('HINCRBY', KEYS[3], field, amount)
  redis.call('HINCRBY', KEYS[4], field, amount)
end
for field, amount in pairs(change.workers) do redis.call('HINCRBY', KEYS[4], field, amount) end
redis.call('EXPIRE', KEYS[4], change.epoch_s)
for place, counts in ipairs(change.history) do
  for field, amount in pairs(counts) do redis.call('HINCRBY', KEYS[8 + place], field, amount) end
  redis.call('EXPIRE', KEYS[8 + place], change.history_s)
end
for _, each in ipairs(change.violations) do
  if each[2] == 'opened' or redis.call('HEXISTS', KEYS[5], each[1]) == 1 then
    redis.call('HSET', KEYS[5], each[1], each[3])
    redis.call('XADD', KEYS[6], 'MAXLEN', '~', change.log_entries, '*', 'violation', each[3])
  end
end
for place, each in ipairs(change.snapshots) do
  redis.call('HSET', KEYS[7], each[1], each[2])
  redis.call('HSET', KEYS[8], each[1], ARGV[5 + place])
end
return 1
"""
)
_SHA = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Commit:
    """One camera's transaction: the keys that it writes, what it changes, and what JSON cannot hold.

    ``keys`` are those of checkpoint, counts, counts of the epoch, violations, their log, snapshot requests and
    faces, then of each quarter of an hour; ``before`` is the number of the commit that it follows.
    """

    lease: Lease
    keys: Sequence[str]
    before: int
    change: Mapping[str, Any]
    state: bytes
    faces: Sequence[bytes] = ()

    @property
    def command(self) -> tuple[str | int | bytes, ...]:
        """What is sent."""
        keys = (self.lease.key, *self.keys)
        fence = (self.lease.owner, self.lease.token, self.before)
        change = json.dumps(self.change, separators=(",", ":"), ensure_ascii=False)
        return ("EVALSHA", _SHA, len(keys), *keys, *fence, change, self.state, *self.faces)


def send(state: redis.Redis, commits: Sequence[Commit]) -> list[bool]:
    """Send transactions in one round trip; which of them were done.

    One is refused when another process owns the camera, when the checkpoint is not the one that it is to follow,
    and when it was done already by a connection that broke before it answered; also, which is said, when it meets
    a key that holds what none of ours wrote.

    Raises:
        redis.RedisError: which of them were done is unknown.
    """
    if not commits:
        return []
    answers = _answers(state, commits)
    unknown = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
    if unknown:  # the server was started anew: none of these was looked at
        state.script_load(_SCRIPT)
        again = _answers(state, [commits[place] for place in unknown])
        for place, answer in zip(unknown, again, strict=True):
            answers[place] = answer
    for commit, answer in zip(commits, answers, strict=True):
        if _met_foreign_value(answer):
            log.error("the transaction behind %s failed: %s", commit.lease.key, answer)
        elif isinstance(answer, Exception):
            raise answer
    return [answer == 1 for answer in answers]


def _met_foreign_value(answer: object) -> bool:
    """Whether a camera's own keys are what is wrong: the others' commits are not concerned."""
    return isinstance(answer, redis.ResponseError) and str(answer).startswith(_FOREIGN)


def _answers(state: redis.Redis, commits: Sequence[Commit]) -> list[Any]:
    with state.pipeline(transaction=False) as pipeline:
        for commit in commits:
            pipeline.execute_command(*commit.command)  # type: ignore[no-untyped-call]
        return pipeline.execute(raise_on_error=False)
