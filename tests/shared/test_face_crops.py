import pytest

from shared.face_crops import face_in_crop, square_around
from shared.messages import Box


def test_the_square_is_the_longer_side_with_its_margins() -> None:
    assert square_around(Box(100, 100, 140, 150), margin=0.2) == (85, 90, 70)


@pytest.mark.parametrize(
    ("box", "side", "face"),
    [
        (Box(100, 100, 200, 200), 160, Box(30, 30, 130, 130)),  # cut as it is
        (Box(100, 100, 130, 130), 96, Box(18, 18, 78, 78)),  # made larger
        (Box(100, 100, 500, 500), 160, Box(30, 30, 130, 130)),  # made smaller
        (Box(100, 100, 180, 200), 160, Box(40, 30, 120, 130)),  # narrower than high
        (Box(-20, -20, 80, 80), 160, Box(30, 30, 130, 130)),  # partly outside the frame
    ],
)
def test_a_face_is_in_the_middle_of_its_crop(box: Box, side: int, face: Box) -> None:
    assert face_in_crop(box, side) == face
