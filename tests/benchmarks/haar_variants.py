"""How good Haar cascades get at finding masked and bare faces: ways to run them, side by side.

    python -m tests.benchmarks.haar_variants --boxes DIR [--test DIR] [--only WORD] [--every N] [--json FILE]

The shape of boxes and the odds of each variant are fitted on the photographs of DIR; those of
--test are only measured. Recalls are of faces 24 px wide or more, at as many false faces a picture
for every variant. Time is that of the processor, as a ratio to the variant in use on the same
pictures in the same run, so that other programs on the machine matter little.
"""

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import Progress

from shared.messages import Label
from tests.benchmarks.cascade_scans import Array, EyeCounter, Scan, Scanner, Windows
from tests.benchmarks.cascade_variants import ALT, IN_USE, VARIANTS, Variant
from tests.benchmarks.haar_groups import (
    MIN_WIDTH_PX,
    Groups,
    Shape,
    fitted_odds,
    groups_of,
    matches,
    shape_of,
)
from worker.labelled_data import AnnotatedFace, Photograph, UnusableData
from worker.offline import UnreadableSource, read_picture

RATES = (0.1, 0.3)  # false faces a picture
THREADS = 2


@dataclass(frozen=True)
class Page:
    """A photograph, its annotated faces, and what each scan accepts of it."""

    picture: Array
    faces: Sequence[AnnotatedFace]
    windows: dict[Scan, Windows]


@dataclass(frozen=True)
class Fit:
    """What a variant takes from the photographs that it is chosen on."""

    shapes: tuple[Shape, ...]  # of each scan
    odds: tuple[float, ...]  # offset, then for the evidence of each scan, then for each eye


@dataclass(frozen=True)
class Row:
    """One variant: recall by label at each of ``RATES``, over all photographs and over each half of them."""

    name: str
    recall: dict[str, tuple[float, ...]]
    recall_of_halves: tuple[dict[str, tuple[float, ...]], ...]
    seconds_ratio: float
    fit: Fit


@dataclass
class Found:
    """Per photograph: the odds at which faces of each label were found (minus infinity: not), and of false faces."""

    faces: dict[str, list[float]] = field(default_factory=lambda: {"with_mask": [], "without_mask": []})
    false: list[float] = field(default_factory=list)


def scanned(folder: Path, scans: Sequence[Scan], every: int) -> list[Page]:
    """Run every scan on each ``every``-th photograph, all of them on one picture before the next.

    Raises:
        OSError, ValidationError, UnreadableSource: the folder is not as expected.
    """
    listed = TypeAdapter(list[Photograph]).validate_json((folder / "boxes.json").read_bytes())[::every]
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(f"scanning {len(listed)} photographs", total=len(listed))

        def part(first: int) -> list[Page]:
            scanners, pages = {scan: Scanner(scan) for scan in scans}, []
            for photograph in listed[first::THREADS]:
                picture = read_picture(folder / photograph.image)
                windows = {scan: scanner.run(picture) for scan, scanner in scanners.items()}
                pages.append(Page(picture, photograph.boxes, windows))
                bar.advance(task)
            return pages

        with ThreadPoolExecutor(THREADS) as pool:
            return [page for pages in pool.map(part, range(THREADS)) for page in pages]


def measured(variant: Variant, pages: Sequence[Page], fit: Fit | None = None) -> Row:
    """A variant's figures on photographs; without a fit it is made on them."""
    shapes = (
        fit.shapes if fit else tuple(shape_of([(page.faces, page.windows[s]) for page in pages]) for s in variant.scans)
    )
    groups, eye_seconds = _evidence(variant, pages, shapes)
    odds = np.array(fit.odds) if fit else _fitted(pages, groups)
    found = [_found(page, each, odds[0] + each.evidence @ odds[1:]) for page, each in zip(pages, groups, strict=True)]
    seconds = eye_seconds + sum(page.windows[scan].seconds for page in pages for scan in variant.scans)
    in_use = sum(page.windows[ALT].seconds for page in pages)
    return Row(
        variant.name,
        _recalls(found),
        (_recalls(found[0::2]), _recalls(found[1::2])),
        round(seconds / in_use, 2),
        Fit(shapes, tuple(float(each) for each in odds)),
    )


def _evidence(variant: Variant, pages: Sequence[Page], shapes: Sequence[Shape]) -> tuple[list[Groups], float]:
    groups = []
    for page in pages:
        found = [(page.windows[scan], shape) for scan, shape in zip(variant.scans, shapes, strict=True)]
        groups.append(groups_of(found, variant.by, variant.same_face_iou))
    if not variant.eyes:
        return groups, 0.0
    counter, started = EyeCounter(variant.eyes), time.thread_time()
    eyes = [
        [[counter.count(page.picture, box)] for box in each.boxes] for page, each in zip(pages, groups, strict=True)
    ]
    seconds = time.thread_time() - started
    with_eyes = [
        Groups(each.boxes, np.concatenate([each.evidence, np.array(seen, float).reshape(-1, 1)], axis=1))
        for each, seen in zip(groups, eyes, strict=True)
    ]
    return with_eyes, seconds


