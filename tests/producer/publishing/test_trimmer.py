"""Old frames leave whatever keys of other cameras hold."""

from collections.abc import Callable

import pytest

from producer.load.waiting import WaitingFrames
from producer.publishing.trimmer import Trimmer
from shared.connections import Servers
from shared.messages import FrameHeader
from shared.streams import HEADER, WORKER_GROUP, KeySpace
from tests.builders import BEGIN
from tests.producer.builders import KEYS

KeyOf = Callable[[KeySpace, str], str]
FOREIGN = pytest.mark.parametrize("key_of", [KeySpace.frames, KeySpace.results], ids=["frames", "results"])


def _put(servers: Servers, camera: str) -> None:
    header = FrameHeader(camera=camera, epoch=1, sequence=0, captured_at=BEGIN, width=4, height=4)
    servers.frames.xadd(KEYS.frames(camera), {HEADER: header.model_dump_json()}, id="1-1")


@FOREIGN
@pytest.mark.parametrize("must_stay", [False, True], ids=["live", "file"])
def test_a_key_that_is_no_stream_is_noted_and_others_are_trimmed(
    servers: Servers, key_of: KeyOf, *, must_stay: bool
) -> None:
    cameras = ("aisle", "gate", "yard")
    for camera in cameras:
        _put(servers, camera)
        servers.frames.xgroup_create(KEYS.frames(camera), WORKER_GROUP, id="$" if must_stay else "0")  # judged, or not
    broken = key_of(KEYS, "gate")
    servers.frames.delete(broken)
    servers.frames.set(broken, "no stream")
    trimmer = Trimmer(servers.frames, KEYS, max_results=10, max_age_s=1)
    trimmer.trim(dict.fromkeys(cameras, must_stay))
    assert [servers.frames.xlen(KEYS.frames(camera)) for camera in ("aisle", "yard")] == [0, 0]
    assert len(trimmer.foreign) == (key_of is KeySpace.frames)
    servers.frames.delete(broken)
    trimmer.trim(dict.fromkeys(cameras, must_stay))
    assert len(trimmer.foreign) == 0


def test_how_long_frames_wait_is_known_beside_a_key_that_is_no_stream(servers: Servers) -> None:
    _put(servers, "yard")
    servers.frames.xgroup_create(KEYS.frames("yard"), WORKER_GROUP, id="0")
    servers.frames.set(KEYS.frames("gate"), "no stream")
    assert WaitingFrames(servers.frames, KEYS).oldest_s(["gate", "yard"]) > 1_000_000
