"""What a frame costs the frames server: processor time of its one thread, and of those who call it.

    python -m tests.benchmarks.scaling.redis_costs [--streams N ...] [--kilobytes K ...] [--json FILE]

A real server, called by the product's own classes: a producer's publisher (its script makes room and checks the
fence), a worker's group (windows of up to eight streams) and publisher (results and acks in one transaction), and
the one read of an events worker over all results. Each step is timed by itself, in rounds of one frame a camera.
Processor time comes from /proc of the server, by the nanosecond.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import redis

from producer.publishing.publisher import FramesPublisher
from shared.connections import connect
from shared.messages import Box, Detection, FrameHeader, FrameOutcome, FrameResult, Label
from shared.streams import KeySpace
from tests.benchmarks.camera_costs import a_server, machine, markdown
from tests.benchmarks.process_usage import running_ns
from worker.entries import Ending, Entry
from worker.group import FrameGroup
from worker.publisher import Publisher

KEYS = KeySpace()
STEPS = ("publish", "read", "result", "events")
STREAMS, KILOBYTES = (24, 200, 1000), (36, 80, 130)
FACE_BYTES = 3_000  # of a JPEG of 96 to 160 px
_BATCH = 8  # MASKWATCH_BATCH_FRAMES
_LIVE = 4  # frames that a stream holds, so that a thousand streams fit into memory; as on a site, each makes room
_EVENTS_COUNT = 64  # results of each camera at a time, as the events stage reads
_LOOKS = 100


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time a frame: of the server, and of who calls it.

    ``look`` is a worker's read that finds nothing and waits for a millisecond: one window of streams after the other,
    then all of them at once.
    """

    streams: int
    kilobytes: int
    server_ms: dict[str, float]
    client_ms: dict[str, float]
    look_server_ms: float
    look_client_ms: float

    @property
    def server_ms_a_frame(self) -> float:
        """All steps together."""
        return sum(self.server_ms.values())


class Spent:
    """Adds up who ran how long, step by step."""

    def __init__(self, server: int) -> None:
        """``server`` is a process id."""
        self._server = server
        self.server_ns: dict[str, int] = {}
        self.client_ns: dict[str, int] = {}

    def on(self, step: str, call: Callable[[], object]) -> None:
        """Run one step."""
        server, client = running_ns(self._server), time.process_time_ns()
        call()
        self.client_ns[step] = self.client_ns.get(step, 0) + time.process_time_ns() - client
        self.server_ns[step] = self.server_ns.get(step, 0) + running_ns(self._server) - server


class Cameras:
    """So many cameras' traffic through one server, a frame of each at a time."""

    def __init__(self, frames: redis.Redis, streams: int, kilobytes: int) -> None:
        """Make the streams and their group."""
        self._names = [f"camera-{number}" for number in range(streams)]
        self._jpeg = random.Random(1).randbytes(kilobytes * 1000)
        self._frames = frames
        self._producer = FramesPublisher(frames, KEYS, _LIVE, 128, 2048)
        self._results = Publisher(frames, KEYS, 2048, 100)
        self._sequence = 0
        self._read_to: dict[str, str | bytes] = {KEYS.results(name): "0-0" for name in self._names}
        self.group = FrameGroup(frames, KEYS, "worker")
        self.group.join(self._names)

    def publish(self) -> None:
        """One frame of each."""
        self._sequence += 1
        for name in self._names:
            self._producer.publish(header_of(name, self._sequence), self._jpeg, 1)

    def batches(self) -> Iterator[list[Entry]]:
        """All that is new, in batches."""
        while batch := self.group.read(_BATCH, 0):
            yield batch

    def end(self, batches: Sequence[Sequence[Entry]]) -> None:
        """Write results with two people and one face's picture each."""
        for batch in batches:
            self._results.publish([ending_of(each) for each in batch])

    def read_results(self) -> None:
        """As an events worker that owns all of them, once."""
        behind: dict[Any, Any] = dict(self._read_to)
        answer = cast("dict[bytes, list[list[tuple[bytes, Any]]]]", self._frames.xread(behind, count=_EVENTS_COUNT))
        for stream, (entries,) in answer.items():
            self._read_to[stream.decode()] = entries[-1][0]


