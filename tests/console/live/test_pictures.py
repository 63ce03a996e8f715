"""Pictures of other cameras are shown beside keys that are no streams."""

import pytest

from console.live.pictures import LivePictures
from shared.connections import Servers
from shared.messages import FrameHeader
from shared.streams import HEADER, JPEG
from tests.builders import BEGIN
from tests.console.builders import KEYS


@pytest.mark.parametrize("key", [KEYS.frames("gate"), KEYS.tracks("gate")])
def test_a_key_that_is_no_stream_hides_its_own_camera_alone(servers: Servers, key: str) -> None:
    header = FrameHeader(camera="yard", epoch=1, sequence=0, captured_at=BEGIN, width=4, height=4)
    servers.frames.xadd(KEYS.frames("yard"), {HEADER: header.model_dump_json(), JPEG: b"jpeg"})
    servers.frames.set(key, "no stream")
    pictures = LivePictures(servers.frames, KEYS)
    pictures.follow(["gate", "yard"])
    assert [each.tracks.camera for each in pictures.next(["gate", "yard"], 1)] == ["yard"]
