"""What a network's trunk begins with: weights of a file, ImageNet's, those of an earlier version, or chance."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.model_registry import Manifest, ModelError, ModelRegistry
from trainer.settings import TrainingRefused, TrainSettings

TRUNK_FILE = "trunk.npz"  # in a version's folder: its trunk's weights, in Keras's order
MAX_TRUNK_BYTES = 64_000_000
# What Keras and NumPy raise for files that hold no weights, or others.
UNREADABLE = (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile)

Trunk = Any  # keras.Model: Keras carries no types


@dataclass(frozen=True)
class Beginning:
    """Where a trunk's weights come from: ``load`` puts them there; ``name`` is for the records."""

    name: str
    load: Callable[[Trunk], None]


def beginning(settings: TrainSettings) -> Beginning:
    """What ``settings.weights`` names: "none", "imagenet", "current", a version's number, or a file.

    "current" goes on from the version that the registry serves, or from chance where there is
    none of this width.

    Raises:
        TrainingRefused: there is no such file or version, or its trunk has another width.
    """
    chosen = settings.weights or "none"
    if chosen == "none":
        return Beginning("random weights", lambda trunk: None)
    if chosen == "imagenet":
        return Beginning("imagenet", lambda trunk: _load_imagenet(trunk, settings))
    if chosen == "current":
        return _current(settings)
    if chosen.isdigit():
        return _version(ModelRegistry(settings.registry), int(chosen), settings.alpha)
    return _file(Path(chosen), settings.alpha)


def save_trunk(weights: list[NDArray[np.float32]], path: Path) -> None:
    """Keep a trunk for later trainings, in half the bytes: fine-tuning moves the weights by far more than that."""
    fits = all(float(np.abs(each).max(initial=0)) <= float(np.finfo(np.float16).max) for each in weights)
    kept = {str(number): each.astype(np.float16) if fits else each for number, each in enumerate(weights)}
    np.savez(path, **kept)  # type: ignore[arg-type]  # its stub takes the keyword for another


def _file(path: Path, alpha: float) -> Beginning:
    if not path.is_file():
        raise TrainingRefused(f"there are no weights {path}: give a file, imagenet, current, a version, or none")

    def load(trunk: Trunk) -> None:
        try:
            if path.suffix == ".npz":
                _set_kept(trunk, path.read_bytes())
            else:
                trunk.load_weights(path)
        except UNREADABLE as error:
            raise TrainingRefused(f"{path} holds no MobileNetV2 weights without top of width {alpha:g}") from error

    return Beginning(f"{path.name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}", load)


def _current(settings: TrainSettings) -> Beginning:
    registry = ModelRegistry(settings.registry)
    try:
        return _version(registry, registry.current(), settings.alpha)
    except (ModelError, TrainingRefused):
        return Beginning("random weights", lambda trunk: None)


def _version(registry: ModelRegistry, version: int, alpha: float) -> Beginning:
    try:
        manifest = registry.verified(version)
        path = registry.path(version) / TRUNK_FILE
    except ModelError as error:
        raise TrainingRefused(f"cannot go on from version {version}: {error}") from error
    if TRUNK_FILE not in manifest.files or path.stat().st_size > MAX_TRUNK_BYTES:
        raise TrainingRefused(f"cannot go on from version {version}: it keeps no weights to train on")
    if _width(manifest) != alpha:
        raise TrainingRefused(f"cannot go on from version {version}: its width is {_width(manifest):g}, not {alpha:g}")
    content = path.read_bytes()

    def load(trunk: Trunk) -> None:
        try:
            _set_kept(trunk, content)
        except UNREADABLE as error:
            raise TrainingRefused(f"cannot go on from version {version}: {TRUNK_FILE} does not fit") from error

    return Beginning(f"version {version} sha256:{manifest.files[TRUNK_FILE][:16]}", load)


def _set_kept(trunk: Trunk, content: bytes) -> None:
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        trunk.set_weights([kept[str(number)].astype(np.float32) for number in range(len(kept.files))])


def _width(manifest: Manifest) -> float:
    try:
        return float(json.loads(str(manifest.training["settings"]))["alpha"])
    except (KeyError, ValueError, TypeError):
        return float("nan")


def _load_imagenet(trunk: Trunk, settings: TrainSettings) -> None:
    import keras  # noqa: PLC0415 - seconds to import, which --help need not wait for

    try:
        whole = keras.applications.MobileNetV2(
            input_shape=(settings.size, settings.size, 3), alpha=settings.alpha, include_top=False, pooling="avg"
        )
    # Keras raises bare Exception where the network does not answer, ValueError for a width without weights.
    except Exception as error:
        why = str(error).splitlines()[0]
        raise TrainingRefused(f"cannot fetch ImageNet's weights ({why}): give a file with --weights PATH") from error
    trunk.set_weights(whole.get_weights())
