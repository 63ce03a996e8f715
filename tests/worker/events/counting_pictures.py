"""The pictures of docs/counting.md and docs/pictures.md: real models and the real judge on drawn people.

``python -m tests.worker.events.counting_pictures docs/images`` takes half a minute.
"""

import argparse
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from shared.messages import FrameOutcome, FrameResult, Label, PersonOutcome, Violation, ViolationState
from shared.settings import WorkerSettings
from tests.builders import BEGIN
from tests.drills.drawn_people import FPS, Person, Phase, draw_people
from worker.detectors import Picture
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.snapshots.blurring import without_other_faces
from worker.events.tracker import Limits
from worker.events.verdict import Verdict
from worker.events.vote import BARE_SCORE, MASKED_SCORE
from worker.loading import load_servable_pipeline
from worker.offline import judge_pictures, pictures
from worker.pipeline import Pipeline

_RULES = Rules(limits=Limits(3.0))
_COLOURS = {Label.WITHOUT_MASK: "#c0392b", Label.WITH_MASK: "#1e8449", Label.INCORRECT_MASK: "#d68910"}
_STATE_COLOURS = {PersonOutcome.WITHOUT_MASK: "#f5c6c0", PersonOutcome.WITH_MASK: "#c8e6c9"}
_TAKES_IT_OFF_AGAIN = (Person(320, 0.9, (Phase(6, "bare"), Phase(50, "mask"), Phase(58, "bare"))),)
_TWO = (Person(190, 0.9, (Phase(3, "bare"),)), Person(450, 0.7, (Phase(3, "mask"),)))


@dataclass(frozen=True)
class _Moment:
    """A person's track after one frame."""

    at_s: float
    label: Label | None
    score: float
    state: PersonOutcome


def main() -> None:
    """Draw them."""
    parser = argparse.ArgumentParser(prog="python -m tests.worker.events.counting_pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    mpl.use("Agg")
    pipeline = load_servable_pipeline(WorkerSettings())
    with tempfile.TemporaryDirectory() as place:
        _draw_vote(pipeline, Path(place), folder / "vote.png")
        _draw_tracks(pipeline, Path(place), folder / "tracks.jpg")
        _draw_blurred(pipeline, Path(place), folder / "blurred.jpg")
    pipeline.close()


def _judged(pipeline: Pipeline, clip: Path) -> list[tuple[FrameResult, Picture]]:
    return [
        (
            FrameResult(
                camera="gate",
                epoch=1,
                sequence=each.frame,
                captured_at=BEGIN + timedelta(seconds=each.frame / FPS),
                on_overload="wait",
                width=each.picture.shape[1],
                height=each.picture.shape[0],
                outcome=FrameOutcome.PROCESSED,
                detections=each.detections,
            ),
            each.picture,
        )
        for each in judge_pictures(pipeline, pictures(clip))
    ]


def _draw_vote(pipeline: Pipeline, place: Path, file: Path) -> None:
    clip = draw_people(place / "again.mp4", _TAKES_IT_OFF_AGAIN, 60)
    judge, verdict, moments = Judge("gate", _RULES), Verdict(), []
    for result, _ in _judged(pipeline, clip):
        judge.take(Arrival("1-0", result, {}), verdict)
        if judge.state.tracks:
            vote = judge.state.tracks[0].vote
            label = result.detections[0].label if result.detections else None
            moments.append(_Moment(result.sequence / FPS, label, vote.score, vote.state))
    judge.finish(verdict)
    figure = Figure(figsize=(9, 3.4), layout="constrained", dpi=110)
    axes = figure.subplots()
    _plot_vote(axes, moments)
    for changes in verdict.violations.values():
        _plot_life(axes, changes)
    figure.savefig(file)


def _plot_vote(axes: Axes, moments: list[_Moment]) -> None:
    times = [each.at_s for each in moments]
    for each in moments:
        colour = _STATE_COLOURS.get(each.state)
        if colour:
            axes.axvspan(each.at_s, each.at_s + 1 / FPS, color=colour, linewidth=0)
    for label, colour in _COLOURS.items():
        seen = [each.at_s for each in moments if each.label is label]
        if seen:
            axes.plot(seen, [6.0] * len(seen), "|", color=colour, markersize=7, label=f"one look: {label}")
    axes.plot(times, [each.score for each in moments], color="#222222", label="score of the vote")
    axes.axhline(BARE_SCORE, color=_COLOURS[Label.WITHOUT_MASK], linestyle=":", linewidth=1)
    axes.axhline(MASKED_SCORE, color=_COLOURS[Label.WITH_MASK], linestyle=":", linewidth=1)
    axes.set(xlabel="seconds", ylabel="score", ylim=(-8.2, 7), xlim=(0, times[-1] + 1))
    axes.legend(loc="center", fontsize=8)


def _plot_life(axes: Axes, changes: list[Violation]) -> None:
    first, last = (_seconds(each) for each in (changes[0].first_seen, changes[-1].last_seen))
    axes.plot([first, last], [-6.2, -6.2], color=_COLOURS[Label.WITHOUT_MASK], linewidth=5, solid_capstyle="butt")
    axes.text(first, -7.8, f"{changes[0].id}: {changes[-1].duration_s:.1f} s", fontsize=8)
    axes.plot([_seconds(changes[0].opened_at)], [-6.2], "k^", markersize=6)
    assert changes[-1].state is ViolationState.ENDED


def _seconds(instant: datetime) -> float:
    return (instant - BEGIN).total_seconds()


def _draw_tracks(pipeline: Pipeline, place: Path, file: Path) -> None:
    clip = draw_people(place / "two.mp4", _TWO, 2)
    judge, verdict = Judge("gate", _RULES), Verdict()
    judged = _judged(pipeline, clip)
    for result, _ in judged:
        judge.take(Arrival("1-0", result, {}), verdict)
    picture = np.array(judged[-1][1])
    for track in judge.state.tracks:
        colour = (43, 57, 192) if track.vote.is_without else (73, 132, 30)
        x0, y0, x1, y1 = (round(value) for value in track.box)
        cv2.rectangle(picture, (x0, y0), (x1, y1), colour, 2, cv2.LINE_AA)
        for line, text in enumerate((f"gate-{track.id}", track.vote.state, f"score {track.vote.score:+.1f}")):
            place_of = (x1 + 6, y0 + 14 + 16 * line)
            for ink, thickness in (((255, 255, 255), 4), (colour, 1)):
                cv2.putText(picture, text, place_of, cv2.FONT_HERSHEY_SIMPLEX, 0.45, ink, thickness, cv2.LINE_AA)
    cv2.imwrite(str(file), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])


def _draw_blurred(pipeline: Pipeline, place: Path, file: Path) -> None:
    clip = draw_people(place / "blurred.mp4", _TWO, 0.2)
    result, picture = _judged(pipeline, clip)[0]
    faces = sorted(result.detections, key=lambda each: each.label is Label.WITH_MASK)
    jpeg = bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1])
    file.write_bytes(without_other_faces(jpeg, faces[0].box, [each.box for each in faces[1:]]))


if __name__ == "__main__":
    main()
