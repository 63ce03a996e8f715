"""From turns to figures: how fast, at what cost, and how many of the faces that are there are found."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict

from console.benching.composed_clip import Truth
from console.benching.seed_runs import WAYS, Runs
from console.benching.seen_faces import seen
from console.benching.watched_pass import Pass
from shared.messages import Detection, Label
from worker.evaluation.record import share
from worker.evaluation.scoring import JudgedFace, scored

LOOP = "classic loop"


class Found(BaseModel):
    """Of a label's faces of 24 pixels and more: how many there are, were found, and were found and rightly called."""

    model_config = ConfigDict(frozen=True)

    faces: int
    found: int
    rightly_called: int

    @property
    def recall(self) -> float:
        """The part that was found, 0 to 1."""
        return share(self.found, self.faces)

    @property
    def accuracy(self) -> float:
        """Of what was found, the part that was rightly called, 0 to 1."""
        return share(self.rightly_called, self.found)


class Figures(BaseModel):
    """One way to judge the clip.

    ``frames_per_second`` is the median of the rounds, of the loop over all of its frames; ``ratio`` that over
    the loop's. ``cpu_seconds`` are those of a frame, of all processes together and of each; ``cpu_ratio`` is the
    loop's over these, which hardly changes when others load the machine.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    frames: int
    frames_per_second: float
    of_rounds: tuple[float, ...]
    per_core: float
    cpu_seconds: float
    cpu_seconds_of: dict[str, float]
    ratio: float
    cpu_ratio: float
    accuracy: dict[Label, Found]


def figures(runs: Runs, cores: int, truth: Sequence[Truth] | None) -> list[Figures]:
    """The loop's, then those of each way of ``WAYS``. Faces are counted in the frames that the loop judged."""
    loop = _of_loop(runs, cores, truth)
    return [loop, *(_of_passes(way, runs, cores, truth, loop) for way in WAYS)]


def lower_recall(found: Sequence[Figures]) -> list[str]:
    """The labels of which a way finds a smaller part of the faces than the loop."""
    loop, *ours = found
    return [
        f"{label.value} ({each.name})"
        for each in ours
        for label, own in each.accuracy.items()
        if own.recall < loop.accuracy[label].recall
    ]


def _of_loop(runs: Runs, cores: int, truth: Sequence[Truth] | None) -> Figures:
    count = len(runs.loop)
    rate = count / sum(frame.seconds for frame in runs.loop)
    cpu_seconds = sum(frame.cpu_seconds for frame in runs.loop) / count
    shown = [(truth[each.frame], each.detections) for each in runs.loop] if truth else []
    return Figures(
        name=LOOP,
        frames=count,
        frames_per_second=rate,
        of_rounds=(rate,),
        per_core=rate / cores,
        cpu_seconds=cpu_seconds,
        cpu_seconds_of={"loop": cpu_seconds},
        ratio=1.0,
        cpu_ratio=1.0,
        accuracy=_accuracy(shown),
    )


def _of_passes(way: str, runs: Runs, cores: int, truth: Sequence[Truth] | None, loop: Figures) -> Figures:
    passes = runs.passes[way]
    rates = tuple(each.frames / each.seconds for each in passes)
    frames = sum(each.frames for each in passes)
    spent: Counter[str] = Counter()
    for each in passes:
        spent.update(each.cpu_seconds)
    cpu_seconds = spent.total() / frames
    return Figures(
        name=way,
        frames=frames,
        frames_per_second=median(rates),
        of_rounds=rates,
        per_core=median(rates) / cores,
        cpu_seconds=cpu_seconds,
        cpu_seconds_of={name: seconds / frames for name, seconds in spent.most_common()},
        ratio=median(rates) / loop.frames_per_second,
        cpu_ratio=loop.cpu_seconds / cpu_seconds if cpu_seconds else 0.0,
        accuracy=_accuracy(_shown(passes[0], runs, truth)) if truth else {},
    )


def _shown(first: Pass, runs: Runs, truth: Sequence[Truth]) -> list[tuple[Truth, list[Detection]]]:
    """What is there and what was seen, of the frames that the loop judged too."""
    at = dict(zip((each.sequence for each in first.results), seen(first.results), strict=True))
    return [(truth[each.frame], at.get(each.frame, [])) for each in runs.loop]


def _accuracy(shown: Sequence[tuple[Truth, list[Detection]]]) -> dict[Label, Found]:
    faces = [face for there, detections in shown for face in scored(there, detections).faces]
    of_label = {label: [face for face in faces if face.label is label] for label in Label}
    return {label: _found(those) for label, those in of_label.items() if those}


def _found(faces: Sequence[JudgedFace]) -> Found:
    return Found(
        faces=len(faces),
        found=sum(face.detection is not None for face in faces),
        rightly_called=sum(face.is_rightly_labelled for face in faces),
    )