def header_of(camera: str, sequence: int) -> FrameHeader:
    """A live camera's frame with three places that moved."""
    regions = tuple(Box(x, 200, x + 128, 420) for x in (100, 500, 900))
    return FrameHeader(
        camera=camera, epoch=1, sequence=sequence, captured_at=datetime.now(UTC), width=1280, height=720,
        regions=regions,
    )  # fmt: skip


def ending_of(entry: Entry, faces: int = 2, pictures: int = 1) -> Ending:
    """A judged frame with so many faces, and JPEGs of some of them."""
    header = FrameHeader.model_validate_json(entry.fields[b"header"])
    seen = Detection(
        box=Box(100.1, 200.2, 160.3, 270.4), label=Label.WITHOUT_MASK, confidence=0.9876, face_confidence=0.9123,
        sharpness=123.4, brightness=101.2, turned=0.12, appearance=tuple(range(100, 112)),
    )  # fmt: skip
    stages = {"decode": 0.004123, "detect": 0.009123, "crop": 0.000123, "classify": 0.002123}
    result = FrameResult(
        **header.model_dump(exclude={"regions"}), outcome=FrameOutcome.PROCESSED, detections=(seen,) * faces,
        scanned=(Box(0, 100, 512, 484),), frame_entry_id=entry.id, worker="machine-12345-abcd", detector="maskwatch",
        model_version=1, stage_seconds=stages,
    )  # fmt: skip
    return Ending(entry, result, faces=dict.fromkeys(range(pictures), bytes(FACE_BYTES)))


def cost_of(streams: int, kilobytes: int, frames_wanted: int = 4_000) -> Cost:
    """Measure one number of cameras with pictures of one size."""
    with a_server() as url, closing(connect(url)) as frames:
        server = int(frames.info("server")["process_id"])
        cameras, spent = Cameras(frames, streams, kilobytes), Spent(server)
        for _ in range(_LIVE):  # scripts load, buffers grow, streams fill
            _round(cameras, Spent(server))
        rounds = max(2, round(frames_wanted / streams))
        for _ in range(rounds):
            _round(cameras, spent)
        spent.on("look", lambda: [cameras.group.read(_BATCH, 1) for _ in range(_LOOKS)])
    server_ms, client_ms = (
        {step: round(each[step] / rounds / streams / 1e6, 4) for step in STEPS}
        for each in (spent.server_ns, spent.client_ns)
    )
    looks = (round(each["look"] / _LOOKS / 1e6, 4) for each in (spent.server_ns, spent.client_ns))
    return Cost(streams, kilobytes, server_ms, client_ms, *looks)


def _round(cameras: Cameras, spent: Spent) -> None:
    batches: list[list[Entry]] = []
    spent.on("publish", cameras.publish)
    spent.on("read", lambda: batches.extend(cameras.batches()))
    spent.on("result", lambda: cameras.end(batches))
    spent.on("events", cameras.read_results)


def table(costs: Sequence[Cost]) -> str:
    """In Markdown, microseconds of the server's thread a frame."""
    head = ["cameras", "kB a picture", *STEPS, "all", "frames/s at most", "MB/s in and out", "a look in vain"]
    return markdown(head, [_row(each) for each in costs])


def _row(cost: Cost) -> list[str]:
    most = 1000 / cost.server_ms_a_frame
    figures = [*(cost.server_ms[step] for step in STEPS), cost.server_ms_a_frame]
    return [
        str(cost.streams),
        str(cost.kilobytes),
        *(f"{1000 * each:.0f}" for each in figures),
        f"{most:,.0f}",
        f"{most * 2 * cost.kilobytes / 1000:,.0f}",
        f"{1000 * cost.look_server_ms:,.0f}",
    ]


def main() -> None:
    """Measure what the arguments name and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--streams", type=int, nargs="+", default=STREAMS, metavar="N", help="numbers of cameras")
    add("--kilobytes", type=int, nargs="+", default=KILOBYTES, metavar="K", help="sizes of pictures")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    described = machine()
    costs = [cost_of(streams, kilobytes) for streams in asked.streams for kilobytes in asked.kilobytes]
    print(described, "microseconds of the server's one thread a frame:", "", table(costs), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps({"machine": described, "costs": [asdict(each) for each in costs]}, indent=1))


if __name__ == "__main__":
    main()
