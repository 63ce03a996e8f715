"""What people do on the state server: with the command, and on the page and the API."""

from deploy.redis.grants import Rights, changes, publishes, reads, writes
from deploy.redis.patterns import (
    AREA_CHECKPOINT,
    AREA_COUNTS,
    AREA_HISTORY,
    AREA_MEMBERS,
    CAPTURE,
    CAPTURE_COUNTS,
    CHECKPOINT,
    COUNTS,
    DISMISSALS,
    HISTORY,
    JOB_MESSAGES,
    JOBS,
    SCRIPTED,
    SHADOW_COUNTS,
    SNAPSHOT_FACES,
    SNAPSHOT_REQUESTS,
    VIOLATION_LOG,
    VIOLATIONS,
    WEBHOOK_LEASE,
    WEBHOOK_MEMORY,
    WEBHOOK_STATUS,
    WEBHOOK_WAITING,
)
from shared.shadow import SHADOW_ORDER
from shared.streams import (
    AREAS,
    CAMERA_KEY,
    CAMERAS,
    DESIRED_WORKERS,
    HEARTBEAT,
    MODELS_CHANGED,
    PROCESSES,
    RECALL_FIGURES,
    TOLD_FRAMES,
    WEBHOOK_SNOOZES,
    WEBHOOKS,
)
from shared.training_jobs import COUNTS as TRAINING_COUNTS
from shared.training_jobs import SCHEDULE

_COMMANDS = ("time", "script|load", "script|exists", "multi", "exec", "unwatch", "discard", "scan", "info")

_CAMERAS = (
    changes("hget hgetall hkeys hset hdel watch", CAMERAS),
    reads("get", CAMERA_KEY, CAPTURE),
    reads("hgetall", CAPTURE_COUNTS, HEARTBEAT, RECALL_FIGURES),
    reads("hget hmget", CHECKPOINT),
    changes("hgetall hdel", PROCESSES),
    changes("get set", DESIRED_WORKERS),
)
_COUNTED = (
    changes("exists hgetall hincrby", COUNTS, HISTORY),
    changes("hexists hget hgetall hscan hdel", VIOLATIONS),
    changes("hget hgetall hsetnx hdel", DISMISSALS),
    changes("xrange xread xrevrange xdel", VIOLATION_LOG),
    changes("hget hdel", SNAPSHOT_REQUESTS, SNAPSHOT_FACES),
)
_AREAS = (
    changes("hexists hget hgetall hkeys hlen hset hdel", AREAS),
    reads("hget hgetall", AREA_COUNTS, AREA_HISTORY),
    writes("del", AREA_CHECKPOINT, AREA_MEMBERS),
)
_WEBHOOKS = (
    changes("hgetall hkeys hset hdel watch", WEBHOOKS, WEBHOOK_SNOOZES),
    reads("hmget", WEBHOOK_LEASE),
    reads("hlen hgetall", WEBHOOK_WAITING, WEBHOOK_STATUS),
    writes("del", *WEBHOOK_MEMORY),
)
_TRAININGS = (
    changes("hgetall hincrby", TRAINING_COUNTS),
    changes("get set del", SCHEDULE),
    publishes(MODELS_CHANGED, JOB_MESSAGES),
    # Jobs are queued, shown and cancelled; nobody who does that runs one.
    changes("exists expire persist del watch", JOBS),
    changes("hget hgetall hset", JOBS),
    changes("sadd srem smembers", JOBS),
    changes("zadd zcard zrange zrangebyscore zrem zremrangebyscore zscore", JOBS),
    changes("lrange lrem llen lpos rpush", JOBS),
)
_BOTH = Rights(_COMMANDS, (changes("eval evalsha", SCRIPTED), *_CAMERAS, *_COUNTED, *_AREAS, *_WEBHOOKS, *_TRAININGS))

CONSOLE = _BOTH + Rights((), (writes("hset", PROCESSES), changes("hmget hset", TOLD_FRAMES)))

# Only at the command line: figures of a detector, and letting a version judge live faces before it is promoted.
OPERATOR = _BOTH + Rights(
    (),
    (
        writes("hset del", RECALL_FIGURES),
        changes("get set del", SHADOW_ORDER),
        reads("hgetall", SHADOW_COUNTS),
    ),
)
