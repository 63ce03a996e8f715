"""Cameras and workers in numbers: as many frames a second as workers can do, steered by the real controller."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from producer.load.controller import LoadController
from producer.load.relief import Relief
from producer.load.throttle import Throttle

STEP_S = 0.01
POLL_S = 0.25
BATCH = 8
SAVED_BY_HALVING = 2.2


@dataclass
class Plant:
    """``capacity`` are frames a second at an instant; each camera gives ``fps`` frames a second."""

    capacity: Callable[[float], float]
    cameras: int = 24
    fps: float = 5.0
    fresh_within_s: float = 5.0
    late_after_s: float = 0.25
    latencies: list[tuple[float, float]] = field(default_factory=list)  # when judged, how long after it was due
    reliefs: list[tuple[float, Relief]] = field(default_factory=list)
    judged_at: list[list[float]] = field(default_factory=list)  # by camera

    def run(self, until_s: float) -> "Plant":
        """Let time pass from 0 on."""
        chance = random.Random(1)
        controller = LoadController(self.late_after_s)
        throttles = [Throttle(self.fresh_within_s) for _ in range(self.cameras)]
        due_at = [chance.random() / self.fps for _ in range(self.cameras)]
        waiting: list[deque[tuple[float, int]]] = [deque() for _ in range(self.cameras)]
        self.judged_at = [[] for _ in range(self.cameras)]
        relief, free_at, poll_at, turn, now = Relief(), 0.0, 0.0, 0, 0.0
        while now < until_s:
            now += STEP_S
            for camera, at in enumerate(due_at):
                if now >= at:
                    due_at[camera] = at + 1 / self.fps + chance.gauss(0, 0.01)
                    if throttles[camera].admits(now, relief.rate, 1 / self.fps):
                        waiting[camera].append((now, relief.halvings))
            if now >= free_at:
                taken, turn = self._take(waiting, turn)
                work = sum(SAVED_BY_HALVING**-halvings * chance.uniform(0.5, 1.5) for _, _, halvings in taken)
                free_at = now + work / self.capacity(now)
                for camera, since, _ in taken:
                    self.latencies.append((free_at, free_at - since))
                    self.judged_at[camera].append(free_at)
            if now >= poll_at:
                poll_at += POLL_S
                relief = controller.update(max((now - each[0][0] for each in waiting if each), default=0.0), now)
                self.reliefs.append((now, relief))
        return self

    def _take(self, waiting: list[deque[tuple[float, int]]], turn: int) -> tuple[list[tuple[int, float, int]], int]:
        """A batch, in turn from all cameras as workers read it."""
        taken: list[tuple[int, float, int]] = []
        for place in range(self.cameras):
            camera = (turn + place) % self.cameras
            if waiting[camera]:
                taken.append((camera, *waiting[camera].popleft()))
                if len(taken) == BATCH:
                    break
        return taken, taken[-1][0] + 1 if taken else turn

    def latency(self, share: float, since_s: float = 0.0) -> float:
        """The latency that this share of the frames judged after an instant stays below."""
        found = sorted(seconds for at, seconds in self.latencies if at > since_s)
        return found[int(share * len(found))]

    def rates(self, since_s: float, until_s: float = float("inf")) -> list[float]:
        """The share of frames that was sent, at each measurement between two instants."""
        return [relief.rate for at, relief in self.reliefs if since_s < at <= until_s]
