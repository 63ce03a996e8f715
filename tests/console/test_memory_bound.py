"""Servers that are filled to their limits hold no more than was computed, and not far less."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import pytest
import redis

from console.memory_bound import (
    SERVER_BYTES,
    Traffic,
    frames_held,
    frames_server,
    result_bytes,
    state_server,
)
from producer.publishing.publisher import FramesPublisher
from shared import leases
from shared.connections import Servers
from shared.face_sizes import FaceSize
from shared.messages import (
    BlindReason,
    Box,
    DeadLetterReason,
    Detection,
    DropReason,
    FrameHeader,
    FrameOutcome,
    FrameResult,
    Label,
    PersonOutcome,
    Unjudged,
    Violation,
    ViolationState,
)
from shared.settings import EventsSettings, ProducerSettings, WorkerSettings
from shared.streams import CountField, KeySpace
from worker.decoding import PoisonEntry
from worker.entries import Ending, Entry
from worker.events.checkpoint import Checkpoint, Ledger
from worker.events.verdict import Verdict
from worker.group import FrameGroup
from worker.publisher import Publisher

KEYS = KeySpace()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CAMERAS = ("gate-of-the-yard", "lobby")
PRODUCER = ProducerSettings(max_frames_per_camera=16, max_frame_age_s=60, max_results_per_camera=256)
WORKER = WorkerSettings(max_dead_letters=50)
EVENTS = EventsSettings(violation_days=2, history_days=3)
A_CAMERA = Traffic(fps=5, jpeg_bytes=80_000, faces=2, bare_faces=1)


@pytest.fixture
def empty_bytes(servers: Servers) -> int:
    return _used(servers.frames)


def test_a_full_frames_server_holds_what_was_computed(servers: Servers, empty_bytes: int) -> None:
    frames, randomness = servers.frames, random.Random(1)
    producer = FramesPublisher(frames, KEYS, PRODUCER.max_frames_per_camera, 128, PRODUCER.max_results_per_camera)
    publisher = Publisher(frames, KEYS, PRODUCER.max_results_per_camera, WORKER.max_dead_letters)
    group = FrameGroup(frames, KEYS, "machine-12345-abcd")
    group.join(CAMERAS)
    for camera in CAMERAS:
        for sequence in range(20):
            producer.publish(_header(camera, sequence), randomness.randbytes(A_CAMERA.jpeg_bytes), 1)
    of_camera = {each.camera: each for each in group.read(64, 0)}
    publisher.publish([_ending(of_camera[CAMERAS[n % 2]], poison=n < 120) for n in range(640)])
    memory = frames_server([A_CAMERA] * 2, PRODUCER, WORKER)
    held = _used(frames) - empty_bytes
    assert [frames.xlen(KEYS.frames(camera)) for camera in CAMERAS] == [16, 16]
    assert all(256 <= frames.xlen(KEYS.results(camera)) < 300 for camera in CAMERAS)
    assert held < memory.data_bytes - SERVER_BYTES
    assert held > 0.5 * (memory.data_bytes - SERVER_BYTES - memory.answers)


def test_a_full_state_server_holds_what_was_computed(servers: Servers, empty_bytes: int) -> None:
    state = servers.state
    lease = leases.acquire(state, KEYS.events_lease("gate"), "events-1", 60_000)
    assert lease is not None
    ledger = Ledger(state, KEYS, "gate", EVENTS.history_days, keeps_snapshots=False)
    verdict = Verdict()
    for verdict.quarter in range(EVENTS.history_days * 96):
        for each in _all_counts():
            verdict.add(each, 12_345)
    verdict.violations = {each.id: [each, each, each] for each in _violations(400)}
    ledger.commit(lease, Checkpoint(), verdict, Counter({"machine-12345-abcd": 1}))
    memory = state_server(1, EVENTS, violations_a_day=200, openings_a_day=1 / 30)
    held = _used(state) - empty_bytes
    used = memory.cameras + memory.history + memory.violations + memory.log
    assert 0.5 * used < held < used


@pytest.mark.parametrize(
    ("traffic", "expected"),
    [
        (Traffic(fps=1), 11),  # by age, and a second until somebody looks
        (Traffic(fps=5), 55),
        (Traffic(fps=25), 64),  # by number
        (Traffic(is_lossless=True), 512),
    ],
)
def test_frames_are_bounded_by_number_and_by_age(traffic: Traffic, expected: int) -> None:
    assert frames_held(traffic, ProducerSettings()) == expected


def test_every_face_adds_to_a_result() -> None:
    assert (
        result_bytes(Traffic(faces=3)) > result_bytes(Traffic(faces=2)) > result_bytes(Traffic(faces=2, bare_faces=0))
    )


def test_a_site_without_cameras_needs_a_server_all_the_same() -> None:
    assert frames_server([], ProducerSettings(), WorkerSettings()).data_bytes == SERVER_BYTES
    assert state_server(0, EventsSettings()).data_bytes == SERVER_BYTES


def _used(server: redis.Redis) -> int:
    """Of all keys alone: what else a server holds comes and goes with its clients."""
    return sum(cast("int", server.memory_usage(key, samples=0)) for key in cast("list[bytes]", server.keys()))


def _header(camera: str, sequence: int) -> FrameHeader:
    regions = tuple(Box(x, 200, x + 128, 420) for x in (100, 500, 900))
    return FrameHeader(
        camera=camera, epoch=1, sequence=sequence, captured_at=NOW, width=1280, height=720, regions=regions
    )


def _ending(entry: Entry, *, poison: bool) -> Ending:
    header = FrameHeader.model_validate_json(entry.fields[b"header"])
    seen = Detection(
        box=Box(100.1, 200.2, 160.3, 270.4), label=Label.WITHOUT_MASK, confidence=0.9876, face_confidence=0.9123,
        sharpness=123.4, brightness=101.2, turned=0.12, appearance=tuple(range(100, 112)),
    )  # fmt: skip
    result = FrameResult(
        **header.model_dump(exclude={"regions"}), outcome=FrameOutcome.PROCESSED, detections=(seen, seen),
        scanned=(Box(0, 100, 512, 484),), frame_entry_id=entry.id, worker="machine-12345-abcd", detector="maskwatch",
        model_version=1, stage_seconds={"decode": 0.004123, "detect": 0.009123, "crop": 0.000123, "classify": 0.002123},
    )  # fmt: skip
    letter = PoisonEntry(DeadLetterReason.JUDGING, "x" * 300) if poison else None
    return Ending(entry, result, letter, {0: bytes(5_000)})


def _all_counts() -> Iterator[str]:
    """Every field that a quarter of an hour may have."""
    yield from (CountField.PROCESSED, CountField.VIOLATIONS, CountField.DISMISSED, CountField.WATCHED_MS)
    for field, details in (
        (CountField.DROPPED, DropReason), (CountField.DEAD_LETTERED, DeadLetterReason), (CountField.UNJUDGED, Unjudged),
        (CountField.PEOPLE, PersonOutcome), (CountField.BLIND_MS, BlindReason), (CountField.FACES, Label),
    ):  # fmt: skip
        yield from (f"{field}:{detail}" for detail in details)
    yield from (f"{CountField.PEOPLE_BY_SIZE}:{size}:{each}" for size in FaceSize for each in PersonOutcome)


def _violations(count: int) -> Iterator[Violation]:
    for number in range(count):
        yield Violation(
            id=f"gate-of-the-yard-12-{number}-0", camera=CAMERAS[0], zone="entrance", state=ViolationState.OPENED,
            first_seen=NOW, opened_at=NOW, last_seen=NOW, confidence=0.9876, observations=12,
            box=Box(100.1, 200.2, 160.3, 270.4), model_version=1, detector="maskwatch",
        )  # fmt: skip
