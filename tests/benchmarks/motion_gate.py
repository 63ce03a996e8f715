"""How many faces the motion gate costs, what it saves, and what makes it send: on clips and held pictures.

    python -m tests.benchmarks.motion_gate [--videos DIR] [--part recall|still|walking|cost ...] [--quick]

recall: each clip at 5 and 10 frames/s. A face that a scan of the whole frame finds (confidence 0.6 or more)
is lost unless the gated run has found it in this frame or, where that part of the frame was not scanned, in
the newest frame of the last 2 s in which it was.
still: a held picture with noise, light, compression, a clock, infrared; the share of frames not sent.
walking: faces of 24 and 40 px come into a held, noisy picture; how soon a frame that shows them is sent by
motion alone. Their contrast is the mean difference in levels from what they cover.
cost: milliseconds of each stage on one thread. Nothing is uploaded or kept; --json writes the figures.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import cv2
from rich.console import Console
from rich.progress import Progress

from producer.sources.base import Pixels
from producer.sources.video_file import VideoFile
from shared.cameras import Motion
from shared.settings import WorkerSettings, load
from tests.benchmarks.gate_cost import stages_ms
from tests.benchmarks.gate_recall import KEYFRAME_INTERVAL_S, Recall, measured
from tests.benchmarks.still_scenes import SCENES, StillScene, gated
from tests.benchmarks.walking_faces import CONTRASTS, WIDTHS_PX, Seen, share_within, watched
from worker.detectors import Detector, make_detector
from worker.native_noise import silenced

VIDEOS = Path(__file__).parents[2].parent / "shared" / "data" / "videos"
SENSITIVITIES: tuple[Motion, ...] = ("low", "medium", "high")
RATES = (5.0, 10.0)
PARTS = ("recall", "still", "walking", "cost")
# Where a clip is held, in seconds; its face is what walks into the others.
HELD = {"one_bare.mp4": 4.0, "four_people.mp4": 6.0, "crowd_a.mp4": 20.0}
FACE_OF = "one_bare.mp4"
Row = dict[str, object]
_T = TypeVar("_T")


class Bench:
    """The clips of a folder, what is measured on them, and a progress bar."""

    def __init__(self, videos: Path, is_quick: bool, bar: Progress) -> None:
        """``is_quick`` takes the first clip, rate, scene and seconds only: to see that it runs."""
        self._bar, self._is_quick = bar, is_quick
        self._clips = {path.name: path for path in sorted(videos.iterdir()) if path.suffix in {".mp4", ".avi"}}
        settings = load(WorkerSettings)
        with silenced():
            self._detector: Detector = make_detector(settings)
        self._min_face_px = settings.min_face_px

    def recall(self) -> Iterator[Row]:
        """A row for each clip, rate and sensitivity, and for all clips together."""
        for fps in self._some(RATES):
            of_all = {each: Recall() for each in SENSITIVITIES}
            for clip in self._followed(list(self._clips.values()), f"recall at {fps:.0f} frames/s"):
                for each, recall in self._recall_of(clip, fps).items():
                    of_all[each] += recall
                    yield _recall_row(clip.stem, fps, each, recall)
            yield from (_recall_row("all", fps, each, recall) for each, recall in of_all.items())

    def _recall_of(self, clip: Path, fps: float) -> dict[Motion, Recall]:
        seconds = 3.0 if self._is_quick else float("inf")
        task = self._bar.add_task(f"frames of {clip.stem}", total=None)
        recalls: dict[Motion, Recall] = {}
        for so_far in measured(clip, fps, SENSITIVITIES, self._detector, self._min_face_px, seconds):
            recalls = so_far
            self._bar.advance(task)
        self._bar.remove_task(task)
        return recalls

    def still(self) -> Iterator[Row]:
        """A row for each held picture and scene: percent not sent, of all and of the second half."""
        scenes = [(name, scene) for name in self._some(self._held()) for scene in self._some(SCENES)]
        for name, scene in self._followed(scenes, "still"):
            yield {"picture": Path(name).stem, "scene": scene.name} | self._saved(scene, name)

    def _saved(self, scene: StillScene, name: str) -> Row:
        seconds = 6.0 if self._is_quick else 60.0
        counts = gated(scene, self._picture(name), SENSITIVITIES, KEYFRAME_INTERVAL_S, seconds)
        return {each: f"{_percent(sent.saved)} ({_percent(sent.saved_late)})" for each, sent in counts.items()}

    def walking(self) -> Iterator[Row]:
        """A row for each sensitivity, width and contrast: percent sent at most one frame late, and two."""
        face = self._face()
        runs = [(name, sigma) for name in self._held() for sigma in (3.0, 6.0)]
        for sensitivity in self._some(SENSITIVITIES):
            seen: list[Seen] = []
            for name, sigma in self._followed(list(self._some(runs)), f"walking, {sensitivity}"):
                seen += watched(self._picture(name), face, sensitivity, sigma, fps=5)
            yield from _walking_rows(sensitivity, seen)

    def cost(self) -> Iterator[Row]:
        """A row for each stage: the median of milliseconds."""
        yield from ({"stage": stage, "ms": ms} for stage, ms in stages_ms(self._picture(FACE_OF)).items())

    def _held(self) -> list[str]:
        return [name for name in HELD if name in self._clips]

    def _picture(self, name: str) -> Pixels:
        with closing(VideoFile(self._clips[name])) as video:
            picture = next(each for each in video.pictures() if each.time_s >= HELD[name])
            assert picture.pixels is not None
            return picture.pixels()

    def _face(self) -> Pixels:
        picture = self._picture(FACE_OF)
        x0, y0, x1, y1 = (round(side) for side in self._detector.detect(picture)[0].box)
        return picture[y0:y1, x0:x1]

    def _some(self, items: Sequence[_T]) -> Sequence[_T]:
        return items[:1] if self._is_quick else items

    def _followed(self, items: Sequence[_T], what: str) -> Iterable[_T]:
        return self._bar.track(self._some(items), description=what)


def _recall_row(clip: str, fps: float, sensitivity: Motion, recall: Recall) -> Row:
    low, high = recall.lost_between
    return {
        "clip": clip,
        "frames/s": round(fps),
        "sensitivity": sensitivity,
        "faces": recall.faces,
        "lost": recall.lost,
        "lost %": f"{_percent(recall.lost / max(recall.faces, 1))} ({_percent(low)} to {_percent(high)})",
        "of them by the detector": recall.lost_by_detector,
        "missed in a patch": recall.missed_in_patch,
        "sent %": _percent(recall.sent / recall.frames),
        "keyframes %": _percent(recall.keyframes / recall.frames),
        "unchanged %": _percent(1 - recall.sent / recall.frames),
        "pixels scanned %": _percent(recall.pixels / recall.frames),
    }


def _walking_rows(sensitivity: Motion, seen: Sequence[Seen]) -> Iterator[Row]:
    for width in WIDTHS_PX:
        row: Row = {"sensitivity": sensitivity, "face px": width}
        for contrast in CONTRASTS:
            these = [each for each in seen if (each.walk.width_px, each.walk.contrast) == (width, contrast)]
            row[f"contrast {contrast:.0f}"] = " / ".join(_percent(share_within(these, late)) for late in (1, 2))
        yield row


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def table(rows: Sequence[Row]) -> str:
    """Rows with the same columns in Markdown."""
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([str(value) for value in row.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure what the arguments name and print the tables."""
    parser = _parser()
    asked = parser.parse_args()
    missing = [name for name in HELD if not (asked.videos / name).is_file()]
    if missing:
        parser.error(f"{asked.videos} holds no {missing[0]}: name the folder of the clips with --videos")
    cv2.setNumThreads(1)
    figures: dict[str, list[Row]] = {}
    with Progress(console=Console(stderr=True)) as bar:
        bench = Bench(asked.videos, asked.quick, bar)
        for part in asked.part or PARTS:
            figures[part] = list(getattr(bench, part)())
            bar.console.out(f"{part}: {len(figures[part])} rows")
    for part, rows in figures.items():
        print(f"\n## {part}\n\n{table(rows)}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--videos", type=Path, default=VIDEOS, metavar="DIR", help="the folder of the filmed clips")
    add("--part", action="append", choices=PARTS, help="measure only this; may be given again")
    add("--quick", action="store_true", help="a few seconds of each, to see that it runs")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser


if __name__ == "__main__":
    main()
