"""What an exported network is worth, measured on the very file that workers will run."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer
from trainer.crops import Crop
from trainer.labels import LABELS
from trainer.network import PIXEL_OFFSET, PIXEL_SCALE

FACES_A_CALL = 16
# Face widths in pixels of the picture: what is judged at all, and distant, middling and near cameras.
SIZES = ((24, inf), (0, 24), (24, 40), (40, 80), (80, inf))
TEMPERATURES = np.geomspace(0.25, 4, 161)

Probabilities = NDArray[np.float32]  # [n, classes]
Figures = dict[str, float]


class ExportedNetwork:
    """A LiteRT file at work."""

    def __init__(
        self, model: bytes, threads: int = 2, scale: float = PIXEL_SCALE, offset: float = PIXEL_OFFSET
    ) -> None:
        """Load the file's content; pixels are fed to it times ``scale`` plus ``offset``."""
        self._scale, self._offset = np.float32(scale), np.float32(offset)
        self._interpreter = Interpreter(model_content=model, num_threads=threads)
        self._input = self._interpreter.get_input_details()[0]["index"]
        output = self._interpreter.get_output_details()[0]
        self._output, self._classes = output["index"], int(output["shape"][-1])

    def probabilities(self, pictures: NDArray[np.uint8]) -> Probabilities:
        """The probabilities of RGB pictures [n, height, width, 3]."""
        parts = [self._call(pictures[at : at + FACES_A_CALL]) for at in range(0, len(pictures), FACES_A_CALL)]
        return np.concatenate(parts) if parts else np.empty((0, self._classes), np.float32)

    def _call(self, pictures: NDArray[np.uint8]) -> Probabilities:
        self._interpreter.resize_tensor_input(self._input, pictures.shape)
        self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._input, pictures * self._scale + self._offset)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._output), np.float32)


@dataclass(frozen=True)
class Judged:
    """A face of which the network has given its probabilities, one for each of ``classes``."""

    crop: Crop
    probabilities: NDArray[np.float32]
    classes: tuple[Answer, ...] = LABELS

    @property
    def label(self) -> Answer:
        """The likeliest answer."""
        return self.classes[int(self.probabilities.argmax())]

    @property
    def is_right(self) -> bool:
        """Whether that is its true label; of a label that the network does not know, whether it counts as none."""
        if not np.isfinite(self.probabilities).all():
            return False
        truth = self.crop.face.label
        return self.label == (truth if truth in self.classes else Label.WITHOUT_MASK)


def judge(network: ExportedNetwork, crops: Sequence[Crop], classes: tuple[Answer, ...] = LABELS) -> list[Judged]:
    """Each crop with its probabilities."""
    if not crops:
        return []
    given = network.probabilities(np.stack([crop.pixels for crop in crops]))
    return [Judged(crop, row, classes) for crop, row in zip(crops, given, strict=True)]


def figures(judged: Sequence[Judged]) -> Figures:
    """Accuracy, overall and per label, with 95 % intervals, and the confusion counts.

    Masks worn incorrectly are no part of accuracy; ``incorrect_mask_as_without_mask`` says how
    many of ``incorrect_mask_faces`` are called bare. A figure without faces is absent.
    """
    plain = [each for each in judged if each.crop.face.label in LABELS]
    incorrect = [each for each in judged if each.crop.face.label == Label.INCORRECT_MASK]
    background = [each for each in judged if each.crop.face.label == BACKGROUND]
    found: Figures = {"faces": len(plain)} | _share("accuracy", plain)
    per_label = {label: [each for each in plain if each.crop.face.label == label] for label in LABELS}
    for label, faces in per_label.items():
        found |= {f"{label}_faces": len(faces)} | _share(f"{label}_accuracy", faces)
    if all(per_label.values()):
        found["balanced_accuracy"] = float(np.mean([found[f"{label}_accuracy"] for label in LABELS]))
    for (truth, given), count in Counter((each.crop.face.label, each.label) for each in judged).items():
        if truth != given:
            found[f"{truth}_as_{given}"] = count
    if background:
        found |= {"background_faces": len(background)} | _share("background_accuracy", background)
    return found | ({"incorrect_mask_faces": len(incorrect)} if incorrect else {})


def breakdown(part: str, judged: Sequence[Judged]) -> dict[str, Figures]:
    """The figures of a part, of its sources where it has several (``part/source``) and of face sizes."""
    groups: dict[str, Callable[[Judged], bool]] = {part: lambda _: True}
    sources = sorted({each.crop.face.source for each in judged})
    for source in sources if len(sources) > 1 else ():
        groups[f"{part}/{source}"] = lambda each, source=source: each.crop.face.source == source  # type: ignore[misc]
    for low, high in SIZES:
        name = f"{part}/{low}+ px" if high == inf else f"{part}/{low}-{high} px"
        groups[name] = lambda each, low=low, high=high: low <= each.crop.width_px < high  # type: ignore[misc]
    chosen = {name: [each for each in judged if belongs(each)] for name, belongs in groups.items()}
    return {name: figures(members) for name, members in chosen.items() if members}


def fit_temperature(judged: Sequence[Judged]) -> float:
    """The temperature under which these faces' labels are most likely (see ``shared.model_registry.Manifest``)."""
    known = [each for each in judged if each.crop.face.label in each.classes]
    logs = np.log(np.maximum(np.stack([each.probabilities for each in known]), 1e-7)).astype(np.float64)
    answers = np.array([each.classes.index(each.crop.face.label) for each in known])
    return float(min(TEMPERATURES, key=lambda temperature: _loss(logs / temperature, answers)))


def interval(right: int, faces: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z = 1.96
    middle = (right + z * z / 2) / (faces + z * z)
    half = z / (faces + z * z) * (right * (faces - right) / faces + z * z / 4) ** 0.5
    return middle - half, middle + half


def _share(name: str, judged: Sequence[Judged]) -> Figures:
    if not judged:
        return {}
    right = sum(each.is_right for each in judged)
    low, high = interval(right, len(judged))
    return {name: right / len(judged), f"{name}_low": low, f"{name}_high": high}


def _loss(logs: NDArray[np.float64], answers: NDArray[np.int64]) -> float:
    chosen = logs[np.arange(len(answers)), answers]
    return float((np.logaddexp.reduce(logs, axis=1) - chosen).mean())
