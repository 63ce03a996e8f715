"""Cameras of 1280 x 720 pixels on loopback that cost little: all their pictures are encoded before the first is sent.

A process of its own serves them all, as MJPEG over HTTP or as H.264 over RTSP (see ``camera_wires``), and keeps
when it sent which picture.
"""

import itertools
import math
import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from tests.benchmarks.camera_encoding import encoded
from tests.benchmarks.camera_feeds import Feed
from tests.benchmarks.camera_wires import MjpegRound, Play, RtspRound, listening

_ADDRESSES = {"mjpeg": "http://127.0.0.1:{port}/video/{number}", "rtsp": "rtsp://127.0.0.1:{port}/live/{number}"}


@dataclass(frozen=True)
class Told:
    """What one camera did so far: ``sent`` holds Unix seconds just before a picture, and its number in the round."""

    connections: int
    pictures: int
    sent: Sequence[tuple[float, int]]


class Sending:
    """When one camera sent which picture, over all its connections."""

    def __init__(self, feed: Feed, delay_s: float) -> None:
        self._sent: list[tuple[float, int]] = []
        self._connections = 0
        self._feed = feed
        self._delay_s = delay_s

    def play(self, shown: MjpegRound | RtspRound) -> Play:
        """How a connection is given its pictures."""
        return lambda: shown.written(self._paced(len(shown)))

    def _paced(self, count: int) -> Iterator[int]:
        """Round after round of so many pictures, the number of each at its time; for one connection."""
        self._connections += 1
        began_at = time.monotonic() + self._delay_s
        for sent in range(self._feed.hang_up_after) if self._feed.hang_up_after else itertools.count():
            time.sleep(max(0.0, began_at + sent / self._feed.fps - time.monotonic()))
            number = (self._feed.first + sent) % count
            self._sent.append((time.time(), number))
            yield number

    def told(self, since: float) -> Told:
        """What it did; which pictures it sent, from an instant in Unix seconds on."""
        newest_first = itertools.takewhile(lambda each: each[0] >= since, reversed(self._sent))
        return Told(self._connections, len(self._sent), list(newest_first)[::-1])


class Cameras:
    """The cameras of another process; what is asked for is told of each camera, in their order."""

    def __init__(self, feeds: Sequence[Feed], port: int, pid: int, pipe: "Connection[Any, Any]") -> None:
        self.urls = [_ADDRESSES[feed.wire].format(port=port, number=number) for number, feed in enumerate(feeds)]
        self.pid = pid
        self._pipe = pipe

    def told(self, since: float = math.inf) -> list[Told]:
        """What they did so far; which pictures they sent, from ``since`` on, in Unix seconds."""
        self._pipe.send(since)
        answer: list[Told] = self._pipe.recv()
        return answer

    def sent(self, since: float = 0.0) -> list[Sequence[tuple[float, int]]]:
        """What they sent from ``since`` on: Unix time in seconds just before, and number in the round."""
        return [each.sent for each in self.told(since)]

    def connections(self) -> list[int]:
        """How often they were asked for their pictures."""
        return [each.connections for each in self.told()]


@contextmanager
def serving(feed: Feed, cameras: int = 1) -> Iterator[Cameras]:
    """So many cameras that send the same; their pictures come one after the other rather than at once."""
    with serving_each([feed] * cameras) as served:
        yield served


@contextmanager
def serving_each(feeds: Sequence[Feed]) -> Iterator[Cameras]:
    """A camera for each feed; what several show is encoded once, wherever in the round they begin."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(feeds, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Cameras(feeds, ours.recv(), process.pid or 0, ours)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _serve(feeds: Sequence[Feed], pipe: "Connection[Any, Any]") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked for these cameras ends them
    rounds: dict[Feed, MjpegRound | RtspRound] = {}
    sendings, plays = [], []
    for number, feed in enumerate(feeds):
        content = replace(feed, begins_s=0.0)
        shown = rounds.get(content) or rounds.setdefault(content, encoded(content))
        sendings.append(Sending(feed, number / len(feeds) / feed.fps))
        plays.append(sendings[-1].play(shown))
    pipe.send(listening(plays))
    with suppress(EOFError):
        while True:
            since = pipe.recv()
            pipe.send([each.told(since) for each in sendings])
