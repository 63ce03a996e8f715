import time
from itertools import islice, pairwise
from pathlib import Path

import pytest

from producer.sources.base import NotAVideo, SourceMissing
from producer.sources.loop import LoopedVideo
from tests.producer.builders import a_clip, shown_number


def test_a_file_is_played_again_and_again_in_real_time(tmp_path: Path) -> None:
    source = LoopedVideo(a_clip(tmp_path / "clip.mp4", frames=5, fps=20))
    assert (source.codec, source.fps, source.is_steady, source.can_freeze) == ("h264", 20.0, True, False)
    began_at = time.monotonic()
    pictures = list(islice(source.pictures(), 15))
    assert time.monotonic() - began_at >= 0.65
    source.close()
    assert [shown_number(picture.pixels()) for picture in pictures if picture.pixels] == [0, 1, 2, 3, 4] * 3
    times = [float(picture.timestamp_s or 0.0) for picture in pictures]
    assert [after - before for before, after in pairwise(times)] == pytest.approx([0.05] * 14)
    assert all(picture.luma is not None and picture.luma().shape == (64, 160) for picture in pictures)


def test_a_reader_that_was_held_up_is_not_given_what_it_missed(tmp_path: Path) -> None:
    source = LoopedVideo(a_clip(tmp_path / "clip.mp4", frames=5, fps=20))
    pictures = source.pictures()
    next(pictures)
    time.sleep(1.3)
    began_at = time.monotonic()
    list(islice(pictures, 10))
    assert time.monotonic() - began_at >= 0.4
    source.close()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        LoopedVideo(tmp_path / "nowhere.mp4")


def test_a_file_that_goes_away_ends_the_loop(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "clip.mp4", frames=3, fps=50)
    source = LoopedVideo(clip)
    pictures = source.pictures()
    next(pictures)
    clip.unlink()
    with pytest.raises(SourceMissing):
        list(pictures)
    source.close()


def test_a_file_in_which_nothing_can_be_decoded_is_refused_rather_than_read_for_ever(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "clip.mp4", frames=20)
    content = clip.read_bytes()
    data = content.index(b"mdat") + 4
    clip.write_bytes(
        content[:data] + b"\xff" * (len(content) - data)
        if content.index(b"moov") < data
        else content[:data] + b"\xff" * (content.index(b"moov") - 4 - data) + content[content.index(b"moov") - 4 :]
    )
    source = LoopedVideo(clip)
    with pytest.raises(NotAVideo):
        list(source.pictures())
    source.close()
