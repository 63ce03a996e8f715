"""Pictures that commits asked for, on real servers and real disks."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared.connections import Servers, connect_both
from shared.settings import EventsSettings
from shared.snapshot_store import Kind, SnapshotStore, StoreUnreachable
from shared.violations import forget
from tests.waiting import eventually
from tests.worker.drawn import a_jpeg, a_scene
from tests.worker.events.snapshots.asking import ID, KEYS, a_violation, ask
from worker.events.metrics import EventsMetrics
from worker.events.snapshots import outbox
from worker.events.snapshots.writer import SnapshotWriter


class _Desk:
    """A writer with its store and its counts."""

    def __init__(self, servers: Servers, url: str, place: str) -> None:
        self.store = SnapshotStore(place)
        self.registry = CollectorRegistry()
        self.own = connect_both(url, url)
        settings, metrics = EventsSettings(snapshots=place), EventsMetrics(self.registry)
        self.writer = SnapshotWriter(self.own, settings, self.store, metrics, lambda: ["gate"])
        self._servers = servers

    def count(self, outcome: str) -> float:
        return self.registry.get_sample_value("maskwatch_snapshots_total", {"outcome": outcome}) or 0.0

    @property
    def waiting(self) -> int:
        state = self._servers.state
        return state.hlen(KEYS.snapshot_requests("gate")) + state.hlen(KEYS.snapshot_faces("gate"))


@pytest.fixture
def desk(servers: Servers, redis_url: str, tmp_path: Path) -> Iterator[_Desk]:
    made = _Desk(servers, redis_url, str(tmp_path / "store"))
    yield made
    made.own.close()


def test_face_and_frame_are_kept_and_asked_for_no_longer(desk: _Desk, servers: Servers, tmp_path: Path) -> None:
    ask(servers)
    desk.writer.write_all()
    assert (desk.count("written"), desk.waiting) == (1, 0)
    folder = tmp_path / "store" / "gate" / "2026-01-01"
    assert sorted(path.name for path in folder.iterdir()) == [f"{ID}.face.jpg", f"{ID}.frame.jpg"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))
    assert desk.store.read(a_violation(), Kind.FRAME) != a_jpeg(a_scene())


def test_of_a_frame_that_is_gone_the_face_is_kept(desk: _Desk, servers: Servers) -> None:
    ask(servers, frame=None)
    desk.writer.write_all()
    assert desk.count("without_frame") == 1
    assert desk.store.read(a_violation(), Kind.FACE)
    assert desk.store.read(a_violation(), Kind.FRAME) is None


@pytest.mark.parametrize("frame", [b"garbage", a_jpeg(a_scene(width=320))], ids=["garbage", "another size"])
def test_a_frame_that_is_not_what_was_judged_is_left_out(desk: _Desk, servers: Servers, frame: bytes) -> None:
    ask(servers, frame=frame)
    desk.writer.write_all()
    assert desk.count("without_frame") == 1


def test_an_erased_violation_gets_no_picture(desk: _Desk, servers: Servers, tmp_path: Path) -> None:
    ask(servers, on_record=False)
    desk.writer.write_all()
    assert (desk.count("erased"), desk.waiting) == (1, 0)
    assert not (tmp_path / "store").exists()


def test_a_better_picture_that_was_asked_for_meanwhile_is_taken_next(desk: _Desk, servers: Servers) -> None:
    ask(servers)
    (first,) = desk.writer._outbox.waiting("gate")
    ask(servers)
    desk.writer._outbox.done(first)
    assert desk.waiting == 2
    desk.writer.write_all()
    assert desk.waiting == 0


@pytest.mark.parametrize("value", [b"{", b'{"violation":"other"}'])
def test_garbage_among_requests_is_dropped_and_holds_up_nothing(desk: _Desk, servers: Servers, value: bytes) -> None:
    servers.state.hset(KEYS.snapshot_requests("gate"), "gate-1-5-0", value)
    ask(servers)
    desk.writer.write_all()
    assert desk.count("written") == 1
    assert servers.state.hlen(KEYS.snapshot_requests("gate")) == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "gate-1-0-0/../../x", "GATE-1-0-0"])
def test_an_id_that_is_no_name_of_a_file_is_no_file(desk: _Desk, servers: Servers, name: str, tmp_path: Path) -> None:
    ask(servers, name)
    desk.writer.write_all()
    assert (desk.count("failed"), desk.waiting) == (1, 0)
    assert not (tmp_path / "store").exists()


def test_a_face_that_is_no_picture_is_counted_and_dropped(desk: _Desk, servers: Servers) -> None:
    ask(servers)
    servers.state.hset(KEYS.snapshot_faces("gate"), ID, b"no picture")
    desk.writer.write_all()
    assert (desk.count("failed"), desk.waiting) == (1, 0)


def test_while_the_store_is_away_requests_wait_and_are_bounded(
    servers: Servers, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 3)
    (tmp_path / "file").write_text("no folder")
    desk = _Desk(servers, redis_url, str(tmp_path / "file" / "store"))
    for number in range(5):
        ask(servers, f"gate-1-{number}-0")
    with pytest.raises(StoreUnreachable):
        desk.writer.write_all()
    assert (desk.count("failed"), desk.waiting) == (2, 6)
    desk.own.close()


def test_a_running_writer_goes_on_once_the_store_is_there(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    desk = _Desk(servers, redis_url, str(tmp_path / "volume" / "store"))
    ask(servers)
    desk.writer.start()
    eventually(lambda: desk.writer._backoff_s > 0, timeout_s=20)
    (tmp_path / "volume").mkdir()
    eventually(lambda: desk.count("written") == 1, timeout_s=20)
    desk.writer.close()


def test_erasing_while_a_picture_is_written_leaves_none(desk: _Desk, servers: Servers) -> None:
    """Again and again, at whatever moment the two meet."""
    for _ in range(20):
        ask(servers)
        eraser = threading.Thread(target=_erase, args=(servers, desk.store))
        eraser.start()
        desk.writer.write_all()
        eraser.join()
        desk.writer.write_all()
        assert desk.waiting == 0
        assert list(desk.store.pictures()) == []


def _erase(servers: Servers, store: SnapshotStore) -> None:
    store.erase(a_violation())
    forget(servers.state, KEYS, "gate", [ID])
    store.erase(a_violation())
