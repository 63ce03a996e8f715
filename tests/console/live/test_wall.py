import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from shared.connections import Servers
from shared.messages import Box, FrameHeader, Label, PersonOutcome
from shared.streams import HEADER, JPEG, TRACKS, WATCHED, KeySpace
from shared.tracks import FrameTracks, SeenTrack
from tests.builders import BEGIN
from tests.console.web.consoles import running_console
from tests.waiting import eventually

KEYS = KeySpace()
WIDTH, HEIGHT = 960, 540


@dataclass(frozen=True)
class Shown:
    """One message, taken apart."""

    said: dict[str, Any]
    picture: np.ndarray[Any, Any]


@pytest.fixture
def wall(servers: Servers) -> Iterator[ClientConnection]:
    with running_console(servers) as url, connect(f"{url.replace('http', 'ws', 1)}/api/v1/live") as connection:
        yield connection


def ask(wall: ClientConnection, *cameras: str, width: int = 0) -> None:
    wall.send(json.dumps({"cameras": cameras, "width": width}))


def shown(wall: ClientConnection, timeout_s: float = 10) -> Shown:
    message = wall.recv(timeout_s, decode=False)
    assert isinstance(message, bytes)
    (length,) = struct.unpack(">I", message[:4])
    picture = cv2.imdecode(np.frombuffer(message[4 + length :], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return Shown(json.loads(message[4 : 4 + length]), np.asarray(picture))


def grey(level: int) -> bytes:
    return cv2.imencode(".jpg", np.full((HEIGHT, WIDTH, 3), level, np.uint8))[1].tobytes()


def send(servers: Servers, sequence: int, jpeg: bytes, camera: str = "gate") -> str:
    header = FrameHeader(camera=camera, epoch=1, sequence=sequence, captured_at=BEGIN, width=WIDTH, height=HEIGHT)
    fields: dict[Any, Any] = {HEADER: header.model_dump_json(), JPEG: jpeg}
    return bytes(servers.frames.xadd(KEYS.frames(camera), fields)).decode()  # type: ignore[arg-type]


def tell(servers: Servers, sequence: int, entry_id: str, camera: str = "gate") -> None:
    track = SeenTrack(
        id="1-0-0", box=Box(10, 10, 60, 60), label=Label.WITHOUT_MASK, confidence=0.9,
        outcome=PersonOutcome.WITHOUT_MASK, violation=f"{camera}-1-0-0",
    )  # fmt: skip
    tracks = FrameTracks(
        camera=camera, epoch=1, sequence=sequence, captured_at=BEGIN, frame_entry_id=entry_id, width=WIDTH,
        height=HEIGHT, tracks=(track,),
    )  # fmt: skip
    servers.frames.xadd(KEYS.tracks(camera), {TRACKS: tracks.model_dump_json()})


def is_watched(servers: Servers) -> bool:
    return bool(servers.frames.exists(WATCHED))


def begin(servers: Servers, wall: ClientConnection, width: int = 0) -> None:
    """Ask for a camera, and take the first picture, of which nobody tells yet."""
    send(servers, 0, grey(10))
    ask(wall, "gate", width=width)
    assert shown(wall).said["is_tracked"] is False


def test_boxes_come_with_the_very_picture_that_was_judged(servers: Servers, wall: ClientConnection) -> None:
    begin(servers, wall)
    judged = send(servers, 1, grey(100))
    send(servers, 2, grey(200))
    tell(servers, 1, judged)
    found = shown(wall)
    while not found.said["is_tracked"]:  # what nobody had told of may have come before
        found = shown(wall)
    assert found.said["sequence"] == 1
    assert found.said["tracks"][0]["violation"] == "gate-1-0-0"
    assert abs(int(found.picture.mean()) - 100) <= 3


def test_a_picture_that_nobody_tells_of_is_shown_without_boxes(servers: Servers, wall: ClientConnection) -> None:
    send(servers, 7, grey(50))
    ask(wall, "gate")
    found = shown(wall)
    assert (found.said["sequence"], found.said["is_tracked"], found.said["tracks"]) == (7, False, [])


def test_pictures_are_as_wide_as_they_are_shown(servers: Servers, wall: ClientConnection) -> None:
    send(servers, 0, grey(50))
    ask(wall, "gate", width=300)
    found = shown(wall)
    assert found.picture.shape == (180, 320, 3)
    assert (found.said["width"], found.said["height"]) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("jpeg", [b"", b"no picture", grey(9)[:200]])
def test_a_picture_that_is_none_is_passed_over(servers: Servers, wall: ClientConnection, jpeg: bytes) -> None:
    begin(servers, wall, width=320)
    tell(servers, 1, send(servers, 1, jpeg))
    tell(servers, 2, send(servers, 2, grey(80)))
    found = shown(wall)
    while found.said["sequence"] != 2:
        found = shown(wall)
    assert abs(int(found.picture.mean()) - 80) <= 3


def test_garbage_among_what_is_told_is_passed_over(servers: Servers, wall: ClientConnection) -> None:
    begin(servers, wall)
    servers.frames.xadd(KEYS.tracks("gate"), {TRACKS: "{"})
    tell(servers, 9, "1-1")  # a frame that is gone
    tell(servers, 2, send(servers, 2, grey(80)))
    found = shown(wall)
    while not found.said["is_tracked"]:
        found = shown(wall)
    assert found.said["sequence"] == 2


def test_a_page_that_hides_its_cameras_is_sent_nothing(servers: Servers, wall: ClientConnection) -> None:
    begin(servers, wall)
    ask(wall)
    with pytest.raises(TimeoutError):
        while True:  # what was on its way comes still
            shown(wall, timeout_s=1)
    tell(servers, 5, send(servers, 5, grey(80)))
    with pytest.raises(TimeoutError):
        shown(wall, timeout_s=1)


def test_a_viewer_that_is_slow_is_shown_the_newest_and_not_all(servers: Servers, wall: ClientConnection) -> None:
    begin(servers, wall)
    for sequence in range(1, 60):
        tell(servers, sequence, send(servers, sequence, grey(80)))
    found = [shown(wall)]
    while found[-1].said["sequence"] != 59:
        found.append(shown(wall))
    assert len(found) < 30


def test_the_events_stage_is_told_while_somebody_watches(servers: Servers) -> None:
    assert not is_watched(servers)
    with running_console(servers) as url, connect(f"{url.replace('http', 'ws', 1)}/api/v1/live") as wall:
        ask(wall, "gate")
        eventually(lambda: is_watched(servers))
        assert 0 < servers.frames.ttl(WATCHED) <= 10


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cameras": ["../x"]}', '{"cameras": [], "width": -1}'])
def test_what_is_not_understood_ends_the_connection_and_harms_nobody_else(
    servers: Servers, wall: ClientConnection, text: str
) -> None:
    address = f"ws://{wall.remote_address[0]}:{wall.remote_address[1]}/api/v1/live"
    with connect(address) as other:
        other.send(text)
        with pytest.raises(ConnectionClosed):
            other.recv(10)
    begin(servers, wall)
