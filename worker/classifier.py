"""The mask classifier: one model version from the registry, run without TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from shared.messages import Box
from shared.model_registry import Answer, GoldenCheck, Manifest, ModelError, ModelRegistry, Refusal
from shared.settings import Runtime
from worker.cropping import crop_square, resized
from worker.detectors.detector import Each, Picture
from worker.networks import Demands, Floats, Network, load_network
from worker.networks.trial import try_out

SHIPPED_MODELS = Path(__file__).parent / "models"
# Crops of one call. A network is compiled for a number of them, and for any number it is prepared again at each
# change; of eight together one takes 0.47 ms, of four 0.52, alone 0.84.
FACES_A_CALL = 4
# By how much more a probability may differ where a network computes in fewer bits than its file states:
# bfloat16 moves those near one half by up to 0.03 (seen), which changes no label of a sure face.
ROUNDING = 0.05
MAX_GOLDEN_PX = 4_000_000  # of a golden picture: they are faces, and a few bytes can claim gigabytes


@dataclass(frozen=True)
class Judgement:
    """What a face wears, or that it is none, and the calibrated probability of that answer."""

    label: Answer
    confidence: float


class Classifier:
    """Says of crops of faces how they wear a mask; may be called from several threads at once."""

    def __init__(self, manifest: Manifest, network: Network) -> None:
        """Feed ``network`` as ``manifest`` says; use ``load_classifier``."""
        self.manifest = manifest
        self._network = network

    @property
    def version(self) -> int:
        """The model version."""
        return self.manifest.version

    def crop(self, picture: Picture, box: Box) -> Picture:
        """The square around a face at the network's input size, as BGR bytes."""
        return self._fitted(crop_square(picture, box, self.manifest.input.crop_margin))

    def classify(self, crops: Sequence[Picture], each: Each = map) -> list[Judgement]:
        """Judge crops of any size, each taken whole, in one batch; in the same order. ``each`` spreads the work."""
        return [self._judgement(row) for row in self._calibrated(self.probabilities(crops, each))]

    def probabilities(self, crops: Sequence[Picture], each: Each = map) -> Floats:
        """The network's own probabilities, (crops, labels), before calibration."""
        parts = list(each(self._outputs, _calls(self._batch(crops))))
        return np.concatenate(parts) if parts else np.empty((0, len(self.manifest.labels)), np.float32)

    def _outputs(self, batch: Floats) -> Floats:
        """Of a full call, or one that lacks a face or more."""
        filled = np.concatenate([batch, batch[-1:]]) if len(batch) == FACES_A_CALL - 1 else batch
        return self._network.outputs(filled)[0][: len(batch)]

    def _fitted(self, crop: Picture) -> Picture:
        width, height = self.manifest.input.width, self.manifest.input.height
        return crop if crop.shape[:2] == (height, width) else resized(crop, width, height)

    def _batch(self, crops: Sequence[Picture]) -> Floats:
        takes = self.manifest.input
        batch = np.empty((len(crops), takes.height, takes.width, 3), np.float32)
        for row, crop in zip(batch, crops, strict=True):
            row[:] = self._fitted(crop)[:, :, ::-1]  # BGR to RGB
        batch *= takes.scale
        batch += takes.offset
        return batch

    def _calibrated(self, probabilities: Floats) -> Floats:
        # Zero has no logarithm; a network's softmax may round to it.
        sharpened = np.maximum(probabilities, 1e-7) ** (1 / self.manifest.temperature)
        return np.asarray(sharpened / sharpened.sum(axis=1, keepdims=True), np.float32)

    def _judgement(self, row: Floats) -> Judgement:
        best = int(row.argmax())
        return Judgement(self.manifest.labels[best], float(min(row[best], 1.0)))


def _calls(batch: Floats) -> list[Floats]:
    """Full calls, then one that lacks a face, or what is left one by one: a full call costs as much as 2.5 faces."""
    full = [batch[i : i + FACES_A_CALL] for i in range(0, len(batch), FACES_A_CALL)]
    if full and len(full[-1]) < FACES_A_CALL - 1:
        left = full.pop()
        full += [left[i : i + 1] for i in range(len(left))]
    return full


def load_classifier(
    registry: ModelRegistry, version: int | None = None, threads: int = 1, runtime: Runtime = "openvino"
) -> Classifier:
    """Load a version (the current one by default), verified, warmed up and checked on its golden inputs.

    Raises:
        ModelError: it is incomplete, corrupt, or gives other outputs here than where it was made.
    """
    version = registry.current() if version is None else version
    manifest = registry.verified(version)
    folder = registry.path(version)
    demands = Demands(runtime, callers=threads)
    try:
        # By content, not by path: a mapped file that is replaced under a running worker would kill it.
        model = (folder / manifest.model_file).read_bytes()
        takes = manifest.input
        try_out(model, runtime, [(faces, takes.height, takes.width, 3) for faces in (FACES_A_CALL, 1)], "float32")
        _check_golden(Classifier(manifest, load_network(model, replace(demands, is_exact=True))), folder, 0.0)
        classifier = Classifier(manifest, load_network(model, demands))
        _check_shape(classifier)
        _check_golden(classifier, folder, ROUNDING)
    # What is no model, or one whose tensors do not fit.
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"version {version} does not run: {manifest.model_file}: {reason}", Refusal.DOES_NOT_RUN
        ) from error
    return classifier


def _check_shape(classifier: Classifier) -> None:
    """See that it answers what its manifest says, and in numbers."""
    takes, labels = classifier.manifest.input, len(classifier.manifest.labels)
    for faces in (FACES_A_CALL, 1):
        given = classifier.probabilities([np.zeros((takes.height, takes.width, 3), np.uint8)] * faces)
        if given.shape != (faces, labels) or not np.isfinite(given).all():
            what = given.shape if np.isfinite(given).all() else "what is no number"
            message = f"version {classifier.version} gives {what} for {faces} faces and {labels} labels"
            raise ModelError(message, Refusal.DOES_NOT_RUN)


def _check_golden(classifier: Classifier, folder: Path, rounding: float) -> None:
    for check in classifier.manifest.golden:
        _check_picture(classifier, check, folder / check.file, rounding)


def _golden_picture(path: Path) -> Picture | None:
    """A picture of at most ``MAX_GOLDEN_PX`` pixels; ``None`` where there is none."""
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_GOLDEN_PX:
                return None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    decoded = cv2.imread(str(path), cv2.IMREAD_COLOR)
    return None if decoded is None else np.asarray(decoded, np.uint8)


def _check_picture(classifier: Classifier, check: GoldenCheck, path: Path, rounding: float) -> None:
    picture = _golden_picture(path) if check.file in classifier.manifest.files else None
    if picture is None:
        raise ModelError(
            f"version {classifier.version}: golden picture {check.file} is missing, unreadable or without a checksum",
            Refusal.GOLDEN,
        )
    given = classifier.probabilities([picture])[0]
    expected = np.asarray(check.probabilities, np.float32)
    # Written so that a network which gives NaN fails.
    if given.shape != expected.shape or not np.abs(given - expected).max() <= check.tolerance + rounding:
        raise ModelError(
            f"version {classifier.version} fails its golden check: {check.file} gives "
            f"{given.round(3).tolist()}, not {expected.round(3).tolist()}",
            Refusal.GOLDEN,
        )
