import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from shared.snapshot_store import Kind, SnapshotStore, StoreUnreachable
from tests.builders import BEGIN
from tests.s3 import aws_variables
from tests.worker.events.snapshots.asking import a_violation
from worker.events.snapshots.retention import prune

NOW = datetime(2026, 1, 20, tzinfo=UTC)


def _fill(store: SnapshotStore, days_ago: int, number: int = 0, size: int = 1000) -> None:
    store.write("gate", NOW - timedelta(days=days_ago), f"gate-1-{number}-0", Kind.FACE, bytes(size))


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SnapshotStore:
    if request.param == "folder":
        return SnapshotStore(str(tmp_path / "store"))
    endpoint = request.getfixturevalue("s3_endpoint")
    for name, value in aws_variables(endpoint).items():
        monkeypatch.setenv(name, value)
    bucket = f"pictures-{tmp_path.name.replace('_', '-').lower()}"[:60].strip("-")
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=bucket)
    return SnapshotStore(f"s3://{bucket}/store")


def test_what_is_written_is_read_replaced_and_erased(store: SnapshotStore) -> None:
    violation = a_violation()
    assert store.read(violation, Kind.FACE) is None
    for jpeg in (b"one", b"two"):
        store.write("gate", BEGIN, violation.id, Kind.FACE, jpeg)
        assert store.read(violation, Kind.FACE) == jpeg
    assert [(each.violation, each.bytes) for each in store.pictures()] == [(violation.id, 3)]
    store.erase(violation)
    store.erase(violation)
    assert list(store.pictures()) == []


def test_old_pictures_go_first_by_days_then_by_room(store: SnapshotStore) -> None:
    for days_ago, number in ((20, 1), (8, 2), (3, 3), (2, 4), (0, 5)):
        _fill(store, days_ago, number, size=400_000)
    assert prune(store, NOW, days=7, max_mb=1) == 3
    assert sorted(each.violation for each in store.pictures()) == ["gate-1-4-0", "gate-1-5-0"]
    assert prune(store, NOW, days=7, max_mb=1) == 0


def test_a_store_that_does_not_answer_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_variables("http://127.0.0.1:9").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StoreUnreachable, match="s3://pictures/store cannot be reached") as caught:
        _fill(SnapshotStore("s3://pictures/store"), 0)
    assert "\n" not in str(caught.value)


def test_what_is_not_ours_is_neither_read_nor_removed(tmp_path: Path) -> None:
    store, elsewhere = SnapshotStore(str(tmp_path / "store")), tmp_path / "elsewhere"
    _fill(store, 30)
    elsewhere.mkdir()
    (elsewhere / "gate-1-9-0.face.jpg").write_bytes(b"theirs")
    day = tmp_path / "store" / "gate" / "2025-12-21"
    (day / "notes.txt").write_text("theirs")
    (day / "gate-1-7-0.face.jpg").symlink_to(elsewhere / "gate-1-9-0.face.jpg")
    (tmp_path / "store" / "gate" / "2025-12-20").symlink_to(elsewhere)
    assert prune(store, NOW, days=7, max_mb=1) == 1
    assert sorted(path.name for path in day.iterdir()) == ["gate-1-7-0.face.jpg", "notes.txt"]
    assert (elsewhere / "gate-1-9-0.face.jpg").read_bytes() == b"theirs"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "store" / "gate").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnreachable):
        _fill(SnapshotStore(str(tmp_path / "store")), 0)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_a_killed_writer_left_half_goes_after_a_day(tmp_path: Path) -> None:
    store = SnapshotStore(str(tmp_path / "store"))
    _fill(store, 0)
    day = tmp_path / "store" / "gate" / "2026-01-20"
    old, new = day / ".snapshot-old", day / ".snapshot-new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    store.remove_half()
    assert not old.exists()
    assert new.exists()
    assert len(list(store.pictures())) == 1


def test_a_volume_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable):
        _fill(SnapshotStore(str(tmp_path / "volume" / "store")), 0)
    assert not (tmp_path / "volume").exists()
