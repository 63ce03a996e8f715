"""What an open page costs the console: processor time and bytes for each viewer.

    python -m tests.benchmarks.viewers [--cameras 8] [--seconds 20] [--width 480] [--json FILE]

A whole system on a clip of people that is played again and again at 1280x720, five frames a second; viewers as the
page opens them, one connection for pictures and one for news. A viewer that shows one camera large asks for 1280.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import requests
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.camera_costs import machine, markdown
from tests.drills.drawn_people import FPS, Person, Phase, draw_people
from tests.integration.system import System, running
from tests.waiting import eventually

_SETTLE_S = 4.0
_SIZE = (1280, 720)


@dataclass(frozen=True)
class Cost:
    """The console with some viewers: its share of one core, and what is sent to all of them."""

    viewers: int
    core_share: float
    pictures_a_second: float
    megabytes_a_second: float


class Traffic:
    """What viewers have been sent."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.pictures = self.bytes = 0


def measure(system: System, viewers: int, cameras: Sequence[str], width: int, seconds: float) -> Cost:
    """The cost of so many viewers for some seconds."""
    (console,) = system.processes("console")
    url = console.metrics_url.removesuffix("/metrics")
    traffic = Traffic()
    with ExitStack() as stack:
        for _ in range(viewers):
            stack.enter_context(_viewer(url, cameras, width, traffic))
        time.sleep(_SETTLE_S)
        before, began_at = (_cpu_s(console.pid), traffic.pictures, traffic.bytes), time.monotonic()
        time.sleep(seconds)
        after, took_s = (_cpu_s(console.pid), traffic.pictures, traffic.bytes), time.monotonic() - began_at
    cpu, pictures, size = ((late - early) / took_s for late, early in zip(after, before, strict=True))
    return Cost(viewers, cpu, pictures, size / 1e6)


@contextmanager
def _viewer(url: str, cameras: Sequence[str], width: int, traffic: Traffic) -> Iterator[None]:
    stopped = threading.Event()
    news = requests.get(f"{url}/api/v1/events", stream=True, timeout=30)
    address = f"{url.replace('http', 'ws', 1)}/api/v1/live"

    def look() -> None:
        with connect(address, max_size=None) as wall:
            wall.send(json.dumps({"cameras": list(cameras), "width": width}))
            _look(wall)

    def _look(wall: ClientConnection) -> None:
        while not stopped.is_set():
            try:
                traffic.bytes += len(wall.recv(1, decode=False))
                traffic.pictures += 1
            except TimeoutError:
                continue

    def listen() -> None:
        for line in news.iter_lines(chunk_size=1):
            traffic.bytes += len(line)
            if stopped.is_set():
                return

    threads = [threading.Thread(target=each, daemon=True) for each in (look, listen)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(10)
        news.close()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _clip(folder: Path) -> Path:
    """People who come and go, at the size of a usual camera."""
    people = [Person(x, 0.7, (Phase(8, wears),)) for x, wears in ((160, "bare"), (480, "mask"))]
    small = cv2.VideoCapture(str(draw_people(folder / "small.mp4", people, seconds=10)))
    writer = cv2.VideoWriter(str(folder / "clip.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), FPS, _SIZE)
    while (read := small.read())[0]:
        writer.write(cv2.resize(read[1], _SIZE, interpolation=cv2.INTER_CUBIC))
    writer.release()
    return folder / "clip.mp4"


def main() -> None:
    """Measure what the arguments say and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--cameras", type=int, default=8, metavar="N")
    add("--seconds", type=float, default=20.0, metavar="S", help="for each number of viewers")
    add("--width", type=int, default=480, metavar="PX", help="of each picture as it is shown")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = _clip(Path(folder))
        names = [f"cam-{number}" for number in range(asked.cameras)]
        options = [option for name in names for option in ("--camera", f"{name}=loop:{clip}")]
        with running(Path(folder) / "data", *options) as system:
            eventually(lambda: _are_live(system, names), 120, 1)
            costs = [measure(system, viewers, names, asked.width, asked.seconds) for viewers in (0, 1, 2, 4)]
    rows = [
        [str(each.viewers), f"{each.core_share:.1%}", f"{each.pictures_a_second:.0f}", f"{each.megabytes_a_second:.2f}"]
        for each in costs
    ]
    head = ["viewers", "of one core", "pictures/s to all", "MB/s to all"]
    print(f"{machine()}; {asked.cameras} cameras of 1280x720, 5 frames/s, shown {asked.width} px wide")
    print("", markdown(head, rows), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine(), "costs": [asdict(each) for each in costs]}, indent=1))


def _are_live(system: System, cameras: Sequence[str]) -> bool:
    found = system.status().get("cameras", {})
    return all(found.get(camera, {}).get("state") == "live" for camera in cameras)


if __name__ == "__main__":
    main()
