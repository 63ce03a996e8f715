"""Of whom a worker sends a picture with its result."""

import time
from pathlib import Path

import pytest

from shared.connections import Servers
from shared.messages import Detection, Label
from tests.builders import a_detection
from tests.worker.conftest import MakeWorker
from tests.worker.detecting import OneByOne
from tests.worker.drawn import a_header
from tests.worker.feed import EMPTY_SCENE, Feed
from worker.classifier import Classifier
from worker.detectors import FaceBox, Picture, Size
from worker.pipeline import JudgedPicture, Pipeline

REVIEW = {"review": Path("review")}


class _Blind(OneByOne):
    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        return []


class _Says(Pipeline):
    """Finds the same face in every picture."""

    def __init__(self, classifier: Classifier, detection: Detection) -> None:
        super().__init__(_Blind(), classifier, time.monotonic)
        self._detection = detection

    def judge_shown(self, shown: "object") -> list[JudgedPicture]:
        seconds = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        return [JudgedPicture((self._detection,), seconds)]


@pytest.mark.parametrize(
    ("label", "confidence", "given", "is_sent"),
    [
        pytest.param(Label.WITHOUT_MASK, 0.99, {}, True, id="bare"),
        pytest.param(Label.WITHOUT_MASK, 0.99, REVIEW, True, id="bare, with review"),
        pytest.param(Label.WITH_MASK, 0.99, REVIEW, False, id="surely masked, with review"),
        pytest.param(Label.WITH_MASK, 0.75, REVIEW, True, id="perhaps masked, with review"),
        pytest.param(Label.WITH_MASK, 0.75, {}, False, id="perhaps masked, without review"),
        pytest.param(Label.WITH_MASK, 0.75, {"review": ""}, False, id="perhaps masked, review switched off"),
        pytest.param(Label.WITH_MASK, 0.75, REVIEW | {"review_max_confidence": 0.7}, False, id="sure enough"),
    ],
)
def test_a_face_is_sent_if_it_is_bare_or_to_be_looked_at(
    servers: Servers,
    make_worker: MakeWorker,
    classifier: Classifier,
    label: Label,
    confidence: float,
    given: dict[str, object],
    is_sent: bool,
) -> None:
    feed = Feed(servers)
    feed.put(a_header(width=160, height=120), EMPTY_SCENE)
    detection = a_detection(x=80, y=60, size=40, label=label, confidence=confidence)
    make_worker(judge=_Says(classifier, detection), **given).run_once()
    (fields,) = feed.result_fields()
    assert (b"face:0" in fields) is is_sent
