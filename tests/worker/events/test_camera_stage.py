import random
import zlib
from datetime import timedelta
from typing import cast

import pytest

from shared import leases
from shared.connections import Servers
from shared.leases import LeaseLost
from shared.messages import FrameResult, Label
from shared.streams import RESULT, CheckpointField, KeySpace
from shared.violations import forget
from tests.builders import a_detection, a_result
from worker.events import checkpoint
from worker.events.camera_stage import CameraStage, Entry
from worker.events.rules import Rules
from worker.events.tracker import Limits

KEYS = KeySpace()
BARE = a_detection(x=200)
MASKED = a_detection(x=900, label=Label.WITH_MASK)


def _stage(servers: Servers, owner: str = "me") -> CameraStage:
    lease = leases.acquire(servers.state, KEYS.events_lease("gate"), owner, 60_000)
    assert lease is not None
    return CameraStage(
        "gate",
        lease,
        checkpoint.Ledger(servers.state, KEYS, "gate", 7, keeps_snapshots=True),
        checkpoint.load(servers.state, KEYS, "gate"),
        Rules(limits=Limits(2.0)),
        timedelta(seconds=2),
    )


def _entries(results: list[FrameResult]) -> list[Entry]:
    return [
        (f"{n + 1}-0".encode(), {RESULT: each.model_dump_json().encode(), b"face:0": b"jpeg"})
        for n, each in enumerate(results)
    ]


def _counts(servers: Servers, epoch: int | None = None) -> dict[str, int]:
    key = KEYS.counts("gate") if epoch is None else KEYS.epoch_counts("gate", epoch)
    fields = cast("dict[bytes, bytes]", servers.state.hgetall(key))
    return {field.decode(): int(value) for field, value in fields.items()}


RESULTS = [a_result(n, BARE, MASKED) for n in range(12)]
EXPECTED = {
    "processed": 12,
    "faces:without_mask": 12,
    "faces:with_mask": 12,
    "violations": 1,
    "people:without_mask": 1,
    "people:with_mask": 1,
    "people_by_size:40-80:without_mask": 1,
    "people_by_size:40-80:with_mask": 1,
    "watched_ms": 2200,
}


def test_counts_violation_and_checkpoint_are_written_together(servers: Servers) -> None:
    stage = _stage(servers)
    stage.take(_entries(RESULTS))
    assert stage.finish_pass(epoch=1, captured=12)
    assert _counts(servers) == EXPECTED
    assert servers.state.hlen(KEYS.violations("gate")) == 1
    assert servers.state.hget(KEYS.snapshot_faces("gate"), "gate-1-0-0") == b"jpeg"
    assert servers.state.hget(KEYS.checkpoint("gate"), CheckpointField.DONE_EPOCH) == b"1"


def test_a_pass_is_not_over_while_a_frame_is_missing(servers: Servers) -> None:
    stage = _stage(servers)
    stage.take(_entries(RESULTS[:11]))
    assert not stage.finish_pass(epoch=1, captured=12)


def test_a_pass_is_closed_once(servers: Servers) -> None:
    stage = _stage(servers)
    stage.take(_entries(RESULTS))
    assert stage.finish_pass(epoch=1, captured=12)
    assert not stage.finish_pass(epoch=1, captured=12)
    assert not _stage(servers).finish_pass(epoch=1, captured=12)


def test_an_empty_pass_is_over_at_once(servers: Servers) -> None:
    assert _stage(servers).finish_pass(epoch=1, captured=0)


def test_a_second_pass_counts_anew_and_adds_to_the_lifetime(servers: Servers) -> None:
    stage = _stage(servers)
    second = [a_result(n, BARE, epoch=2) for n in range(5)]
    stage.take(_entries([*RESULTS, *second]))
    assert stage.finish_pass(epoch=2, captured=5)
    assert _counts(servers, 1)["violations"] == _counts(servers, 2)["violations"] == 1
    assert _counts(servers)["violations"] == 2


