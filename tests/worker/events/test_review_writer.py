import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared.messages import Label
from shared.review import ReviewFolder
from shared.review_item import ReviewItem
from shared.settings import EventsSettings
from tests.builders import a_detection, a_result
from tests.review import a_crop
from tests.waiting import eventually
from worker.events.doubt import Doubt
from worker.events.metrics import EventsMetrics
from worker.events.review_writer import ReviewWriter

NOW = datetime.now(UTC)


class Written:
    """A folder, its writer and what the writer counted."""

    def __init__(self, folder: ReviewFolder, max_items: int = 500) -> None:
        self.folder = folder
        self._registry = CollectorRegistry()
        settings = EventsSettings(review_max_items=max_items)
        self.writer = ReviewWriter(folder, settings, EventsMetrics(self._registry))

    def count(self, outcome: str) -> float:
        return self._registry.get_sample_value("maskwatch_review_faces_total", {"outcome": outcome}) or 0.0


@pytest.fixture
def folder(tmp_path: Path) -> ReviewFolder:
    return ReviewFolder(tmp_path / "review")


@contextmanager
def _writing(folder: ReviewFolder, max_items: int = 500) -> Iterator[Written]:
    written = Written(folder, max_items)
    written.writer.start()
    yield written
    written.writer.close()


def _doubt(sequence: int = 0, jpeg: bytes | None = None, at: datetime = NOW) -> Doubt:
    result = a_result(sequence, a_detection(label=Label.WITH_MASK, confidence=0.6))
    captured_at = at + timedelta(seconds=sequence)
    return Doubt(result.model_copy(update={"captured_at": captured_at}), 0, a_crop() if jpeg is None else jpeg)


def test_what_is_offered_is_in_the_folder_with_its_picture(folder: ReviewFolder) -> None:
    with _writing(folder) as written:
        written.writer.offer([_doubt(1)])
    (item,) = folder.items()
    assert (item.camera, item.sequence, item.confidence) == ("gate", 1, 0.6)
    assert folder.picture(item) == a_crop()
    assert written.count("written") == 1


def test_a_replay_writes_nothing_twice(folder: ReviewFolder) -> None:
    with _writing(folder) as written:
        written.writer.offer([_doubt(1), _doubt(1)])
    assert folder.count() == 1
    assert (written.count("written"), written.count("known")) == (1, 1)


def test_the_folder_never_holds_more_than_its_bound(folder: ReviewFolder) -> None:
    written = Written(folder, max_items=20)
    for n in range(50):
        written.writer.write(_doubt(n))
        written.writer.tidy(NOW)
        assert folder.count() <= 20
    assert [each.sequence for each in folder.items()][-1] == 49
    assert folder.count() >= 18


def test_labelled_faces_stay_when_unlabelled_ones_make_room(folder: ReviewFolder) -> None:
    written = Written(folder, max_items=10)
    labelled: list[ReviewItem] = []
    for n in range(40):
        written.writer.write(_doubt(n))
        if n < 5:
            labelled.append(folder.label(folder.items()[-1], Label.WITH_MASK, NOW))
        written.writer.tidy(NOW)
    assert folder.items()[:5] == labelled
    assert folder.count() in {14, 15}


def test_a_start_erases_what_has_grown_too_old_meanwhile(folder: ReviewFolder) -> None:
    Written(folder).writer.write(_doubt(at=NOW - timedelta(days=31)))
    with _writing(folder):
        eventually(lambda: not folder.items())
    assert list(folder.root.iterdir()) == []


def _gone(folder: ReviewFolder) -> None:
    folder.root.rmdir()
    folder.root.parent.rmdir()


def _a_file(folder: ReviewFolder) -> None:
    folder.root.rmdir()
    folder.root.write_bytes(b"")


def _full(folder: ReviewFolder) -> None:  # a device on which every write fails
    folder.root.rmdir()
    folder.root.symlink_to("/dev/full")


@pytest.mark.parametrize("spoil", [_gone, _a_file, _full])
def test_a_folder_that_cannot_be_written_is_counted_and_said_once(
    spoil: "object", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = ReviewFolder(tmp_path / "volume" / "review")
    folder.root.mkdir(parents=True)
    assert callable(spoil)
    spoil(folder)
    with _writing(folder) as written:
        written.writer.offer(_doubt(n) for n in range(3))
        eventually(lambda: written.count("failed") >= 3)
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert "counting goes on" in caplog.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_counted(folder: ReviewFolder) -> None:
    folder.root.mkdir(mode=0o500)
    with _writing(folder) as written:
        written.writer.offer([_doubt()])
    assert written.count("failed") == 1


def test_after_the_folder_is_back_faces_are_kept_again(tmp_path: Path) -> None:
    folder = ReviewFolder(tmp_path / "volume" / "review")
    with _writing(folder) as written:
        written.writer.offer([_doubt(1)])
        eventually(lambda: written.count("failed"))
        folder.root.parent.mkdir()
        written.writer.offer([_doubt(2)])
    # The first may have been waiting still: what counts is that the second is kept.
    assert 2 in [each.sequence for each in folder.items()]


@pytest.mark.parametrize("jpeg", [b"", b"no jpeg"])
def test_a_crop_that_is_none_is_counted_and_the_next_is_kept(folder: ReviewFolder, jpeg: bytes) -> None:
    with _writing(folder) as written:
        written.writer.offer([_doubt(1, jpeg), _doubt(2)])
    assert (written.count("failed"), written.count("written")) == (1, 1)


def test_a_folder_that_hangs_keeps_nobody_waiting(folder: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: released.wait(30))
    with _writing(folder) as written:
        written.writer.offer(_doubt(n) for n in range(200))  # returns though nothing is written
        assert written.count("skipped") >= 200 - 64 - 1
        assert written.count("written") == 0
        released.set()
