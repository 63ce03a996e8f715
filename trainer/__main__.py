"""``python -m trainer``: wait for training jobs; with ``--data`` train at once, without any server."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from trainer.settings import Precision, TrainingRefused, TrainProgress, TrainSettings


def main(arguments: list[str] | None = None) -> int:
    """Wait for jobs, or train as the arguments say; 2 when settings or input cannot be used."""
    given = sys.argv[1:] if arguments is None else arguments
    return _train(given) if given else _wait_for_jobs()


def _wait_for_jobs() -> int:
    from shared.connections import ServerUnreachable  # noqa: PLC0415 - a direct training needs no server
    from shared.probes import PortInUse  # noqa: PLC0415
    from shared.settings import InvalidSetting, UnknownSetting  # noqa: PLC0415
    from trainer.jobs import process  # noqa: PLC0415

    try:
        return process.run()
    except (UnknownSetting, InvalidSetting, ServerUnreachable, PortInUse) as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 2


def _train(arguments: list[str]) -> int:
    # TensorFlow reports its processor features on stderr unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        settings = _settings(arguments)
        from trainer.training import train  # noqa: PLC0415 - --help need not wait for OpenCV and LiteRT

        outcome = train(settings, _show)
    except TrainingRefused as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ntrainer: stopped; nothing was published", file=sys.stderr)
        return 130
    state = "current from now on" if outcome.promoted else "not promoted"
    print(
        f"\npublished version {outcome.manifest.version} of {outcome.manifest.name} in {settings.registry}, {state}: ",
        end="",
    )
    print("; ".join(outcome.reasons))
    return 0


def _settings(arguments: list[str]) -> TrainSettings:
    chosen: dict[str, Any] = {
        key: value for key, value in vars(_parser().parse_args(arguments)).items() if value is not None
    }
    try:
        return TrainSettings(**chosen)
    except ValidationError as error:
        first = error.errors()[0]
        raise TrainingRefused(f"--{first['loc'][0]}: {first['msg']}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description="Train a mask classifier on labelled faces. Without any option: wait for the jobs that "
        "`maskwatch train --queue` puts on the state server (MASKWATCH_STATE_REDIS).",
    )
    add = parser.add_argument
    add("--data", type=Path, action="append", required=True, help="folder of labelled pictures; may be repeated")
    add("--registry", required=True, help="model registry to publish to")
    add("--boxes", type=Path, help="photographs with face boxes: a folder with boxes.json, or with train/ and test/")
    add("--holdout", type=Path, help="labelled pictures that only measure, in place of a part of the data")
    add("--corrections", type=Path, help="review folder whose labelled faces train too")
    add("--reports", type=Path, help="local folder for the report with pictures of people")
    add("--weights", help="file of MobileNetV2 weights without top, imagenet, current (default), a version, or none")
    add("--teacher", type=Path, help="YuNet ONNX file that finds the faces (default: take pictures whole)")
    add("--epochs", type=int, help="epochs of fine-tuning at most")
    add("--size", type=int, help="side of the network's input in pixels")
    add("--alpha", type=float, help="width of MobileNetV2")
    add("--classes", type=lambda text: tuple(text.split(",")), help="what to tell apart, with commas")
    add("--precision", choices=get_args(Precision), help="of the exported weights")
    add("--seed", type=int, help="decides all chance in the training")
    add("--no-promote", dest="promote", action="store_false", default=None, help="publish without serving it")
    add("--force", action="store_true", default=None, help="serve it even if it does not pass the gate")
    return parser


def _show(progress: TrainProgress) -> None:
    note = f" ({progress.note})" if progress.note else ""
    print(f"\r\033[K{progress.phase}: {progress.done} of {progress.total}{note}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
