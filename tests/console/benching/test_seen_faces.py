from console.benching.seen_faces import seen
from shared.messages import Box, DropReason
from tests.builders import a_detection, a_result

LEFT, RIGHT = a_detection(x=200), a_detection(x=800)
LEFT_HALF = (Box(0, 0, 640, 720),)


def test_a_frame_that_is_scanned_whole_says_all() -> None:
    assert list(seen([a_result(0, LEFT, RIGHT), a_result(1, RIGHT)])) == [[LEFT, RIGHT], [RIGHT]]


def test_who_is_not_looked_for_is_still_there() -> None:
    partly = a_result(1).model_copy(update={"scanned": LEFT_HALF})
    unchanged = a_result(2, dropped=DropReason.UNCHANGED)
    assert list(seen([a_result(0, LEFT, RIGHT), partly, unchanged])) == [[LEFT, RIGHT], [RIGHT], [RIGHT]]


def test_a_face_found_anew_takes_the_place_of_the_one_before() -> None:
    moved = a_detection(x=210)
    partly = a_result(1, moved).model_copy(update={"scanned": LEFT_HALF})
    assert list(seen([a_result(0, LEFT, RIGHT), partly]))[-1] == [RIGHT, moved]


def test_nobody_is_remembered_for_long() -> None:
    later = [a_result(number, dropped=DropReason.UNCHANGED) for number in (10, 11)]  # 2.0 and 2.2 s later
    assert list(seen([a_result(0, LEFT), *later])) == [[LEFT], [LEFT], []]
