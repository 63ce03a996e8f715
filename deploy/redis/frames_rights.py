"""What each role does on the frames server."""

from deploy.redis.grants import Rights, changes, reads, writes
from deploy.redis.patterns import DEAD_LETTERS, FENCE, FRAMES, RESULTS, RESULTS_OF_HEARTBEAT, SCRIPTED, TRACKS
from shared.streams import WATCHED

# What a script does to a key is checked for each of its commands, against all grants of whoever runs it.
_SCRIPTS = changes("eval evalsha", SCRIPTED)
_COMMON = ("time", "script|load", "script|exists", "cluster|slots", "cluster|shards")

PRODUCER = Rights(
    _COMMON,
    (
        _SCRIPTS,
        writes("xadd", FRAMES, RESULTS),
        reads("exists xlen xrange xrevrange xpending xinfo|groups", FRAMES),
        writes("xdel xtrim", FRAMES),
        changes("get set", FENCE),
        reads("xrevrange", RESULTS_OF_HEARTBEAT),
    ),
)

WORKER = Rights(
    (*_COMMON, "multi", "exec"),
    (
        _SCRIPTS,
        reads("xlen xreadgroup xpending xinfo|consumers", FRAMES),
        writes("xgroup|create xgroup|delconsumer xack", FRAMES),
        changes("xautoclaim", FRAMES),
        writes("xadd", RESULTS, DEAD_LETTERS),
    ),
)

EVENTS = Rights(
    (*_COMMON, "info"),
    (
        _SCRIPTS,
        reads("xread xrevrange", RESULTS),
        reads("xrange", FRAMES),
        reads("get", FENCE),
        reads("exists", WATCHED),
        writes("xadd expire", TRACKS),
    ),
)

OPERATOR = Rights(
    _COMMON,
    (_SCRIPTS, reads("exists xlen xrange xrevrange xinfo|groups", FRAMES)),
)

CONSOLE = OPERATOR + Rights(("info",), (reads("xread xrevrange", TRACKS), writes("set", WATCHED)))
