"""Each stage's case on small pictures: both calls can be made, and the bare one does the same work."""

import numpy as np
import pytest

from shared.connections import Servers
from shared.settings import EventsSettings, WorkerSettings
from tests.worker.drawn import a_scene
from worker.benching import faces, judge, pictures, streams
from worker.benching.bare_detection import bare_haar, bare_maskwatch
from worker.benching.cases import Case
from worker.benching.runtimes import RUNTIMES
from worker.benching.scenes import Scene, scene_of
from worker.classifier import SHIPPED_MODELS, Classifier
from worker.detectors import Part, make_detector
from worker.pipeline import Pipeline

SETTINGS = WorkerSettings(worker_threads=1)


@pytest.fixture(scope="module")
def scene(pipeline: Pipeline) -> Scene:
    return scene_of([a_scene((160, 120, 90), width=320, height=240)] * 2, pipeline, faces=3)


def _call(case: Case) -> tuple[object, object]:
    """What either call gives."""
    answers = []
    for call in (case.ours, case.bare):
        if case.prepare is not None:
            case.prepare()
        answers.append(call(1) if call is not None else None)
    return answers[0], answers[1]


def test_a_scene_knows_its_faces(scene: Scene) -> None:
    assert scene.size == (320, 240)
    assert scene.faces == 3
    assert {number for number, _ in scene.boxes} == {0, 1}


def test_the_bare_decoder_and_cutter_give_the_same_pictures(scene: Scene, classifier: Classifier) -> None:
    for case in (next(pictures.decoding(scene, SETTINGS)), *faces.cropping(scene, classifier)):
        ours, bare = _call(case)
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(bare))


def test_all_looks_at_a_face_can_be_taken(scene: Scene) -> None:
    for case in faces.measuring(scene):
        assert None not in _call(case)


@pytest.mark.parametrize("runtime", RUNTIMES, ids=lambda runtime: str(runtime.name))
def test_the_bare_network_gives_the_same_probabilities(scene: Scene, classifier: Classifier, runtime: object) -> None:
    (chosen,) = (each for each in RUNTIMES if each is runtime)
    crops = [classifier.crop(scene.pictures[number], box) for number, box in scene.boxes]
    batch = faces.prepared(classifier, crops)
    model = SHIPPED_MODELS / "mask" / str(classifier.version) / classifier.manifest.model_file
    bare = chosen.make(model, batch.shape)(batch)
    np.testing.assert_allclose(np.asarray(bare)[0], classifier.probabilities(crops), atol=0.05)


def test_a_bare_detector_finds_what_ours_finds_among_more(scene: Scene) -> None:
    settings = SETTINGS.model_copy(update={"detector": "haar", "min_face_px": 200})  # large ones are found soon
    case = next(pictures.detecting(scene, make_detector(settings), bare_haar(settings), "haar", "any", is_chosen=True))
    assert case.a_frame == 1
    ours, bare = _call(case)
    assert isinstance(ours, list)
    assert isinstance(bare, list)
    assert len(bare[0][0]) > len(ours[0]) > 0


def test_our_networks_bare_call_is_given_what_the_detector_gives_it(scene: Scene) -> None:
    runtime = RUNTIMES[-1]  # that which is ready soonest
    settings = runtime.chosen_in(SETTINGS.model_copy(update={"detector": "maskwatch"}))
    bare = bare_maskwatch(settings, make_detector(settings), runtime)
    part = Part(scene.pictures[0], scene.size)
    answers = bare([part, part])()
    assert isinstance(answers, list)
    assert answers
    assert all(len(each) > 1 for each in answers)  # a map for each stride


def test_frames_are_read_and_ended_again_and_again(scene: Scene, servers: Servers) -> None:
    for case in (*streams.reading(scene, servers.frames), *streams.publishing_results(scene, servers.frames)):
        for _ in range(2):
            ours, bare = _call(case)
            assert ours is None or len(list(ours)) == streams.USUAL_BATCH  # type: ignore[call-overload]
            assert bare


def test_results_are_judged_again_and_again(scene: Scene, servers: Servers) -> None:
    for case in judge.judging(scene, servers.state, EventsSettings()):
        for _ in range(2):
            ours, bare = _call(case)
            assert isinstance(ours, list)
            assert len(ours) == case.items
            assert bare
