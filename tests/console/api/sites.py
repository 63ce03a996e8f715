"""A system with a bit of everything, as its processes would leave it."""

from datetime import UTC, datetime, timedelta

from shared.connections import Servers
from shared.messages import Dismissal
from shared.streams import quarter_of
from shared.violations import dismiss
from tests.console.builders import KEYS, a_camera, a_status, attach, make_group, publish, run_process, say
from tests.console.test_violations import open_violation

GATE = "gate"
_COUNTS = {
    "processed": 100, "dropped:overload": 7, "dead_lettered:jpeg": 1, "violations": 2, "people:with_mask": 6,
    "people:without_mask": 2, "people:cannot_tell": 1, "unjudged:blurred": 1, "watched_ms": 60_000,
    "blind_ms:no_picture": 5_000,
}  # fmt: skip


def a_whole_site(servers: Servers) -> str:
    """Two cameras, one of which counted; gives the id of an open violation."""
    gate = attach(servers, a_camera(GATE, "rtsp://guard:hush@10.0.0.9/stream"))
    attach(servers, a_camera("hall", "demo:masked"))
    say(servers, a_status(gate, captured=120))
    run_process(servers, "producer-1", role="producer")
    run_process(servers, "worker-1", model_version=3)
    make_group(servers, GATE)
    publish(servers, GATE, 3)
    for key in (KEYS.counts(GATE), KEYS.history(GATE, quarter_of(datetime.now(UTC)))):
        servers.state.hset(key, mapping=_COUNTS)  # type: ignore[arg-type]
    servers.state.hset(KEYS.capture_counts(GATE), mapping={"state:live": 3, "stall:silent": 2, "fault:cut": 7})
    now = datetime.now(UTC).replace(microsecond=120_000)
    dismissed = open_violation(servers, "gate-1-7-0", at=now - timedelta(minutes=9))
    dismiss(servers.state, KEYS, dismissed, Dismissal(violation=dismissed.id, at=now, reason="a poster"))
    return open_violation(servers, "gate-1-8-0", at=now - timedelta(minutes=8)).id
