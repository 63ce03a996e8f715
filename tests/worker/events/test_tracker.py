from shared.messages import Detection
from tests.builders import a_detection
from worker.events.track import Track
from worker.events.tracker import Limits, follow
from worker.events.view import View

RED, BLUE = (60, 200, 180) * 4, (90, 140, 60) * 4


class _Scene:
    """Plays frames at a rate and remembers which tracks there were."""

    def __init__(self, fps: float = 5.0, lost_s: float = 2.0) -> None:
        self.tracks: list[Track] = []
        self.every: dict[str, Track] = {}
        self._fps = fps
        self._frame = 0
        self._limits = Limits(lost_s)

    def show(self, *detections: Detection) -> list[str]:
        view = View(f"1-{self._frame}", self._frame / self._fps, 1280, 720, detections)
        observed = follow(self.tracks, view, self._limits).observed
        self.every |= {track.id: track for track, _ in observed}
        self._frame += 1
        return [track.id for track, _ in observed]

    def show_nothing(self, frames: int) -> None:
        for _ in range(frames):
            self.show()


def test_a_face_that_walks_is_one_track() -> None:
    scene = _Scene()
    for step in range(20):
        scene.show(a_detection(x=100 + 40 * step))
    assert len(scene.every) == 1


def test_two_faces_that_pass_each_other_keep_their_tracks() -> None:
    scene = _Scene(fps=10)
    for step in range(40):
        scene.show(a_detection(x=100 + 25 * step, y=200), a_detection(x=1100 - 25 * step, y=230))
    assert len(scene.every) == 2
    assert scene.every["1-0-0"].vx * scene.every["1-0-1"].vx < 0


def test_a_face_hidden_for_a_second_behind_somebody_is_still_itself() -> None:
    scene = _Scene()
    for step in range(8):
        scene.show(a_detection(x=200 + 30 * step, appearance=RED))
    scene.show_nothing(5)
    for step in range(13, 20):
        scene.show(a_detection(x=200 + 30 * step, appearance=RED))
    assert len(scene.every) == 1


def test_somebody_else_in_other_clothes_at_the_same_place_is_somebody_else() -> None:
    scene = _Scene()
    for _ in range(5):
        scene.show(a_detection(x=300, appearance=RED))
    scene.show_nothing(5)
    scene.show(a_detection(x=310, appearance=BLUE))
    assert len(scene.every) == 2


def test_a_face_unseen_for_longer_than_the_limit_is_a_new_person() -> None:
    scene = _Scene(lost_s=1.0)
    scene.show(a_detection())
    scene.show_nothing(7)
    scene.show(a_detection())
    assert len(scene.every) == 2


def test_who_left_over_the_edge_is_not_the_one_who_enters_there() -> None:
    scene = _Scene()
    for step in range(10):
        scene.show(a_detection(x=1000 + 28 * step, y=200))
    scene.show_nothing(5)
    scene.show(a_detection(x=1240, y=210))
    assert len(scene.every) == 2


def test_a_weak_detection_keeps_a_track_alive_but_begins_none() -> None:
    scene = _Scene()
    scene.show(a_detection(x=300))
    scene.show(a_detection(x=310, face_confidence=0.3), a_detection(x=900, face_confidence=0.3))
    assert list(scene.every) == ["1-0-0"]
    assert scene.every["1-0-0"].observations == 2


def test_two_boxes_on_one_face_are_one_track() -> None:
    scene = _Scene()
    scene.show(a_detection(x=300, size=60), a_detection(x=303, size=80, face_confidence=0.7))
    assert len(scene.every) == 1


def test_a_sudden_jump_across_the_picture_is_somebody_else() -> None:
    scene = _Scene()
    scene.show(a_detection(x=200))
    scene.show(a_detection(x=900))
    assert len(scene.every) == 2


def test_the_order_of_detections_in_a_frame_does_not_matter() -> None:
    left, right = a_detection(x=200), a_detection(x=900, face_confidence=0.8)
    one, other = _Scene(), _Scene()
    for _ in range(3):
        one.show(left, right)
        other.show(right, left)
    assert {t.id: t.x for t in one.every.values()} == {t.id: t.x for t in other.every.values()}


def test_who_walks_on_behind_somebody_for_two_seconds_is_still_himself() -> None:
    scene = _Scene(fps=10, lost_s=3.0)
    for step in range(20):
        scene.show(a_detection(x=200 + 12 * step, appearance=RED))
    scene.show_nothing(20)
    for step in range(40, 50):
        scene.show(a_detection(x=200 + 12 * step, appearance=RED))
    assert len(scene.every) == 1


def test_who_stopped_behind_somebody_is_still_himself() -> None:
    scene = _Scene(fps=10, lost_s=3.0)
    for step in range(20):
        scene.show(a_detection(x=200 + 12 * step, appearance=RED))
    scene.show_nothing(20)
    for _ in range(10):
        scene.show(a_detection(x=480, appearance=RED))
    assert len(scene.every) == 1


def test_the_clothing_of_somebody_who_stands_before_a_face_is_not_learnt_as_its_own() -> None:
    scene = _Scene()
    for _ in range(5):
        scene.show(a_detection(y=200, size=40, appearance=RED))
    for _ in range(10):
        scene.show(a_detection(y=200, size=40, appearance=BLUE), a_detection(y=290, size=80, appearance=BLUE))
    assert scene.every["1-0-0"].appearance == list(RED)


def test_who_comes_out_from_behind_somebody_is_recognised_once_his_clothing_is_seen() -> None:
    scene = _Scene(fps=10, lost_s=3.0)
    for _ in range(10):
        scene.show(a_detection(x=300, appearance=RED))
    scene.show_nothing(15)
    for _ in range(3):
        scene.show(a_detection(x=520))
    for _ in range(5):
        scene.show(a_detection(x=520, appearance=RED))
    assert [track.id for track in scene.tracks] == ["1-0-0"]


def test_two_who_were_seen_at_once_are_two_though_they_wear_the_same() -> None:
    scene = _Scene(fps=10, lost_s=3.0)
    for _ in range(10):
        scene.show(a_detection(x=300, appearance=RED), a_detection(x=420, appearance=RED))
    for _ in range(10):
        scene.show(a_detection(x=420, appearance=RED))
    assert len(scene.tracks) == 2


def test_a_detection_that_is_not_surely_a_face_begins_no_track() -> None:
    scene = _Scene()
    for _ in range(10):
        scene.show(a_detection(x=900, face_confidence=0.69))
    assert not scene.every


def test_a_face_of_another_size_beside_a_hidden_one_is_somebody_else() -> None:
    scene = _Scene(fps=10)
    for _ in range(10):
        scene.show(a_detection(x=300, size=80))
    scene.show_nothing(2)
    scene.show(a_detection(x=370, size=50))
    assert len(scene.every) == 2
