"""A simulated site: cameras, producers, one frames server, workers, events workers, the state server, on some cores."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from tests.benchmarks.scaling.clockwork import Clock, Cores, Thread, Wire
from tests.benchmarks.scaling.costs import Traffic, UnitCosts
from tests.benchmarks.scaling.simulated_worker import Worker

_WARM_UP = 0.3  # of the time simulated


@dataclass(frozen=True)
class Layout:
    """What runs: all of it on the same cores; the network lies between the frames server and everything else."""

    cores: int
    producers: int = 1
    workers: int = 1
    threads: int = 1  # of each worker
    events: int = 1
    gigabits: float = 0.0  # a second, each way; 0 is one machine


@dataclass
class Frame:
    """One frame on its way."""

    camera: int
    captured_at: float
    judged_at: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What came out behind the warm-up: seconds from picture to result, and who was busy how much (0 to 1)."""

    judged_a_second: float
    p50_s: float
    p95_s: float
    waiting: int  # frames at the end
    busy: dict[str, float]

    def holds(self, limit_s: float, offered_a_second: float) -> bool:
        """Whether nearly all results come within the limit, and none is left behind."""
        return self.p95_s <= limit_s and self.waiting <= max(8.0, offered_a_second * limit_s)


@dataclass
class Site:
    """Runs the cameras' pictures through all processes."""

    costs: UnitCosts
    layout: Layout
    traffic: Traffic
    cameras: int
    seed: int = 1
    waiting: deque[Frame] = field(default_factory=deque)  # in the streams, unread
    judged: list[Frame] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put the processes onto the cores."""
        self.clock = Clock()
        self.cores = Cores(self.clock, self.layout.cores)
        self.server, self.state = Thread(self.cores), Thread(self.cores)
        self.into, self.out_of = (Wire(self.clock, self.layout.gigabits) for _ in range(2))
        self._producers = [Thread(self.cores) for _ in range(self.layout.producers)]
        self._events = [Thread(self.cores) for _ in range(self.layout.events)]
        self.workers = [Worker(self) for _ in range(self.layout.workers)]
        self._random = random.Random(self.seed)
        self._on_judged: Callable[[Frame], None] = self._judge

    def run(self, seconds: float) -> Outcome:
        """Simulate so long."""
        for camera in range(self.cameras):
            self.clock.after(self._random.uniform(0, 1 / self.traffic.fps), self._captures(camera))
            self.clock.after(self._random.uniform(0, 1), self._costs_anyway())
        self.clock.run(seconds)
        return self._outcome(seconds)

    def run_saturated(self, seconds: float, unjudged: int) -> Outcome:
        """Simulate workers that always find frames: each one judged is followed by another, without producers."""
        for _ in range(unjudged):
            self.arrive(Frame(0, 0.0))
        self._on_judged = self._replace
        self.clock.run(seconds)
        return self._outcome(seconds)

    def arrive(self, frame: Frame) -> None:
        """A frame is in its stream."""
        self.waiting.append(frame)
        idle = next((worker for worker in self.workers if worker.is_waiting), None)
        if idle:
            idle.wake()

    def finish(self, frame: Frame) -> None:
        """A frame's result is written."""
        frame.judged_at = self.clock.now
        self.judged.append(frame)
        self._on_judged(frame)

    def _judge(self, frame: Frame) -> None:
        self._count(frame, self.costs.events_ms, self.costs.state_ms)

    def _count(self, frame: Frame, events_ms: float, state_ms: float) -> None:
        """The events stage's part."""
        events = self._events[frame.camera % len(self._events)]
        events.run(events_ms / 1000, lambda: self.state.run(state_ms / 1000, _nothing))

    def _replace(self, frame: Frame) -> None:
        seconds = self.costs.server_publish_ms / 1000
        self.server.run(seconds, lambda: self.arrive(Frame(frame.camera, self.clock.now)))

    def _captures(self, camera: int) -> Callable[[], None]:
        def capture() -> None:
            self.clock.after(1 / self.traffic.fps, capture)
            self._take(Frame(camera, self.clock.now))

        return capture

    def _costs_anyway(self) -> Callable[[], None]:
        def spend() -> None:
            self.clock.after(1.0, spend)
            self.cores.run(self.costs.camera_second_ms / 1000, _nothing)

        return spend

    def _take(self, frame: Frame) -> None:
        is_sent = self._random.random() < self.traffic.sent_share
        seconds = (self.costs.producer_taken_ms + is_sent * self.costs.producer_sent_ms) / 1000
        locked = seconds * self.costs.producer_interpreter_share
        producer = self._producers[frame.camera % len(self._producers)]
        then = self._publish if is_sent else self._hold
        producer.run(locked, lambda: self.cores.run(seconds - locked, lambda: then(frame)))

    def _publish(self, frame: Frame) -> None:
        size = 1000 * self.costs.jpeg_kilobytes
        seconds = self.costs.server_publish_ms / 1000
        self.into.carry(size, lambda: self.server.run(seconds, lambda: self.arrive(frame)))

    def _hold(self, frame: Frame) -> None:
        costs = self.costs
        count = partial(self._count, frame, costs.events_held_ms, costs.state_held_ms)
        self.server.run(costs.server_held_ms / 1000, count)

    def _outcome(self, seconds: float) -> Outcome:
        begin = _WARM_UP * seconds
        counted = [each for each in self.judged if each.judged_at >= begin]
        taken_s = [each.judged_at - each.captured_at for each in counted] or [float("inf")]
        p50, p95 = np.percentile(taken_s, (50, 95))
        busy = {
            "cores": self.cores.busy_s / self.layout.cores,
            "frames server": self.server.busy_s,
            "state server": self.state.busy_s,
            "producers' Python": sum(each.busy_s for each in self._producers) / len(self._producers),
            "events' Python": sum(each.busy_s for each in self._events) / len(self._events),
            "workers' Python": sum(each.python.busy_s for each in self.workers) / len(self.workers),
            "network": max(self.into.busy_s, self.out_of.busy_s),
        }
        shares = {name: each / seconds for name, each in busy.items()}
        return Outcome(len(counted) / (seconds - begin), float(p50), float(p95), len(self.waiting), shares)


def _nothing() -> None:
    pass
