import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from shared.connections import Servers
from shared.messages import Box, FrameOutcome, Label
from shared.metric_names import PIXELS, PIXELS_SCANNED
from shared.streams import REASON
from tests.builders import a_detection, a_result
from tests.worker.conftest import MakeWorker
from tests.worker.detecting import OneByOne
from tests.worker.drawn import a_header, a_jpeg, a_scene, centre_is_in
from tests.worker.feed import EMPTY_SCENE, Feed
from worker.detectors import Detector, FaceBox, Patch, Picture, Size
from worker.detectors.haar import HaarDetector
from worker.detectors.maskwatch import MaskwatchDetector
from worker.detectors.yunet import YuNetDetector
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict
from worker.matching import iou
from worker.offline import read_picture
from worker.pipeline import Pipeline, Shown
from worker.regions import ALIGNED_PX, LEAST_SIDE_PX, MOST_SHARE, patches_of, scan

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PHOTOGRAPHS = DATA / "boxes" / "train"
YUNET = DATA / "weights" / "face_detection_yunet_2023mar.onnx"


def _faces_in(detector: Detector, picture: Picture, patches: Sequence[Patch]) -> list[FaceBox]:
    (faces,) = scan(detector, [picture], [patches], map)
    return faces


places = st.floats(-200, 5000)
sides = st.floats(0.1, 900)
regions_somewhere = st.lists(
    st.builds(lambda x, y, width, height: Box(x, y, x + width, y + height), places, places, sides, sides), max_size=32
)
lengths = st.integers(1, 4500)
smallest_faces = st.integers(8, 200)


@settings(deadline=None)
@given(regions_somewhere, lengths, lengths, smallest_faces)
def test_what_moved_lies_within_one_patch(regions: list[Box], width: int, height: int, min_face_px: int) -> None:
    patches = patches_of(regions, width, height, min_face_px)
    for x0, y0, x1, y1 in (_inside(region, width, height) for region in regions):
        is_in_picture = x0 < x1 and y0 < y1
        assert not is_in_picture or any(
            patch.x0 <= x0 and patch.y0 <= y0 and x1 <= patch.x1 and y1 <= patch.y1 for patch in patches
        )


@settings(deadline=None)
@given(regions_somewhere, lengths, lengths, smallest_faces)
def test_patches_lie_in_the_picture_and_have_usual_sides(
    regions: list[Box], width: int, height: int, min_face_px: int
) -> None:
    for patch in patches_of(regions, width, height, min_face_px):
        assert 0 <= patch.x0 < patch.x1 <= width
        assert 0 <= patch.y0 < patch.y1 <= height
        for side, end in ((patch.x1 - patch.x0, width), (patch.y1 - patch.y0, height)):
            assert side == end or (side >= LEAST_SIDE_PX and side % ALIGNED_PX == 0)


@settings(deadline=None)
@given(regions_somewhere, lengths, lengths, smallest_faces)
def test_patches_never_hold_more_pixels_than_their_share(
    regions: list[Box], width: int, height: int, min_face_px: int
) -> None:
    patches = patches_of(regions, width, height, min_face_px)
    scanned = sum(patch.pixels for patch in patches)
    assert patches == (Patch(0, 0, width, height),) or scanned <= MOST_SHARE * width * height


def _inside(region: Box, width: int, height: int) -> Box:
    return Box(max(region.x0, 0), max(region.y0, 0), min(region.x1, width), min(region.y1, height))


