import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.detector_manifest import DetectorRegistry
from shared.settings import WorkerSettings
from tests.worker.drawn import centre_is_in
from worker.detectors import DetectorUnavailable, Picture, make_detector
from worker.detectors.maskwatch import SHIPPED_MODELS, MaskwatchDetector

PORTRAIT = Path(__file__).parents[3] / "producer" / "sources" / "demo" / "portrait.jpg"
FACE_CENTRE = (160, 120)  # of the portrait, in its pixels


def test_the_shipped_version_has_its_checksums_and_stays_small() -> None:
    registry = DetectorRegistry(SHIPPED_MODELS)
    manifest = registry.verified(registry.current())
    model = registry.path(manifest.version) / manifest.model_file
    assert model.stat().st_size < 4_000_000
    assert (model.parent / "MODEL_CARD.md").is_file()


@pytest.mark.parametrize("face_px", [24, 40, 80, 200])
def test_a_face_is_found_near_and_far(face_px: int) -> None:
    room, x, y = _a_room_with_the_portrait(face_px)
    faces = MaskwatchDetector(None, 24, 0.6).detect(room)
    assert len(faces) == 1
    assert centre_is_in(faces[0].box, x, y)
    assert 0.5 * face_px < faces[0].box.width < 1.6 * face_px


def test_a_large_picture_is_scanned_smaller_and_boxes_are_in_its_own_pixels() -> None:
    room, x, y = _a_room_with_the_portrait(80)
    large = np.asarray(cv2.resize(room, None, fx=3, fy=3), np.uint8)
    faces = MaskwatchDetector(None, 48, 0.6).detect(large)
    assert centre_is_in(faces[0].box, 3 * x, 3 * y)


def test_drawn_rooms_without_people_have_no_clear_faces() -> None:
    detector = MaskwatchDetector(None, 24, 0.6)
    assert sum(len(detector.detect(_a_drawn_room(seed))) for seed in range(12)) == 0


def test_faces_smaller_than_asked_for_are_left_out() -> None:
    room, _, _ = _a_room_with_the_portrait(30)
    assert MaskwatchDetector(None, 60, 0.6).detect(room) == []


def test_small_pictures_are_enlarged_and_large_faces_in_them_are_still_found() -> None:
    portrait = np.asarray(cv2.imread(str(PORTRAIT), cv2.IMREAD_COLOR), np.uint8)
    small = np.asarray(cv2.resize(portrait, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)
    faces = MaskwatchDetector(None, 16, 0.6).detect(small)
    assert centre_is_in(faces[0].box, FACE_CENTRE[0] / 4, FACE_CENTRE[1] / 4)
    x, y = FACE_CENTRE
    close_up = np.ascontiguousarray(portrait[y - 70 : y + 80, x - 60 : x + 60])
    assert centre_is_in(MaskwatchDetector(None, 24, 0.6).detect(close_up)[0].box, 60, 70)


def test_a_patch_is_looked_at_as_closely_as_its_picture() -> None:
    room, x, y = _a_room_with_the_portrait(60)
    detector = MaskwatchDetector(None, 24, 0.5)
    whole = detector.detect(room, (640, 480))[0]
    patch = detector.detect(np.ascontiguousarray(room[:256, :256]), (640, 480))[0]
    assert centre_is_in(patch.box, x, y)
    assert patch.box.width == pytest.approx(whole.box.width, rel=0.1)


def test_threads_share_a_detector_though_pictures_differ_in_size() -> None:
    detector = MaskwatchDetector(None, 24, 0.6)
    rooms = [_a_room_with_the_portrait(60)[0][:, : 420 + 20 * i] for i in range(8)]
    alone = [detector.detect(room) for room in rooms]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(detector.detect, rooms)) == alone


def test_the_setting_names_it_and_a_registry_of_classifiers_alone_leaves_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "mask").mkdir()
    detector = make_detector(WorkerSettings(detector="maskwatch", registry=str(tmp_path)))
    assert isinstance(detector, MaskwatchDetector)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED_MODELS / "face", tmp_path / "face")
    version = json.loads((tmp_path / "face" / "current.json").read_text())["version"]
    (tmp_path / "face" / str(version) / "model.tflite").write_bytes(b"no network")
    with pytest.raises(DetectorUnavailable, match="corrupt"):
        MaskwatchDetector(tmp_path, 24, 0.6)


def _a_room_with_the_portrait(face_px: int) -> tuple[Picture, float, float]:
    """A drawn room, the portrait on its wall, and where the face's centre is; its face is 90 px wide."""
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_COLOR)
    assert portrait is not None
    zoom = face_px / 90
    method = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    shown = cv2.resize(portrait, None, fx=zoom, fy=zoom, interpolation=method)
    room = _a_drawn_room(1, height=max(480, shown.shape[0] + 40), width=max(640, shown.shape[1] + 40))
    room[20 : 20 + shown.shape[0], 20 : 20 + shown.shape[1]] = shown
    return room, 20 + FACE_CENTRE[0] * zoom, 20 + FACE_CENTRE[1] * zoom


def _a_drawn_room(seed: int, height: int = 480, width: int = 640) -> Picture:
    """Wall, floor, frames, lamps and writing, with a little noise."""
    rng = np.random.default_rng(seed)
    room = np.full((height, width, 3), rng.integers(60, 220, 3), np.uint8)
    room[height * 2 // 3 :] = rng.integers(30, 160, 3)
    for _ in range(14):
        x, y, w, h = (int(value) for value in rng.integers((0, 0, 15, 15), (width, height, 160, 160)))
        colour = tuple(float(value) for value in rng.integers(0, 256, 3))
        if rng.random() < 0.6:
            cv2.rectangle(room, (x, y), (x + w, y + h), colour, int(rng.choice((-1, 3))))
        else:
            cv2.ellipse(room, (x, y), (w // 2, h // 2), 0, 0, 360, colour, int(rng.choice((-1, 3))))
    cv2.putText(room, "EXIT 24", (width // 3, height // 4), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (20, 20, 200), 3)
    noisy = room.astype(np.float32) + rng.normal(0, 4, room.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
