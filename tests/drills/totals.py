"""Everything that a run counted, in a form in which two runs over the same clips can be compared."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import redis

from shared.cameras import CaptureStatus
from shared.messages import Violation
from shared.streams import CountField, KeySpace

KEYS = KeySpace()
_PLACES = 3  # a face's place and a confidence depend on the batch in the last digits of a float

Totals = dict[str, Any]


def totals(state: redis.Redis, camera: str, keys: KeySpace = KEYS) -> Totals:
    """What the state server knows of a camera that was judged to its end; instants in seconds of the clip."""
    status = CaptureStatus.model_validate_json(cast("bytes", state.get(keys.capture(camera))))
    assert status.started_at is not None
    pass_counts = _counts(state, keys.epoch_counts(camera, status.epoch))
    by_worker = {name: n for name, n in pass_counts.items() if name.startswith(f"{CountField.WORKER_FRAMES}:")}
    found = [Violation.model_validate_json(each) for each in _hash(state, keys.violations(camera)).values()]
    return {
        "frames captured": status.captured,
        "counts": _counts(state, keys.counts(camera)),
        "counts of the pass": {name: n for name, n in pass_counts.items() if name not in by_worker},
        "frames by all workers": sum(by_worker.values()),
        "counts by quarters": _history(state, camera, keys),
        "violations": {each.id: _violation(each, status.started_at) for each in found},
        "log": _log(state, camera, keys),
    }


def differences(expected: Mapping[str, Any], found: Mapping[str, Any], where: str = "") -> list[str]:
    """What two runs do not agree about, one line each."""
    lines = []
    for name in sorted(expected.keys() | found.keys()):
        before, after = expected.get(name), found.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            lines += differences(before, after, f"{where}{name}, ")
        elif before != after:
            lines.append(f"{where}{name}: {json.dumps(before)} undisturbed, {json.dumps(after)} now")
    return lines


def contradictions(found: Totals) -> list[str]:
    """What one run's own figures say against each other."""
    counts = found["counts"]
    ended = [name for name in counts if name.partition(":")[0] in _ENDS]
    checks = {
        "each captured frame ended once": found["frames captured"] == sum(counts[name] for name in ended),
        "workers judged each frame once": found["frames by all workers"] == found["frames captured"],
        "quarters add up to all": found["counts by quarters"] == counts,
        "this pass is all there was": found["counts of the pass"] == counts,
        "violations are listed as counted": len(found["violations"]) == counts.get(CountField.VIOLATIONS, 0),
        "each violation is opened once and ended once, in this order": _are_lives(found["log"].values()),
        "log and list name the same violations": found["log"].keys() == found["violations"].keys(),
    }
    return [f"not so: {what}" for what, holds in checks.items() if not holds]


_ENDS = {CountField.PROCESSED, CountField.DROPPED, CountField.DEAD_LETTERED}


def _are_lives(lives: Iterable[list[str]]) -> bool:
    return all(
        life[0] == "opened" and life[-1] == "ended" and set(life[1:-1]) <= {"updated"} and len(life) > 1
        for life in lives
    )


def _violation(violation: Violation, started_at: datetime) -> dict[str, Any]:
    """All but what names the model; instants counted from the start of the clip."""
    instants = {name: getattr(violation, name) for name in ("first_seen", "opened_at", "last_seen")}
    return {
        **{name: round((instant - started_at).total_seconds(), _PLACES) for name, instant in instants.items()},
        "state": violation.state.value,
        "label": violation.label.value,
        "zone": violation.zone,
        "observations": violation.observations,
        "confidence": round(violation.confidence, _PLACES),
        "box": [round(side) for side in violation.box],
    }


def _log(state: redis.Redis, camera: str, keys: KeySpace) -> dict[str, list[str]]:
    """The states that each violation went through, in the order of the log."""
    lives: dict[str, list[str]] = {}
    for _, fields in cast("list[tuple[bytes, dict[bytes, bytes]]]", state.xrange(keys.violation_log(camera))):
        change = Violation.model_validate_json(fields[b"violation"])
        lives.setdefault(change.id, []).append(change.state.value)
    return lives


def _history(state: redis.Redis, camera: str, keys: KeySpace) -> dict[str, int]:
    quarters = cast("list[bytes]", state.keys(keys.history(camera, 0)[:-1] + "*"))
    added: Counter[str] = sum((Counter(_counts(state, key.decode())) for key in quarters), Counter())
    return dict(sorted(added.items()))


def _counts(state: redis.Redis, key: str) -> dict[str, int]:
    return {name.decode(): int(value) for name, value in sorted(_hash(state, key).items())}


def _hash(state: redis.Redis, key: str) -> dict[bytes, bytes]:
    return cast("dict[bytes, bytes]", state.hgetall(key))
