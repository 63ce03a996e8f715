"""What each process does on the state server; what people do there is in ``people_rights``."""

from deploy.redis.grants import Rights, changes, listens, publishes, reads, writes
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
    EVENTS_LEASE,
    HISTORY,
    JOB_MESSAGES,
    JOBS,
    PRODUCER_LEASE,
    SCRIPTED,
    SHADOW_COUNTS,
    SNAPSHOT_FACES,
    SNAPSHOT_REQUESTS,
    VIOLATION_LOG,
    VIOLATIONS,
    WEBHOOK_LEASE,
    WEBHOOK_MEMORY,
    WEBHOOK_STATUS,
)
from shared.shadow import SHADOW_ORDER
from shared.streams import (
    AREAS,
    AREAS_LEASE,
    CAMERA_KEY,
    CAMERAS,
    HEARTBEAT,
    HEARTBEAT_EVENTS_LEASE,
    HEARTBEAT_LEASE,
    MODELS_CHANGED,
    PROCESSES,
    WEBHOOK_SNOOZES,
    WEBHOOKS,
)
from shared.training_jobs import COUNTS as TRAINING_COUNTS
from shared.training_jobs import LEASE, SCHEDULE

_SCRIPTS = changes("eval evalsha", SCRIPTED)
_COMMON = ("time", "script|load", "script|exists")
_TRANSACTIONS = ("multi", "exec", "unwatch", "discard")
_LEASES = "hget hmget hset watch"

PRODUCER = Rights(
    (*_COMMON, *_TRANSACTIONS),
    (
        _SCRIPTS,
        reads("hgetall", CAMERAS, PROCESSES),
        writes("hset hdel", PROCESSES),
        changes("get set", CAMERA_KEY),
        changes(_LEASES, PRODUCER_LEASE, HEARTBEAT_LEASE),
        changes("get set", CAPTURE),
        changes("hincrby", CAPTURE_COUNTS),
        reads("hget hmget", CHECKPOINT),
        changes("hexists hget hmget hset hsetnx hincrby", HEARTBEAT),
    ),
)

WORKER = Rights(
    (*_COMMON, "multi", "exec", "unsubscribe"),
    (
        reads("hkeys", CAMERAS),
        writes("hset hdel", PROCESSES),
        reads("get", SHADOW_ORDER),
        changes("hincrby expire", SHADOW_COUNTS),
        listens(MODELS_CHANGED),
    ),
)

_JUDGING = (
    _SCRIPTS,
    reads("hget hgetall hkeys", CAMERAS),
    reads("hget", PRODUCER_LEASE),
    reads("hgetall", PROCESSES),
    writes("hset hdel", PROCESSES),
    changes(_LEASES, EVENTS_LEASE, AREAS_LEASE, HEARTBEAT_EVENTS_LEASE, WEBHOOK_LEASE),
    reads("get", CAPTURE),
    changes("hget hgetall hset", CHECKPOINT),
    changes("hincrby expire", COUNTS, HISTORY),
    changes("hexists hscan hset hdel", VIOLATIONS),
    writes("hdel", DISMISSALS),
    changes("xadd xlen xrange xread xtrim", VIOLATION_LOG),
    changes("exists hexists hget hgetall hlen hset hdel", SNAPSHOT_REQUESTS, SNAPSHOT_FACES),
    changes("hget hmget hset hincrby", HEARTBEAT),
)
_AREAS = (
    reads("hgetall", AREAS),
    changes("hget hgetall hset hdel", AREA_CHECKPOINT, AREA_MEMBERS),
    changes("hget hincrby expire", AREA_COUNTS, AREA_HISTORY),
)
_WEBHOOKS = (
    reads("hget hgetall watch", WEBHOOKS),
    reads("hgetall", WEBHOOK_SNOOZES),
    changes("hgetall hset hdel zrange zadd zrem zremrangebyrank", *WEBHOOK_MEMORY),
    changes("hincrby", WEBHOOK_STATUS),
)
EVENTS = Rights((*_COMMON, *_TRANSACTIONS, "info"), (*_JUDGING, *_AREAS, *_WEBHOOKS))

TRAINER = Rights(
    (*_COMMON, *_TRANSACTIONS, "info", "unsubscribe"),
    (
        changes("eval evalsha", SCRIPTED, JOBS),
        writes("hset hdel", PROCESSES),
        changes(_LEASES, LEASE),
        changes("hincrby hset", TRAINING_COUNTS),
        changes("get set watch", SCHEDULE),
        changes("get set del", SHADOW_ORDER),
        reads("hgetall", SHADOW_COUNTS),
        publishes(MODELS_CHANGED),
        listens(JOB_MESSAGES),
        # What RQ's workers and its books of jobs take.
        changes("exists del expire persist rename", JOBS),
        changes("get set hget hgetall hset hdel hexists hincrby hincrbyfloat", JOBS),
        changes("sadd srem smembers scard", JOBS),
        changes("zadd zcard zrange zrangebyscore zrem zremrangebyrank zremrangebyscore zscore", JOBS),
        changes("blmove blpop lmove lpop lpos lrange lrem llen lpush rpush", JOBS),
        changes("xadd xlen xrevrange watch", JOBS),
    ),
)