@pytest.mark.parametrize(
    ("regions", "patches"),
    [
        pytest.param(None, [Patch(0, 0, 1280, 720)], id="nobody looked: all of it"),
        pytest.param([], [], id="nothing moved: nothing"),
        pytest.param([Box(-50, -50, -10, -10)], [], id="outside of the picture: nothing"),
        pytest.param([Box(600, 300, 640, 340)], [Patch(556, 256, 684, 384)], id="a hand: a small patch around it"),
        pytest.param([Box(-9, 700, 20, 900)], [Patch(0, 656, 64, 720)], id="in a corner: it ends with the picture"),
        pytest.param([Box(0, 0, 1280, 500)], [Patch(0, 0, 1280, 720)], id="much of it: all of it"),
        pytest.param(
            [Box(100, 100, 140, 140), Box(900, 500, 940, 540)],
            [Patch(56, 56, 184, 184), Patch(856, 456, 984, 584)],
            id="two far apart: one for each",
        ),
        pytest.param(
            [Box(100, 100, 140, 140), Box(170, 100, 210, 140)], [Patch(51, 56, 259, 184)], id="two parts of a face: one"
        ),
    ],
)  # fmt: skip
def test_what_is_scanned_follows_from_what_moved(regions: list[Box] | None, patches: list[Patch]) -> None:
    assert list(patches_of(regions, 1280, 720, min_face_px=24)) == patches


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: HaarDetector(24, 0.6), id="haar"),
        pytest.param(lambda: MaskwatchDetector(None, 24, 0.6), id="maskwatch"),
        pytest.param(
            lambda: YuNetDetector(YUNET, 24, 0.6),
            id="yunet",
            marks=pytest.mark.skipif(not YUNET.is_file(), reason="the YuNet weights are not part of the project"),
        ),
    ],
)
def test_a_face_has_the_same_place_in_a_patch_as_in_the_picture(make: Callable[[], Detector]) -> None:
    scene = a_scene((300, 250, 90), (1000, 420, 120), width=1280, height=720)
    detector = make()
    whole = _faces_in(detector, scene, patches_of(None, 1280, 720, 24))
    patches = patches_of([Box(280, 200, 330, 300), Box(950, 380, 1060, 500)], 1280, 720, 24)
    found = _faces_in(detector, scene, patches)
    assert len(patches) == len(found) == len(whole) == 2
    assert [face.face_confidence for face in found] == sorted((face.face_confidence for face in found), reverse=True)
    for face in found:
        assert max(iou(face.box, other.box) for other in whole) > 0.7


@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="the annotated photographs are not part of the project")
def test_clear_faces_of_photographs_that_move_are_found_as_in_whole_pictures() -> None:
    detector = MaskwatchDetector(None, 24, 0.5)
    found = []
    for record in json.loads((PHOTOGRAPHS / "boxes.json").read_text())[::14]:
        picture = read_picture(PHOTOGRAPHS / record["image"])
        height, width = picture.shape[:2]
        for face in (each for each in detector.detect(picture) if each.face_confidence > 0.8 and each.box.width > 30):
            patches = patches_of([face.box], width, height, 24)
            found.append(any(iou(face.box, each.box) > 0.5 for each in _faces_in(detector, picture, patches)))
    assert len(found) > 20
    assert sum(found) >= 0.95 * len(found)


class _FindsWhite(OneByOne):
    """Takes white rectangles for faces, so that a test can say exactly where they are."""

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        _, _, places, _ = cv2.connectedComponentsWithStats((picture[..., 0] == 255).astype(np.uint8))
        return [FaceBox(Box(*map(float, (x, y, x + w, y + h))), 0.9) for x, y, w, h, _ in places[1:]]


def _white_on_black(x0: int, y0: int, x1: int, y1: int) -> Picture:
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[y0:y1, x0:x1] = 255
    return picture


@pytest.mark.parametrize(
    ("face", "is_found"),
    [
        pytest.param((100, 100, 140, 140), True, id="in the middle of the patch"),
        pytest.param((236, 100, 276, 140), False, id="cut by the patch's right edge"),
        pytest.param((100, 236, 140, 276), False, id="cut by its lower edge"),
        pytest.param((0, 100, 40, 140), True, id="at an edge of the picture"),
        pytest.param((300, 100, 340, 140), False, id="outside of the patch"),
    ],
)
def test_a_face_that_its_patch_cuts_is_left_out(face: tuple[int, int, int, int], is_found: bool) -> None:
    found = _faces_in(_FindsWhite(), _white_on_black(*face), [Patch(0, 0, 256, 256)])
    assert [each.box for each in found] == ([Box(*face)] if is_found else [])


