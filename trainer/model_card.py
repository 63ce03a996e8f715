"""A model version's card: what it was made of and how good it is, for people."""

import json
from collections.abc import Iterable

from shared.model_registry import Manifest
from trainer.evaluation import Figures

HEAD = "| part | faces | accuracy (95 % interval) | balanced | with mask | without mask | incorrect called bare |"


def model_card(manifest: Manifest) -> str:
    """The card as Markdown."""
    training = manifest.training
    settings = json.loads(str(training["settings"]))
    sections = [
        f"# Mask classifier, version {manifest.version}",
        f"Made {manifest.created_at:%Y-%m-%d}. MobileNetV2 (width {settings['alpha']:g}), "
        f"{manifest.input.width} px RGB, a neuron each for {', '.join(manifest.labels)}; "
        f"LiteRT, {settings['precision']}.",
        "## What it was made of",
        f"- Training data: fingerprint `{training['data_fingerprint']}`",
        *(f"- {part.replace('_', ' ')}: {_counted(str(training[part]))}" for part in PARTS),
        f"- Dropped: {training['dropped']} (see `dropped.csv`)",
        f"- Began with: {training['weights']}; faces found by: {training['teacher']}",
        f"- Settings: `{training['settings']}`; epoch {training['best_epoch']} of {training['epochs']} was kept",
        f"- Gate: {_gate(manifest)}",
        f"- Code: `{training['code_version']}`; calibration temperature {manifest.temperature:.3f}",
        "## How good it is",
        "Measured on the exported file. Parts share no near-duplicate pictures; the network was chosen by the"
        " validation part alone.",
        "\n".join([HEAD, "|" + "---|" * (HEAD.count("|") - 1), *_rows(manifest.metrics)]),
    ]
    return "\n\n".join(sections).replace("\n\n- ", "\n- ") + "\n"


def _gate(manifest: Manifest) -> str:
    gate = manifest.gate
    if gate is None:
        return "none was passed"
    rival = "no other version" if gate.compared_with is None else f"version {gate.compared_with}"
    state = "passed" if gate.passed else f"not passed ({'; '.join(gate.reasons)})"
    return f"compared with {rival}, {state}{', promoted by force' if gate.forced else ''}"


PARTS = ("train_faces", "validation_faces", "test_faces")


def _counted(counts: str) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(json.loads(counts).items()))


def _rows(metrics: dict[str, Figures]) -> Iterable[str]:
    for part, figures in metrics.items():
        cells = [
            part,
            f"{figures['faces']:.0f}",
            _with_interval(figures, "accuracy"),
            f"{figures['balanced_accuracy']:.1%}" if "balanced_accuracy" in figures else "",
            _with_interval(figures, "with_mask_accuracy"),
            _with_interval(figures, "without_mask_accuracy"),
            _incorrect(figures),
        ]
        yield "| " + " | ".join(cells) + " |"


def _with_interval(figures: Figures, name: str) -> str:
    if name not in figures:
        return ""
    return f"{figures[name]:.1%} ({figures[f'{name}_low']:.1%} to {figures[f'{name}_high']:.1%})"


def _incorrect(figures: Figures) -> str:
    if "incorrect_mask_faces" not in figures:
        return ""
    return f"{figures.get('incorrect_mask_as_without_mask', 0):.0f} of {figures['incorrect_mask_faces']:.0f}"
