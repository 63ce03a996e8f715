"""``python -m trainer``: train a mask classifier and publish it."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.settings import TrainingRefused, TrainProgress, TrainSettings


def main(arguments: list[str] | None = None) -> int:
    """Train as the arguments say; 0 when a version was published, 2 when the input cannot be used."""
    # TensorFlow reports its processor features on stderr unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        settings = _settings(arguments)
        from trainer.training import train  # noqa: PLC0415 - --help need not wait for OpenCV and LiteRT

        manifest = train(settings, _show)
    except TrainingRefused as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ntrainer: stopped; nothing was published", file=sys.stderr)
        return 130
    print(f"\npublished version {manifest.version} of {manifest.name} in {settings.registry}")
    return 0


def _settings(arguments: list[str] | None) -> TrainSettings:
    chosen: dict[str, Any] = {
        key: value for key, value in vars(_parser().parse_args(arguments)).items() if value is not None
    }
    try:
        return TrainSettings(**chosen)
    except ValidationError as error:
        first = error.errors()[0]
        raise TrainingRefused(f"--{first['loc'][0]}: {first['msg']}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer", description="Train a mask classifier on labelled faces.")
    add = parser.add_argument
    add("--data", type=Path, action="append", required=True, help="folder of labelled pictures; may be repeated")
    add("--registry", type=Path, required=True, help="model registry to publish to")
    add("--boxes", type=Path, help="photographs with face boxes: a folder with boxes.json, or with train/ and test/")
    add("--weights", type=Path, help="MobileNetV2 weights without top (default: random weights, far less accurate)")
    add("--teacher", type=Path, help="YuNet ONNX file that finds the faces (default: take pictures whole)")
    add("--epochs", type=int, help="epochs of fine-tuning at most")
    add("--size", type=int, help="side of the network's input in pixels")
    add("--alpha", type=float, help="width of MobileNetV2")
    add("--seed", type=int, help="decides the split and all chance in the training")
    add("--no-promote", dest="promote", action="store_false", default=None, help="publish without serving it")
    return parser


def _show(progress: TrainProgress) -> None:
    note = f" ({progress.note})" if progress.note else ""
    print(f"\r\033[K{progress.phase}: {progress.done} of {progress.total}{note}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
