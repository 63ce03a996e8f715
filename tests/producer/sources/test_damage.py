from itertools import accumulate
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
import pytest
from av.video.stream import VideoStream

from producer.sources.base import Pixels
from producer.sources.damage import DamageWatch, Holes

GROUP = 10  # frames from one key frame to the next
WIDTH, HEIGHT = 320, 192


def _picture(number: int) -> Pixels:
    """A pattern without a flat place, moved a little."""
    pattern = np.random.default_rng(1).integers(0, 255, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    return np.roll(np.asarray(cv2.resize(pattern, (WIDTH, HEIGHT)), dtype=np.uint8), number * 5, axis=1)


def _a_clip(path: Path, codec: str, cut: int) -> Path:
    """Forty frames, of which number ``cut`` has lost its second half."""
    options = {"g": str(GROUP), "tune": "zerolatency", "forced-idr": "1"}
    options |= (
        {"x265-params": f"log-level=none:keyint={GROUP}:scenecut=0"} if codec == "libx265" else {"sc_threshold": "0"}
    )
    with av.open(str(path), "w") as container:
        stream = cast("VideoStream", container.add_stream(codec, rate=25, options=options))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        frames = [av.VideoFrame.from_ndarray(_picture(number), format="bgr24") for number in range(40)]
        for number, packet in enumerate(packet for frame in [*frames, None] for packet in stream.encode(frame)):
            if number != cut:
                container.mux(packet)
                continue
            rest = av.Packet(bytes(packet)[: packet.size // 2])
            rest.pts, rest.dts, rest.time_base, rest.stream = packet.pts, packet.dts, packet.time_base, stream
            rest.is_keyframe = packet.is_keyframe
            container.mux(rest)
    return path


def _damaged(path: Path) -> list[bool]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        watch = DamageWatch(stream)
        return [is_damaged for packet in container.demux(stream) for _, is_damaged in watch.decoded(packet)]


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("cut", [15, 10], ids=["between key frames", "key frame"])
def test_from_a_cut_picture_on_all_are_damaged_until_a_clean_key_frame(tmp_path: Path, codec: str, cut: int) -> None:
    damaged = _damaged(_a_clip(tmp_path / "clip.mkv", codec, cut))
    first, last = damaged.index(True), len(damaged) - 1 - damaged[::-1].index(True)
    assert (first, last) == (cut, 2 * GROUP - 1)
    assert all(damaged[first : last + 1])


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_sound_stream_is_not_damaged(tmp_path: Path, codec: str) -> None:
    assert not any(_damaged(_a_clip(tmp_path / "clip.mkv", codec, cut=-1)))


def _holes(steps: list[int]) -> list[int]:
    watch = Holes()
    return [number for number, pts in enumerate(accumulate(steps)) if watch.lies_before(pts)]


def test_a_missing_picture_leaves_a_hole_in_an_even_rate() -> None:
    assert _holes([3600] * 20 + [7200] + [3600] * 20 + [36000]) == [20, 41]


def test_jitter_and_a_rate_that_is_uneven_anyway_are_no_holes() -> None:
    assert _holes([3600, 3700, 3500, 3650] * 10) == []
    assert _holes([3600, 7200, 3600, 10800, 3600] * 10) == []


def test_timestamps_that_jump_back_or_stand_still_are_no_holes() -> None:
    assert _holes([3600] * 20 + [-90000] + [3600] * 20) == []
    assert _holes([0] * 20 + [3600]) == []
