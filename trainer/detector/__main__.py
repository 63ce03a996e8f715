"""``python -m trainer.detector``: train a face detector and publish it."""

import argparse
import os
import sys
from pathlib import Path

from pydantic import ValidationError

from trainer.detector.settings import DetectorSettings
from trainer.settings import TrainingRefused, TrainProgress


def main(arguments: list[str] | None = None) -> int:
    """Train as the arguments say; 0 when a version was published, 2 when the input cannot be used."""
    # TensorFlow reports its processor features on stderr unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        settings = _settings(arguments)
        from trainer.detector.training import train_detector  # noqa: PLC0415 - --help need not wait for OpenCV

        manifest = train_detector(settings, _show)
    except TrainingRefused as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 2
    print(f"\npublished version {manifest.version} of {manifest.name} in {settings.registry}")
    return 0


def _settings(arguments: list[str] | None) -> DetectorSettings:
    chosen = {key: value for key, value in vars(_parser().parse_args(arguments)).items() if value is not None}
    try:
        return DetectorSettings(**chosen)
    except ValidationError as error:
        first = error.errors()[0]
        raise TrainingRefused(f"--{first['loc'][0]}: {first['msg']}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer.detector", description="Train a face detector.")
    add = parser.add_argument
    add("--faces", type=Path, required=True, help="folder with manifest.csv and pictures of one face each")
    add("--boxes", type=Path, required=True, help="folder with train/ and test/, photographs with every face boxed")
    add("--teacher", type=Path, required=True, help="YuNet ONNX file that finds the boxes in the pictures of one face")
    add("--registry", type=Path, required=True, help="model registry to publish to")
    add("--work", type=Path, required=True, help="folder for read pictures and checkpoints")
    add("--minutes", type=float, help="how long to fit")
    add("--seed", type=int, help="decides all chance in the training")
    add("--resume", action="store_true", help="go on from the newest checkpoint")
    add("--note", help="a sentence for the version's card")
    add("--no-promote", dest="promote", action="store_false", default=None, help="publish without serving it")
    return parser


def _show(progress: TrainProgress) -> None:
    note = f" ({progress.note})" if progress.note else ""
    print(f"\r\033[K{progress.phase}: {progress.done} of {progress.total}{note}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