def test_a_face_in_two_patches_is_found_once() -> None:
    overlapping = [Patch(0, 0, 256, 256), Patch(128, 128, 384, 384)]
    assert len(_faces_in(_FindsWhite(), _white_on_black(150, 150, 190, 190), overlapping)) == 1


def test_each_picture_of_a_batch_is_scanned_in_its_own_regions(pipeline: Pipeline) -> None:
    scene = a_scene((150, 200, 90), (480, 220, 90))
    around_the_left = [Box(110, 160, 190, 240)]
    everywhere, left, nowhere = pipeline.judge_shown(
        [Shown(scene, (640, 480), regions) for regions in (None, around_the_left, [])]
    )
    assert len(everywhere.detections) == 2
    assert [centre_is_in(each.box, 150, 200) for each in left.detections] == [True]
    assert (nowhere.detections, nowhere.patches, nowhere.faces_refused) == ((), (), 0)
    assert sum(patch.pixels for patch in left.patches) < sum(patch.pixels for patch in everywhere.patches) == 640 * 480


def test_a_worker_reports_who_moved_and_not_who_stood_still(
    servers: Servers, make_worker: MakeWorker, metrics_registry: CollectorRegistry
) -> None:
    feed, scene = Feed(servers), a_jpeg(a_scene((150, 200, 90), (480, 220, 90)))
    around_the_left, beyond = (Box(110, 160, 190, 240),), (Box(-90, -90, -1, -1),)
    for sequence, regions in enumerate([None, around_the_left, (), beyond]):
        feed.put(a_header(sequence).model_copy(update={"regions": regions}), scene)
    make_worker().run_once()
    results = sorted(feed.results(), key=lambda each: each.sequence)
    assert [len(each.detections) for each in results] == [2, 1, 0, 0]
    assert {each.outcome for each in results} == {FrameOutcome.PROCESSED}
    assert centre_is_in(results[1].detections[0].box, 150, 200)
    pixels, scanned = (
        metrics_registry.get_sample_value(name) for name in (f"{PIXELS}_total", f"{PIXELS_SCANNED}_total")
    )
    assert pixels == 4 * 640 * 480
    assert scanned == 640 * 480 + 176 * 176


def test_a_header_with_a_region_that_is_none_is_a_dead_letter(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    header = a_header(width=160, height=120).model_dump_json()
    feed.put(header.replace('"regions":null', '"regions":[[9,9,3,3]]').encode(), EMPTY_SCENE)
    make_worker().run_once()
    assert [letter[REASON] for letter in feed.dead_letters()] == [b"header"]


def _tracks_after(seconds: float, keyframe_interval_s: float, lost_s: float) -> set[str]:
    """The tracks of somebody who stands still where only keyframes are scanned, at 5 frames a second."""
    judge, seen = Judge("gate", Rules(Limits(lost_s))), set()
    between = round(5 * keyframe_interval_s)
    for sequence in range(round(5 * seconds)):
        faces = [] if sequence % between else [a_detection(label=Label.WITH_MASK)]
        judge.take(Arrival("1-0", a_result(sequence, *faces), {}), Verdict())
        seen |= {track.id for track in judge.state.tracks}
    return seen


@pytest.mark.parametrize("keyframe_interval_s", [1, 2])
def test_who_stands_still_between_keyframes_stays_one_track(keyframe_interval_s: float) -> None:
    assert len(_tracks_after(20, keyframe_interval_s, lost_s=3)) == 1


def test_keyframes_rarer_than_a_track_is_kept_make_a_new_one_each() -> None:
    assert len(_tracks_after(20, keyframe_interval_s=4, lost_s=3)) == 5
