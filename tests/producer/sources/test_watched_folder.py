import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import cv2
import pytest

from producer.sources.base import Picture, SourceMissing, SourceUnavailable
from producer.sources.image_folder import MAX_FILE_BYTES
from producer.sources.watched_folder import WatchedFolder
from tests.producer.builders import numbered_jpeg, numbered_picture
from tests.waiting import eventually

FPS = 100.0


class Watcher:
    """Collects what a watched folder gives, in a thread."""

    def __init__(self, folder: Path, fps: float = FPS, position: str = "") -> None:
        self.pictures: list[Picture] = []
        self.source = WatchedFolder(folder, fps, position)
        self.thread = threading.Thread(target=self._collect)
        self.thread.start()

    @property
    def jpegs(self) -> list[bytes | None]:
        return [picture.jpeg for picture in self.pictures]

    def _collect(self) -> None:
        for picture in self.source.pictures():
            self.pictures.append(picture)


@contextmanager
def watching(folder: Path, fps: float = FPS, position: str = "") -> Iterator[Watcher]:
    watcher = Watcher(folder, fps, position)
    try:
        yield watcher
    finally:
        watcher.source.close()
        watcher.thread.join()


def _arrive(folder: Path, *numbers: int) -> None:
    for number in numbers:
        (folder / f"{number}.jpg").write_bytes(numbered_jpeg(number))
        time.sleep(0.012)  # file systems tell apart what is a few milliseconds apart


def _expected(*numbers: int) -> list[bytes | None]:
    return [numbered_jpeg(number) for number in numbers]


def test_pictures_that_are_there_come_in_the_order_of_their_arrival_and_then_the_new_ones(tmp_path: Path) -> None:
    _arrive(tmp_path, 5, 3, 4)
    with watching(tmp_path) as watcher:
        eventually(lambda: watcher.jpegs == _expected(5, 3, 4))
        _arrive(tmp_path, 2, 1)
        eventually(lambda: watcher.jpegs == _expected(5, 3, 4, 2, 1))
    assert (watcher.source.is_steady, watcher.source.can_freeze) == (False, False)


def test_an_empty_folder_is_waited_for_and_closing_ends_the_wait(tmp_path: Path) -> None:
    with watching(tmp_path) as watcher:
        watcher.source.close()
        eventually(lambda: not watcher.thread.is_alive(), timeout_s=2)
    assert watcher.pictures == []


def test_a_wait_for_the_next_picture_s_time_can_be_closed_as_well(tmp_path: Path) -> None:
    _arrive(tmp_path, 1, 2)
    with watching(tmp_path, fps=0.01) as watcher:
        eventually(lambda: len(watcher.pictures) == 1)
        watcher.source.close()
        eventually(lambda: not watcher.thread.is_alive(), timeout_s=2)
    assert watcher.jpegs == _expected(1)


