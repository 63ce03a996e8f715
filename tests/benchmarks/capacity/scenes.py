"""What each simulated camera shows, and over which wire."""

from collections.abc import Sequence
from pathlib import Path

import av
import cv2

from tests.benchmarks.camera_feeds import CLIP, Feed, Wire
from tests.benchmarks.capacity.options import Options, SceneChoice, WireChoice
from tests.drills.drawn_people import FPS, Person, Phase, draw_people

CAMERA_FPS = 5.0
CROWD = CLIP.with_name("crowd_a.mp4")

_LONGEST_ROUND_S = 60.0
_STILL_ROUND_S = 8.0
_BUSY_OF = 4  # one camera of so many is busy in a mixed scene
# A round's share by which each camera begins behind the one before: no two of many are in phase.
_OFFSET = 0.381966
_DRAWN_S = 24.0


def clip_of(options: Options, folder: Path) -> Path:
    """The clip asked for, else a filmed crowd where there is one, else people who are drawn into ``folder``."""
    return options.clip or (CROWD if CROWD.is_file() else _drawn(folder))


def feeds_of(options: Options, clip: Path) -> list[Feed]:
    """What ``options.most`` cameras send, in the order in which they are attached."""
    round_s = _round_s(clip)
    return [_feed(number, options, clip, round_s) for number in range(options.most)]


def _feed(number: int, options: Options, clip: Path, round_s: float) -> Feed:
    wire = _wire(number, options.wire)
    if not is_busy(number, options.scene):
        return Feed(wire, CAMERA_FPS, "still", _STILL_ROUND_S, clip)
    return Feed(wire, CAMERA_FPS, "moving", round_s, clip, begins_s=number * _OFFSET % 1 * round_s)


def is_busy(number: int, scene: SceneChoice) -> bool:
    """Whether people move in front of the camera with that number."""
    return scene == "busy" or (scene == "mixed" and number % _BUSY_OF == 0)


def _wire(number: int, asked: WireChoice) -> Wire:
    if asked == "both":  # also half of those with people
        return "rtsp" if (number + number // _BUSY_OF) % 2 else "mjpeg"
    return "rtsp" if asked == "h264" else "mjpeg"


def sample_of(feeds: Sequence[Feed], most_of_each: int) -> list[int]:
    """The numbers of some cameras with and some without people, spread over all."""
    contents = [[n for n, feed in enumerate(feeds) if feed.content == content] for content in ("moving", "still")]
    return sorted(number for of in contents for number in of[:: max(1, -(-len(of) // most_of_each))])


def _round_s(clip: Path) -> float:
    """The clip's length, of which the most is taken; whole seconds, so that a round has whole groups of pictures."""
    with av.open(str(clip)) as container:
        length_s = (container.duration or 0) / 1e6
    return max(2.0, min(length_s, _LONGEST_ROUND_S) // 2 * 2)


def _drawn(folder: Path) -> Path:
    people = [
        Person(130, 0.5, (Phase(9, "bare"), Phase(12, "away"), Phase(_DRAWN_S, "mask"))),
        Person(330, 0.7, (Phase(6, "away"), Phase(20, "mask"))),
        Person(520, 0.6, (Phase(15, "bare"), Phase(18, "away"), Phase(_DRAWN_S, "bare"))),
    ]
    small = cv2.VideoCapture(str(draw_people(folder / "small.mp4", people, _DRAWN_S)))
    path = folder / "people.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (1280, 720))
    while (read := small.read())[0]:
        writer.write(cv2.resize(read[1], (1280, 720), interpolation=cv2.INTER_CUBIC))
    writer.release()
    return path
