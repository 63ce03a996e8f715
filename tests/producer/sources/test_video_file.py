import struct
from pathlib import Path

import av
import numpy as np
import pytest

from producer.sources.base import NotAVideo, SourceMissing
from producer.sources.video_file import VideoFile
from tests.producer.builders import a_clip, shown_number


def _numbers(path: Path, fps: float | None = None, start_at: int = 0) -> list[int]:
    source = VideoFile(path, fps, start_at)
    numbers = [shown_number(picture.pixels()) for picture in source.pictures() if picture.pixels]
    source.close()
    return numbers


def test_every_frame_comes_once_and_in_order(tmp_path: Path) -> None:
    assert _numbers(a_clip(tmp_path / "clip.mp4", frames=90)) == list(range(90))


def test_a_start_in_the_middle_gives_the_same_frames_the_same_numbers(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "clip.mp4", frames=40)
    assert _numbers(clip, start_at=17) == list(range(17, 40))


@pytest.mark.parametrize("fps", [5.0, 7.0, 10.0])
def test_a_target_rate_takes_the_first_frame_of_each_interval(tmp_path: Path, fps: float) -> None:
    clip = a_clip(tmp_path / "clip.mp4", frames=50, fps=25)
    taken = _numbers(clip, fps)
    assert len(taken) == 2 * fps
    assert all(abs(number / 25 - index / fps) <= 1 / 25 for index, number in enumerate(taken))
    assert _numbers(clip, fps, start_at=3) == taken[3:]


def test_a_target_rate_above_the_file_s_own_takes_every_frame(tmp_path: Path) -> None:
    assert _numbers(a_clip(tmp_path / "clip.mp4", frames=20, fps=10), fps=50) == list(range(20))


def test_times_count_from_the_first_frame(tmp_path: Path) -> None:
    source = VideoFile(a_clip(tmp_path / "clip.mp4", frames=11, fps=10))
    times = [picture.time_s for picture in source.pictures()]
    source.close()
    assert times == pytest.approx([number / 10 for number in range(11)])


def test_a_file_cut_off_in_the_middle_gives_what_is_whole_the_same_on_every_pass(tmp_path: Path) -> None:
    # A transport stream can be cut anywhere, as by a full disk.
    whole = a_clip(tmp_path / "whole.ts", frames=120)
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    taken = _numbers(cut)
    assert 20 < len(taken) < 120
    assert _numbers(cut) == taken


def test_a_video_taken_sideways_is_turned_upright(tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "clip.mp4", frames=2)
    upright = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    quarter_turn_clockwise = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    before, track_header, after = clip.read_bytes().partition(b"tkhd")
    clip.write_bytes(before + track_header + after.replace(upright, quarter_turn_clockwise, 1))
    source = VideoFile(clip)
    _, second = source.pictures()
    source.close()
    assert second.pixels is not None
    assert second.luma is not None
    assert second.pixels().shape == (160, 64, 3)
    assert shown_number(np.rot90(second.pixels())) == 1
    assert np.abs(second.luma().astype(int) - second.pixels()[..., 1]).max() <= 32


def test_a_colon_in_the_name_is_no_protocol(tmp_path: Path) -> None:
    assert len(_numbers(a_clip(tmp_path / "clip.mp4", frames=3).rename(tmp_path / "at 12:30.mp4"))) == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        VideoFile(tmp_path / "nowhere.mp4")


def test_a_text_file_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("not a video")
    with pytest.raises(NotAVideo, match="cannot be played"):
        VideoFile(path)


def test_sound_alone_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(NotAVideo, match="no pictures"):
        VideoFile(path)
