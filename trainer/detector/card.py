"""A detector version's card, for people."""

from collections.abc import Iterable, Mapping

from shared.detector_manifest import DetectorManifest
from shared.messages import Label
from trainer.detector.figures import Figures
from trainer.detector.measuring import SIZES
from trainer.detector.network import PATCH_PX
from trainer.detector.report.variations import variations

# Written by whoever has looked at the worst photographs of the local report.
WHERE_IT_FAILS = """\
Sizes are widths in pixels of the picture. Larger faces than the network was taught (400 px) must be shown
smaller. Of the twenty worst test photographs: bare faces that are missed are seen from the side (two people
turned to somebody else, one with a telephone at the ear), half hidden by a hood or a scarf, or small and dark
in the back of a crowd; all are under 40 px wide. Masked faces that are missed are seen from behind or from
the side, or are a mask without the face above it; a wrong box beside the right place counts as two mistakes.
False faces are mostly real ones that nobody annotated, blurred in the background or cut off by the edge;
the rest are the backs of heads, soft toys, a mask held in the hand, bags and sleeves, lamps and ornaments,
and pale blurs. Most of those the mask classifier refuses. Faces on posters, screens and paintings are found
like those of people. Bare faces are few among the measured ones, so that their intervals are wide."""

SOURCES = """\
annotated boxes: Kaggle andrewmvd face-mask-detection (CC0)
single faces: chandrikadeb7/Face-Mask-Detection (MIT), the Kaggle 12k face-mask set (MIT repository), \
Karan-Malik/FaceMaskDetector (MIT)
teacher: OpenCV Zoo's YuNet (MIT)"""


def detector_card(manifest: DetectorManifest) -> str:
    """The card as Markdown."""
    sections = [
        f"# Face detector, version {manifest.version}",
        _network(manifest),
        "## What it was made of",
        _lesson(manifest),
        "## How good it is",
        "Share of annotated faces found (overlap 0.5 or more) with its 95 % interval, by width in pixels; false faces "
        "of 24 px up a picture; milliseconds of one core a picture. The validation photographs chose file and "
        "threshold; nothing was fitted to the test photographs.",
        *(_table(label, manifest.metrics) for label in Label if _is_measured(label, manifest.metrics)),
        "## What recall costs",
        "The same photographs shown larger or smaller, beside other detectors; each at its own score, so false faces "
        "differ too.",
        _costs(manifest.metrics),
        "## Where it fails",
        WHERE_IT_FAILS,
    ]
    return "\n\n".join(sections) + "\n"


def _network(manifest: DetectorManifest) -> str:
    training = manifest.training
    takes = "integers throughout, from uint8" if training["precision"] == "int8" else "float16 weights"
    return (
        f"Made {manifest.created_at:%Y-%m-%d} by `maskwatch train --task detector`. Plain convolutions with "
        f"{training['weights']:,} weights, begun with random ones: first patches of {PATCH_PX} x {PATCH_PX} pixels, "
        f"then {len(manifest.strides)} levels of cells (strides {', '.join(map(str, manifest.strides))}). "
        f"LiteRT, {takes}, {manifest.input.order.upper()} pictures of any size."
    )


def _lesson(manifest: DetectorManifest) -> str:
    training = manifest.training
    shares = {each.name: each.how_often for each in variations()}
    scenes = ", ".join(
        f"{name.removeprefix('scene: ')} {share:.0%}" for name, share in shares.items() if name.startswith("scene: ")
    )
    swapped = shares["photographs with bare faces set over masked ones"]
    lines = [
        f"{training['photographs']} photographs with annotated boxes",
        f"{training['singles']} pictures of single faces in which the teacher ({training['teacher']}) was sure of the "
        f"box; {training['dropped']} were dropped (see `dropped.csv`)",
        *SOURCES.splitlines(),
        f"scenes: {scenes}",
        f"in {swapped:.0%} of the photographs bare faces were set over masked ones",
        f"{training['false_faces']} false faces, found on the way, were shown again",
        f"pictures: fingerprint `{training['data_fingerprint']}`; settings `{training['settings']}`; "
        f"{training['steps']} steps in {training['fitted_in']}; code `{training['code_version']}`",
        f"gate: {_gate(manifest)}",
        *([str(training["note"])] if training["note"] else []),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _gate(manifest: DetectorManifest) -> str:
    gate = manifest.gate
    if gate is None:
        return "none was passed"
    rival = "no other version" if gate.compared_with is None else f"version {gate.compared_with}"
    state = "passed" if gate.passed else f"not passed ({'; '.join(gate.reasons)})"
    return f"compared with {rival}, {state}{', promoted by force' if gate.forced else ''}"


def _is_measured(label: Label, metrics: Mapping[str, Figures]) -> bool:
    return any(given[f"{label} all faces"] for given in metrics.values())


def _table(label: str, metrics: Mapping[str, Figures]) -> str:
    head = f"| {label} | faces | {' | '.join(SIZES)} | false faces | ms |"
    return "\n".join([head, _rule(head), *_rows(label, metrics)])


def _rows(label: str, metrics: Mapping[str, Figures]) -> Iterable[str]:
    for name, given in metrics.items():
        shares = [_with_interval(given, f"{label} {size}") for size in SIZES]
        cells = [name, f"{given[f'{label} all faces']:.0f}", *shares]
        yield f"| {' | '.join(cells)} | {given['false_faces']:.2f} | {given['milliseconds']:.1f} |"


def _costs(metrics: Mapping[str, Figures]) -> str:
    """One row a detector, the fastest first, on the part that is farthest from training."""
    last = list(metrics)[-1].rpartition(", ")[2]
    given = {name: each for name, each in metrics.items() if name.endswith(f", {last}")}
    head = f"| {last} | ms | masked | bare | false faces |"
    rows = (
        f"| {name.removesuffix(f', {last}')} | {each['milliseconds']:.1f} | {each[f'{Label.WITH_MASK} all']:.2f} | "
        f"{each[f'{Label.WITHOUT_MASK} all']:.2f} | {each['false_faces']:.2f} |"
        for name, each in sorted(given.items(), key=lambda pair: pair[1]["milliseconds"])
    )
    return "\n".join([head, _rule(head), *rows])


def _rule(head: str) -> str:
    return "|" + "---|" * (head.count("|") - 1)


def _with_interval(given: Figures, name: str) -> str:
    if not given[f"{name} faces"]:
        return "none"
    return f"{given[name]:.2f} ({given[f'{name} low']:.2f} to {given[f'{name} high']:.2f})"