@pytest.mark.parametrize(("gap_s", "people"), [(1.5, 1), (5.0, 1), (20.0, 2)])
def test_a_live_cameras_tracks_outlive_its_producer_for_as_long_as_they_may_be_unseen(
    servers: Servers, gap_s: float, people: int
) -> None:
    stage = _stage(servers)
    before = [a_result(n, BARE, on_overload="drop_oldest") for n in range(10)]
    begin = before[-1].captured_at + timedelta(seconds=gap_s)
    after = [
        each.model_copy(update={"epoch": 2, "captured_at": begin + timedelta(seconds=n / 5)})
        for n, each in enumerate(before)
    ]
    stage.take(_entries([*before, *after]))
    stage.close()
    assert _counts(servers)["people:without_mask"] == _counts(servers)["violations"] == people


def test_the_clock_of_a_live_cameras_next_producer_may_be_behind(servers: Servers) -> None:
    stage = _stage(servers)
    before = [a_result(n, BARE, on_overload="drop_oldest") for n in range(10)]
    behind = [
        each.model_copy(update={"epoch": 2, "captured_at": each.captured_at - timedelta(hours=2)}) for each in before
    ]
    stage.take(_entries([*before, *behind]))
    stage.close()
    assert _counts(servers)["people:without_mask"] == 1


def test_an_outdated_owner_writes_nothing(servers: Servers) -> None:
    paused = _stage(servers, "paused")
    leases.release(servers.state, paused.lease)
    _stage(servers, "successor").take(_entries(RESULTS))
    with pytest.raises(LeaseLost):
        paused.take(_entries(RESULTS))
    assert _counts(servers)["processed"] == 12


ANOTHER_RELEASES = b'{"tracks":[{"of":"another release"}]}'


@pytest.mark.parametrize("stored", [ANOTHER_RELEASES, zlib.compress(ANOTHER_RELEASES)], ids=["plain", "packed"])
def test_a_checkpoint_whose_tracks_cannot_be_read_keeps_its_place_and_counts(stored: bytes, servers: Servers) -> None:
    _stage(servers).take(_entries(RESULTS[:6]))
    servers.state.hset(KEYS.checkpoint("gate"), CheckpointField.STATE, stored)
    _stage(servers).take(_entries(RESULTS))
    assert _counts(servers)["processed"] == 12


def test_garbage_in_the_results_stream_is_skipped(servers: Servers) -> None:
    garbage: list[Entry] = [(b"1-0", {b"x": b"y"}), (b"2-0", {RESULT: b"{"})]
    assert len(_stage(servers).take([*garbage, *_entries(RESULTS)])) == 12


def test_a_violation_that_is_erased_while_it_lasts_does_not_come_back_and_stays_counted(servers: Servers) -> None:
    stage = _stage(servers)
    stage.take(_entries(RESULTS[:8]))
    assert servers.state.hlen(KEYS.violations("gate")) == 1
    forget(servers.state, KEYS, "gate", ["gate-1-0-0"])
    stage.take(_entries(RESULTS))
    assert stage.finish_pass(epoch=1, captured=12)
    assert servers.state.hlen(KEYS.violations("gate")) == servers.state.xlen(KEYS.violation_log("gate")) == 0
    assert _counts(servers)["violations"] == 1


def test_a_crowd_takes_a_few_kilobytes_of_the_checkpoint(servers: Servers) -> None:
    noise = random.Random(1)
    people = [
        (60 + 110 * (n % 10), 150 + 300 * (n // 10), tuple(noise.randrange(256) for _ in range(12))) for n in range(20)
    ]
    frames = [
        a_result(
            number, *(a_detection(x + noise.random() * 4, y + noise.random() * 4, appearance=a) for x, y, a in people)
        )
        for number in range(40)
    ]
    _stage(servers).take(_entries(frames))
    assert _counts(servers)["violations"] == 20
    assert servers.state.hstrlen(KEYS.checkpoint("gate"), CheckpointField.STATE) < 6_000
