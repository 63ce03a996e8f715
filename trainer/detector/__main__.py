"""``python -m trainer.detector``: what ``maskwatch train --task detector`` does, without bars and data folder."""

import argparse
import os
import sys
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from trainer.detector.settings import DetectorSettings, ModelPrecision
from trainer.settings import TrainingRefused, TrainProgress


def main(arguments: list[str] | None = None) -> int:
    """Train as the arguments say; 0 when a version was published, 2 when the input cannot be used, 130 if stopped."""
    # TensorFlow reports its processor features on stderr unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        settings = _settings(arguments)
        from trainer.detector.training import train_detector  # noqa: PLC0415 - --help need not wait for OpenCV

        outcome = train_detector(settings, _show)
    except TrainingRefused as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ntrainer: stopped; the same command with --resume goes on", file=sys.stderr)
        return 130
    state = "current from now on" if outcome.promoted else "not promoted"
    version = f"version {outcome.manifest.version} of {outcome.manifest.name}"
    print(f"\npublished {version} in {settings.registry}, {state}: {'; '.join(outcome.reasons)}")
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
    add("--faces", type=Path, required=True, help="folder of labelled pictures of one face each")
    add("--boxes", type=Path, required=True, help="photographs with every face boxed, in train/ and test/ or in one")
    add("--teacher", type=Path, required=True, help="YuNet ONNX file that finds the boxes in the pictures of one face")
    add("--registry", required=True, help="model registry to publish to")
    add("--work", type=Path, required=True, help="folder for read pictures and checkpoints")
    add("--served", type=Path, help="registry of the detector to compare with while --registry has none")
    add("--reports", type=Path, help="local folder for the report with pictures of people")
    add("--minutes", type=float, help="how long to fit")
    add("--precision", choices=("best", *get_args(ModelPrecision)), help="of the exported file")
    add("--seed", type=int, help="decides all chance in the training")
    add("--resume", action="store_true", help="go on with the training that was cut off")
    add("--fresh", action="store_true", help="begin anew, whatever --work holds")
    add("--note", help="a sentence for the version's card")
    add("--no-promote", dest="promote", action="store_false", default=None, help="publish without serving it")
    add("--force", action="store_true", help="serve it even if it does not pass the gate")
    return parser


def _show(progress: TrainProgress) -> None:
    note = f" ({progress.note})" if progress.note else ""
    print(f"\r\033[K{progress.phase}: {progress.done} of {progress.total}{note}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