def _fitted(pages: Sequence[Page], groups: Sequence[Groups]) -> Array:
    is_face = []
    for page, each in zip(pages, groups, strict=True):
        is_face += [answer is not None for answer in matches(page.faces, each, each.evidence.sum(axis=1))]
    return fitted_odds(np.concatenate([each.evidence for each in groups]), np.array(is_face, float))


def _found(page: Page, groups: Groups, odds: Array) -> Found:
    answers, found = matches(page.faces, groups, odds), Found()
    found.false += [float(at) for at, answer in zip(odds, answers, strict=True) if answer is None]
    at = {answer: float(each) for each, answer in zip(odds, answers, strict=True) if answer is not None}
    for index, face in enumerate(page.faces):
        if face.box.width >= MIN_WIDTH_PX and face.label is not Label.INCORRECT_MASK:
            found.faces[face.label.value].append(at.get(index, -np.inf))
    return found


def _recalls(found: Sequence[Found]) -> dict[str, tuple[float, ...]]:
    false = sorted((at for each in found for at in each.false), reverse=True)
    limits = [false[allowed] if (allowed := int(rate * len(found))) < len(false) else -1e9 for rate in RATES]
    of_label = {label: np.array([at for each in found for at in each.faces[label]]) for label in Found().faces}
    return {label: tuple(_share(at > limit) for limit in limits) for label, at in of_label.items()}


def _share(is_found: Array) -> float:
    return round(float(is_found.mean()), 3) if len(is_found) else 0.0


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown; percent of masked and bare faces."""
    rates = [f"{kind} at {rate}" for rate in RATES for kind in ("masked", "bare")]
    head = f"| variant | {' | '.join(rates)} | masked at {RATES[-1]}, each half | time |\n"
    lines = [_line(row) for row in rows]
    return head + "|---" * (len(rates) + 3) + "|\n" + "\n".join(lines)


def _line(row: Row) -> str:
    shares = [row.recall[label][rate] for rate in range(len(RATES)) for label in ("with_mask", "without_mask")]
    halves = ", ".join(f"{100 * half['with_mask'][-1]:.0f}" for half in row.recall_of_halves)
    return f"| {row.name} | {' | '.join(f'{100 * each:.0f}' for each in shares)} | {halves} | {row.seconds_ratio:.2f} |"


def main() -> None:
    """Measure what the arguments name and print the tables."""
    parser = _parser()
    asked = parser.parse_args()
    try:
        _run(asked.boxes, asked.test, asked.only, asked.every, asked.json)
    except (OSError, ValidationError, UnreadableSource, UnusableData) as error:
        parser.error(f"{asked.boxes} cannot be measured on: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--boxes", type=Path, required=True, metavar="DIR", help="photographs with boxes.json: to fit and compare on")
    add("--test", type=Path, metavar="DIR", help="photographs that are only measured")
    add("--only", default="", metavar="WORD", help="only variants with this in their name, and the one in use")
    add("--every", type=int, default=1, metavar="N", help="only each N-th photograph, to be quick")
    add("--json", type=Path, metavar="FILE", help="write all figures, shapes and odds there")
    return parser


def _run(boxes: Path, test: Path | None, only: str, every: int, json_path: Path | None) -> None:
    cv2.setNumThreads(1)  # seconds are those of the thread that scans
    variants = [each for each in VARIANTS if only in each.name or each is IN_USE]
    scans = list({scan: None for each in variants for scan in each.scans})
    pages = scanned(boxes, scans, every)
    chosen_on = [measured(variant, pages) for variant in variants]
    print(_heading(pages), table(chosen_on), sep="\n\n")
    tested: list[Row] = []
    if test:
        pages = scanned(test, scans, every)
        tested = [measured(variant, pages, row.fit) for variant, row in zip(variants, chosen_on, strict=True)]
        print("", _heading(pages), table(tested), sep="\n\n")
    if json_path:
        figures = {"chosen_on": [asdict(row) for row in chosen_on], "tested": [asdict(row) for row in tested]}
        json_path.write_text(json.dumps(figures, indent=1))


def _heading(pages: Sequence[Page]) -> str:
    labels = [face.label for page in pages for face in page.faces if face.box.width >= MIN_WIDTH_PX]
    masked, bare = labels.count(Label.WITH_MASK), labels.count(Label.WITHOUT_MASK)
    return f"{len(pages)} photographs, {masked} masked and {bare} bare faces"


if __name__ == "__main__":
    main()
