"""A detector version's card, for people."""

from collections.abc import Iterable

from shared.detector_manifest import DetectorManifest
from trainer.detector.figures import Figures
from trainer.detector.measuring import SIZES

LIMITS = """\
Sizes are widths in pixels of the picture. The network was taught faces of 11 to 240 px, as it sees them;
larger ones must be shown smaller. Typical misses are faces seen from the side and faces half hidden by
another head, a camera or a hand. Typical false faces are hands, folds of clothes, writing and logos, and
large ones on blurred branches. Faces on posters, screens and paintings are found like those of people.
Some of the false faces are real ones that nobody annotated. Bare faces are few among the measured ones,
so that their intervals are wide."""


def detector_card(manifest: DetectorManifest) -> str:
    """The card as Markdown."""
    training = manifest.training
    return (
        "\n\n".join(
            [
                f"# Face detector, version {manifest.version}",
                f"Made {manifest.created_at:%Y-%m-%d} by `python -m trainer.detector`. Plain convolutions with "
                f"{training['weights']} weights and three levels of cells (strides "
                f"{', '.join(map(str, manifest.strides))}), begun with random weights; LiteRT, float16 weights, "
                "pictures of any size.",
                "## What it was made of",
                f"- {training['photographs']} photographs with annotated boxes (Kaggle andrewmvd face-mask-detection, "
                "CC0)\n"
                f"- {training['singles']} pictures of single faces in which the teacher (OpenCV Zoo's YuNet, MIT) was "
                "sure of the box: chandrikadeb7/Face-Mask-Detection (MIT), the Kaggle 12k face-mask set (MIT "
                "repository), Karan-Malik/FaceMaskDetector (MIT)\n"
                "- drawn backgrounds, and pieces of the same pictures outside of faces\n"
                f"- pictures: fingerprint `{training['data_fingerprint']}`; settings `{training['settings']}`; "
                f"{training['steps']} steps; code `{training['code_version']}`",
                *([f"- {training['note']}"] if training["note"] else []),
                "## How good it is",
                "Share of annotated faces found (overlap 0.5 or more) with its 95 % interval, false faces of 24 px up "
                "a picture, and milliseconds of one core a picture. The validation photographs chose the threshold; "
                "nothing was fitted to the test photographs.",
                *(_table(label, manifest.metrics) for label in ("with_mask", "without_mask")),
                "## Where it fails",
                LIMITS,
            ]
        )
        + "\n"
    )


def _table(label: str, metrics: dict[str, Figures]) -> str:
    head = f"| {label} | faces | {' | '.join(SIZES)} | false faces | ms |"
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *_rows(label, metrics)])


def _rows(label: str, metrics: dict[str, Figures]) -> Iterable[str]:
    for part, given in metrics.items():
        shares = [_with_interval(given, f"{label} {size}") for size in SIZES]
        cells = [part, f"{given[f'{label} all faces']:.0f}", *shares]
        yield f"| {' | '.join(cells)} | {given['false_faces']:.2f} | {given['milliseconds']:.1f} |"


def _with_interval(given: Figures, name: str) -> str:
    if not given[f"{name} faces"]:
        return "none"
    return f"{given[name]:.2f} ({given[f'{name} low']:.2f} to {given[f'{name} high']:.2f})"