def test_a_picture_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    whole = numbered_jpeg(1)
    with watching(tmp_path) as watcher, (tmp_path / "1.jpg").open("wb") as file:
        for begin in range(0, len(whole), len(whole) // 8):
            file.write(whole[begin : begin + len(whole) // 8])
            file.flush()
            time.sleep(0.1)
            assert watcher.pictures == [] or watcher.jpegs == [whole]
        eventually(lambda: watcher.jpegs == [whole])


def test_a_file_larger_than_any_picture_is_left_out_and_holds_nothing_up(tmp_path: Path) -> None:
    with (tmp_path / "0.jpg").open("wb") as sparse:
        sparse.truncate(MAX_FILE_BYTES + 1)
    _arrive(tmp_path, 1)
    with watching(tmp_path) as watcher:
        eventually(lambda: watcher.jpegs == _expected(1))


@pytest.mark.parametrize("position", ["", "/", "x/y", "\u00b2/1.jpg", "9" * 5_000 + "/1.jpg"])
def test_a_position_of_garbage_is_the_beginning(tmp_path: Path, position: str) -> None:
    _arrive(tmp_path, 1)
    with watching(tmp_path, position=position) as watcher:
        eventually(lambda: watcher.jpegs == _expected(1))


def test_a_picture_that_stays_cut_comes_as_it_is_and_is_not_overtaken(tmp_path: Path) -> None:
    (tmp_path / "0.jpg").write_bytes(numbered_jpeg(0)[:-30])
    time.sleep(0.012)
    _arrive(tmp_path, 1)
    with watching(tmp_path) as watcher:
        eventually(lambda: watcher.jpegs == [numbered_jpeg(0)[:-30], numbered_jpeg(1)])


def test_padding_behind_the_end_of_a_jpeg_does_no_harm(tmp_path: Path) -> None:
    padded = numbered_jpeg(1) + b"\0" * 512 + b"\r\n"
    (tmp_path / "1.jpg").write_bytes(padded)
    began_at = time.monotonic()
    (picture,) = islice(WatchedFolder(tmp_path, FPS).pictures(), 1)
    assert picture.jpeg == padded
    assert time.monotonic() - began_at < 1.9  # sooner than one that has no end


def test_other_formats_come_when_they_have_settled(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), numbered_picture(1))
    (picture,) = islice(WatchedFolder(tmp_path, FPS).pictures(), 1)
    assert picture.jpeg is None
    assert picture.pixels is not None
    assert picture.pixels().shape == (64, 160, 3)


def test_each_picture_comes_once_and_a_new_content_is_a_new_picture(tmp_path: Path) -> None:
    _arrive(tmp_path, 1)
    with watching(tmp_path) as watcher:
        _arrive(tmp_path, 2)
        eventually(lambda: len(watcher.pictures) == 2)
        (tmp_path / "1.jpg").chmod(0o600)  # a later ctime, the same content
        _arrive(tmp_path, 4)
        eventually(lambda: watcher.jpegs == _expected(1, 2, 4))
        (tmp_path / "1.jpg").write_bytes(numbered_jpeg(3))
        eventually(lambda: watcher.jpegs == _expected(1, 2, 4, 3))


def test_hidden_temporary_and_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in (".1.jpg", "1.jpg.tmp", "1.jpg.part", "1.jpg~", "notes.txt", ".hidden"):
        (tmp_path / name).write_bytes(numbered_jpeg(1))
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "empty.jpg").touch()
    _arrive(tmp_path, 2)
    with watching(tmp_path) as watcher:
        eventually(lambda: len(watcher.pictures) == 1)
        (tmp_path / ".1.jpg").rename(tmp_path / "1.jpg")  # as rsync does at the end
        eventually(lambda: watcher.jpegs == _expected(2, 1))


def test_a_reader_goes_on_behind_the_position_of_the_one_before(tmp_path: Path) -> None:
    _arrive(tmp_path, 1, 2, 3)
    with watching(tmp_path) as watcher:
        eventually(lambda: len(watcher.pictures) == 3)
    with watching(tmp_path, position=watcher.pictures[1].position) as again:
        eventually(lambda: again.jpegs == _expected(3))
        _arrive(tmp_path, 4)
        eventually(lambda: again.jpegs == _expected(3, 4))
    ctime_ns = (tmp_path / "3.jpg").stat().st_ctime_ns
    assert again.pictures[0].position == f"{ctime_ns}/3.jpg"


def test_a_position_that_says_nothing_begins_at_the_first(tmp_path: Path) -> None:
    _arrive(tmp_path, 1)
    with watching(tmp_path, position="nonsense") as watcher:
        eventually(lambda: watcher.jpegs == _expected(1))


def test_no_more_come_than_wanted_a_second_and_none_is_passed_over(tmp_path: Path) -> None:
    _arrive(tmp_path, *range(6))
    began_at = time.monotonic()
    with watching(tmp_path, fps=10) as watcher:
        eventually(lambda: len(watcher.pictures) == 6)
    assert time.monotonic() - began_at >= 0.5
    assert watcher.jpegs == _expected(*range(6))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_picture_that_may_not_be_read_is_passed_over(tmp_path: Path) -> None:
    _arrive(tmp_path, 1, 2)
    (tmp_path / "1.jpg").chmod(0)
    with watching(tmp_path) as watcher:
        eventually(lambda: watcher.jpegs == _expected(2))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        WatchedFolder(tmp_path / "nowhere")


def test_a_folder_that_goes_away_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    source = WatchedFolder(folder)
    shutil.rmtree(folder)
    with pytest.raises(SourceUnavailable, match="cannot be watched any more"):
        list(source.pictures())
