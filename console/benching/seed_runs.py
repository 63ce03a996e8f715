"""The classic loop and the whole system by turns on one clip."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import av

from console.benching.composed_clip import Clip
from console.benching.loop_runs import Loop, LoopFrame
from console.benching.watched_pass import Pass, Plan, judge
from shared.cameras import Motion
from worker.annotation import VideoWriter
from worker.offline import pictures, video_format

WAYS: dict[str, Motion] = {"whole": "off", "gated": "medium"}
WARM_UP_FRAMES = 24


@dataclass(frozen=True)
class Seed:
    """What is measured: the clip, how many of its frames the loop judges in all, how often each takes its turn."""

    clip: Clip
    loop: Loop
    loop_frames: int
    rounds: int
    workers: int
    folder: Path


@dataclass
class Runs:
    """All turns: of the loop the frames that it judged, of the system its passes by ``WAYS``."""

    loop: list[LoopFrame] = field(default_factory=list)
    passes: dict[str, list[Pass]] = field(default_factory=lambda: {way: [] for way in WAYS})


def measured(seed: Seed, say: Callable[[str], object]) -> Runs:
    """Take turns: the loop before, between and behind the passes, so that a busy moment slows not one of them alone.

    Raises:
        CommandFailed: one of them ends early.
    """
    runs, warm_up = Runs(), _warm_up(seed)
    turns = 1 + len(WAYS) * seed.rounds
    # Each turn of the loop takes other frames, and all turns together evenly spaced ones.
    every = max(1, seed.clip.frames // max(1, seed.loop_frames)) * turns
    numbers = count(1)

    def run_loop(turn: int) -> None:
        say(f"classic loop, turn {turn + 1} of {turns}")
        runs.loop += seed.loop.judge(turn * every // turns, every, seed.folder / "loop.json")

    run_loop(0)
    for number in range(seed.rounds):
        for place, (way, motion) in enumerate(WAYS.items()):
            say(f"Maskwatch, {way}, round {number + 1} of {seed.rounds}")
            folder = seed.folder / f"pass-{next(numbers)}"
            folder.mkdir()
            runs.passes[way].append(judge(Plan(seed.clip.path, warm_up, motion, seed.workers, folder)))
            run_loop(number * len(WAYS) + place + 1)
    runs.loop.sort(key=lambda frame: frame.frame)
    return runs


def frames_of(clip: Path) -> int:
    """How many frames a video holds, counted where it does not say.

    Raises:
        UnreadableSource: it is none.
    """
    video_format(clip)
    with av.open(str(clip)) as container:
        return container.streams.video[0].frames or sum(1 for _ in container.decode(video=0))


def _warm_up(seed: Seed) -> Path:
    """The clip's first frames, so that networks are ready for its size when the clip itself comes."""
    path = seed.folder / "warm-up.mp4"
    with VideoWriter(path, video_format(seed.clip.path)) as video:
        for each in pictures(seed.clip.path):
            if each.frame >= WARM_UP_FRAMES:
                break
            video.write(each.picture)
    return path
