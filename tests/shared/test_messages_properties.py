"""Every message: what is nearly right is refused in one way or goes round unchanged, and nothing else happens."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import shared
from shared.messages import Message
from shared.webhooks import WebhookEvent
from tests.strategies import DEEP, JSON, QUICK, nearly

AT = "2026-01-01T00:00:00Z"
FRAME = {"camera": "gate", "epoch": 1, "sequence": 2, "captured_at": AT, "width": 640, "height": 480}
BOX = [10.0, 20.0, 30.0, 40.0]
DETECTION = {"box": BOX, "label": "without_mask", "confidence": 0.9, "sharpness": 1.0, "appearance": [1, 2]}
VIOLATION = {
    "id": "gate-1-0-0", "camera": "gate", "state": "opened", "first_seen": AT, "opened_at": AT, "last_seen": AT,
    "confidence": 0.9, "observations": 3, "box": BOX, "model_version": 1, "detector": "haar",
}  # fmt: skip
ZONE = {"corners": [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9]], "name": "door"}
LOAD = {"seconds": 60.0, "cores": 2, "cpu_cores": 0.5}
FATES = {"not_found": 1, "with_mask": 2, "without_mask": 9, "incorrect_mask": 0}
SAMPLES: dict[str, dict[str, Any]] = {
    "FrameHeader": FRAME | {"regions": [BOX], "on_overload": "wait", "clock_step_s": 1.5},
    "Detection": DETECTION,
    "FrameResult": FRAME | {
        "on_overload": "wait", "outcome": "processed", "detections": [DETECTION], "scanned": [BOX],
        "stage_seconds": {"decode": 0.1},
    },
    "Violation": VIOLATION,
    "Dismissal": {"violation": "gate-1-0-0", "at": AT, "reason": "a poster"},
    "SnapshotRequest": {
        "violation": "gate-1-0-0", "camera": "gate", "opened_at": AT, "captured_at": AT, "frame_entry_id": "1-1",
        "width": 640, "height": 480, "box": BOX, "others": [BOX],
    },
    "ProcessLoad": LOAD,
    "ProcessInfo": {
        "id": "w", "role": "worker", "pid": 1, "host": "h", "started_at": AT, "heartbeat_at": AT, "load": LOAD,
    },
    "Area": {"name": "front", "cameras": {"gate": 1, "hall": 2}},
    "AreaMember": {
        "camera": "gate", "number": 1, "first_s": 1.0, "last_s": 2.0, "opened_s": 1.0, "heard_ms": 1, "is_open": True,
    },
    "Zone": ZONE,
    "Camera": {"id": "gate", "source": "rtsp://10.0.0.9/", "zones": [ZONE]},
    "CaptureStatus": {"camera": "gate", "state": "live", "epoch": 1, "captured": 4, "last_frame_at": AT},
    "FaceFates": FATES,
    "RecallFigures": {
        "detector": "haar", "model_version": 1, "min_face_px": 24, "min_face_confidence": 0.5, "measured_at": AT,
        "photographs": 10, "fates": {"without_mask": {"40-80": FATES}},
    },
    "ShadowOrder": {"id": "x", "version": 2, "ends_at": AT},
    "SeenTrack": {"id": "1-0-0", "box": BOX, "label": None, "confidence": None, "outcome": "cannot_tell"},
    "FrameTracks": FRAME | {"frame_entry_id": "1-1"},
    "TrainingProgress": {"step": "training", "started_at": AT, "updated_at": AT, "pid": 1, "host": "h"},
    "TrainingOutcome": {"name": "mask", "version": 2, "registry": "r", "promoted": True},
    "TrainingSchedule": {"cron": "0 3 * * 0", "settings": {"alpha": 0.5}, "created_at": AT},
    "Webhook": {"name": "desk", "url": "http://127.0.0.1/", "created_ms": 1},
    "Snooze": {"from_ms": 1, "until_ms": 2},
    "WaitingEvent": {"id": "1", "at_ms": 1, "violation": VIOLATION},
    "WebhookEvent": {"event": "violation.opened", "id": "1", "webhook": "desk", "sent_at": AT, "violation": VIOLATION},
}  # fmt: skip


def kinds() -> dict[str, type[Message]]:
    """All messages that processes exchange."""
    for module in pkgutil.iter_modules(shared.__path__):
        importlib.import_module(f"shared.{module.name}")
    return {each.__name__: each for each in _below(Message) if each.__module__.startswith("shared.")}


def _below(kind: type[Message]) -> Iterator[type[Message]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


KINDS = kinds()


def test_every_message_is_looked_at_here() -> None:
    assert set(SAMPLES) == set(KINDS)
    assert WebhookEvent in KINDS.values()


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_meant_goes_round_unchanged(name: str) -> None:
    message = KINDS[name].model_validate(SAMPLES[name])
    assert KINDS[name].model_validate_json(message.model_dump_json()) == message


def looks_at(kind: type[Message], text: str | bytes) -> None:
    """Refused as messages are, or goes round; as JSON that every reader reads."""
    try:
        message = kind.model_validate_json(text)
    except ValidationError:
        return
    said = message.model_dump_json()
    assert kind.model_validate_json(said) == message
    json.dumps(message.model_dump(mode="json"), allow_nan=False)


@settings(QUICK)
@given(st.data())
def test_what_is_nearly_right_is_refused_or_goes_round(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    looks_at(KINDS[name], json.dumps(data.draw(nearly(SAMPLES[name]))))


@settings(QUICK)
@given(st.sampled_from(sorted(SAMPLES)), st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_is_refused(name: str, text: bytes) -> None:
    looks_at(KINDS[name], text)


@pytest.mark.long
@pytest.mark.parametrize("name", SAMPLES)
def test_of_each_kind_much_that_is_nearly_right_is_refused_or_goes_round(name: str) -> None:
    @settings(DEEP, max_examples=100)
    @given(nearly(SAMPLES[name]))
    def look(value: object) -> None:
        looks_at(KINDS[name], json.dumps(value))

    look()
