from pathlib import Path

import pytest

from producer.sources.base import Source, SourceLimits, SourceUnusable
from producer.sources.demo_feed import DemoFeed
from producer.sources.loop import LoopedVideo
from producer.sources.mjpeg import MjpegStream
from producer.sources.opening import open_live, open_recorded
from producer.sources.watched_folder import WatchedFolder
from tests.producer.builders import a_camera, a_clip
from tests.producer.servers import mjpeg_server

LIMITS = SourceLimits(2.0, 2.0)


def _live(source: str, fps: float = 5.0) -> Source:
    camera = a_camera(source=source)
    opened = open_live(camera, camera.source, LIMITS, fps)
    opened.close()
    return opened


def test_a_source_string_tells_what_is_opened(tmp_path: Path) -> None:
    a_clip(tmp_path / "clip.mp4", frames=2)
    assert isinstance(_live("demo:bare"), DemoFeed)
    assert isinstance(_live(f"loop:{tmp_path / 'clip.mp4'}"), LoopedVideo)
    watched = _live(f"watch:{tmp_path}", fps=2.0)
    assert isinstance(watched, WatchedFolder)
    assert watched.fps == 2.0


def test_the_address_has_the_login_that_the_camera_s_source_lacks() -> None:
    with mjpeg_server(login="guard:secret") as server:
        source = open_live(a_camera(source=server.url()), server.url("guard:secret"), LIMITS, 5.0)
        assert isinstance(source, MjpegStream)
        source.close()


def test_what_is_read_whole_and_what_runs_in_real_time_are_not_mixed_up(tmp_path: Path) -> None:
    clip = str(a_clip(tmp_path / "clip.mp4", frames=2))
    with pytest.raises(SourceUnusable, match="set on_overload to wait"):
        _live(clip)
    with pytest.raises(SourceUnusable, match="set on_overload to drop_oldest"):
        open_recorded(a_camera(source=f"loop:{clip}"), start_at=0)
