from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.settings import WorkerSettings
from tests.worker.drawn import a_scene, centre_is_in
from worker.detectors import DetectorUnavailable, make_detector
from worker.detectors.yunet import YuNetDetector

WEIGHTS = Path(__file__).parents[3].parent / "shared" / "data" / "weights" / "face_detection_yunet_2023mar.onnx"
needs_weights = pytest.mark.skipif(not WEIGHTS.is_file(), reason="the YuNet weights are not part of the project")


@pytest.mark.parametrize("content", [None, b"", b"not a network"])
def test_missing_or_wrong_weights_say_which_setting_to_correct(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "yunet.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DetectorUnavailable, match="MASKWATCH_YUNET_WEIGHTS"):
        make_detector(WorkerSettings(detector="yunet", yunet_weights=path))


def test_without_weights_the_setting_is_named() -> None:
    with pytest.raises(DetectorUnavailable, match="set MASKWATCH_YUNET_WEIGHTS"):
        make_detector(WorkerSettings(detector="yunet"))


@needs_weights
@pytest.mark.parametrize(("width", "height"), [(640, 480), (1280, 720)])
def test_drawn_faces_are_found_in_small_and_large_pictures(width: int, height: int) -> None:
    faces = YuNetDetector(WEIGHTS, 24, 0.5).detect(a_scene((200, 200, 120), width=width, height=height))
    assert len(faces) == 1
    assert centre_is_in(faces[0].box, 200, 200)
    assert 0.5 <= faces[0].face_confidence <= 1


@needs_weights
def test_threads_share_a_detector_though_pictures_differ_in_size() -> None:
    yunet = YuNetDetector(WEIGHTS, 24, 0.5)
    scenes = [a_scene((150, 200, 120), width=320 + 64 * i, height=400) for i in range(8)]
    alone = [yunet.detect(scene) for scene in scenes]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(yunet.detect, scenes)) == alone
