import time
from pathlib import Path

import numpy as np

from shared.messages import Detection
from shared.model_registry import ModelRegistry
from tests.worker.drawn import a_scene, centre_is_in
from tests.worker.test_classifier import change_manifest
from worker.classifier import load_classifier
from worker.pipeline import Pipeline


def test_each_picture_gets_its_own_faces_whatever_its_size(pipeline: Pipeline) -> None:
    pictures = [a_scene((200, 200, 120)), a_scene(), a_scene((100, 120, 100), width=320, height=240)]
    judged = pipeline.judge(pictures)
    assert [len(each.detections) for each in judged] == [1, 0, 1]
    assert centre_is_in(judged[0].detections[0].box, 200, 200)
    assert centre_is_in(judged[2].detections[0].box, 100, 120)


def test_a_batch_judges_as_each_picture_alone(pipeline: Pipeline) -> None:
    pictures = [a_scene((200, 200, 120), (450, 220, 160)), a_scene((300, 240, 200))]
    together = [each.detections for each in pipeline.judge(pictures)]
    alone = [pipeline.judge([picture])[0].detections for picture in pictures]
    assert [list(map(without_confidence, each)) for each in together] == [
        list(map(without_confidence, each)) for each in alone
    ]


def without_confidence(detection: Detection) -> Detection:
    """Sums of floats differ in their last digits with the batch."""
    return detection.model_copy(update={"confidence": 1.0})


def test_a_detection_is_complete(pipeline: Pipeline) -> None:
    (detection,) = pipeline.judge([a_scene((200, 150, 100))])[0].detections
    assert all(round(value, 1) == value for value in detection.box)
    assert 0.5 <= detection.confidence <= 1
    assert 0.6 <= detection.face_confidence <= 1
    assert detection.sharpness is not None
    assert detection.sharpness > 0
    assert len(detection.appearance) == 12


def test_no_pictures_give_no_answers(pipeline: Pipeline) -> None:
    assert pipeline.judge([]) == []


def test_tiny_pictures_hold_no_faces(pipeline: Pipeline) -> None:
    sizes = [(1, 1), (5, 300), (19, 19)]
    judged = pipeline.judge([np.zeros((height, width, 3), np.uint8) for height, width in sizes])
    assert [each.detections for each in judged] == [(), (), ()]


def test_the_seconds_of_each_stage_are_told(pipeline: Pipeline) -> None:
    seconds = pipeline.judge([a_scene((200, 200, 120))])[0].stage_seconds
    assert set(seconds) == {"detect", "crop", "classify"}
    assert all(value > 0 for value in seconds.values())


def test_what_the_classifier_calls_background_is_no_detection_and_is_counted(
    pipeline: Pipeline, registry_root: Path
) -> None:
    scene = a_scene((200, 200, 120))
    (face,) = pipeline.judge([scene])[0].detections
    labels = ["background" if label == face.label else label for label in pipeline.classifier.manifest.labels]
    change_manifest(registry_root, labels=labels)
    refusing = Pipeline(pipeline.detector, load_classifier(ModelRegistry(registry_root)), time.monotonic)
    judged = refusing.judge([scene])[0]
    refusing.close()
    assert (judged.detections, judged.faces_refused) == ((), 1)
    assert pipeline.judge([scene])[0].faces_refused == 0
