"""``python -m trainer.choosing``: a table of networks, accuracy against speed."""

import argparse
import os
import sys
from pathlib import Path

from trainer.settings import TrainingRefused, TrainProgress, TrainSettings


def main(arguments: list[str] | None = None) -> int:
    """Train and compare as the arguments say; 0 when all were measured, 2 when the input cannot be used."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    chosen = _parser().parse_args(arguments)
    try:
        from trainer.choosing.grid import compare, variants  # noqa: PLC0415 - --help need not wait for OpenCV

        weights = {float(alpha): Path(path) for alpha, path in (each.split("=", 1) for each in chosen.weights)}
        wanted = variants(_settings(chosen), chosen.size, weights)
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        with chosen.out.open("a") as lines:
            for candidate in compare(wanted, _show, chosen.keep):
                lines.write(candidate.model_dump_json() + "\n")
                lines.flush()
    except TrainingRefused as error:
        print(f"trainer.choosing: {error}", file=sys.stderr)
        return 2
    return 0


def _settings(chosen: argparse.Namespace) -> TrainSettings:
    return TrainSettings(
        data=tuple(chosen.data),
        registry=os.devnull,  # nothing is published
        boxes=chosen.boxes,
        teacher=chosen.teacher,
        classes=tuple(chosen.classes.split(",")),
        epochs=chosen.epochs,
        seed=chosen.seed,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer.choosing", description="Train several networks and compare accuracy and speed."
    )
    add = parser.add_argument
    add("--data", type=Path, action="append", required=True, help="folder of labelled pictures; may be repeated")
    add("--boxes", type=Path, help="photographs with face boxes")
    add("--teacher", type=Path, help="YuNet ONNX file that finds the faces")
    add("--weights", action="append", required=True, metavar="ALPHA=PATH", help="MobileNetV2 weights of a width")
    add("--size", type=int, action="append", required=True, help="side of the input in pixels; may be repeated")
    add("--classes", default="with_mask,without_mask", help="what the networks tell apart, with commas")
    add("--epochs", type=int, default=4, help="epochs of fine-tuning of each network")
    add("--seed", type=int, default=1)
    add("--keep", type=Path, help="folder for the exported files")
    add("--out", type=Path, required=True, help="file that gets one JSON object a network and precision")
    return parser


def _show(progress: TrainProgress) -> None:
    note = f" ({progress.note})" if progress.note else ""
    print(f"\r\033[K{progress.phase}: {progress.done} of {progress.total}{note}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
