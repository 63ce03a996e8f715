"""Items and pictures of a review folder."""

import cv2
import numpy as np

from shared.face_crops import face_in_crop
from shared.messages import Label
from shared.review import ReviewFolder
from shared.review_item import ReviewItem, ReviewLabel, unsure_item
from tests.builders import BEGIN, a_detection, a_result


def a_crop(side: int = 96) -> bytes:
    """A face's JPEG as workers send them."""
    picture = np.full((side, side, 3), 127, np.uint8)
    cv2.circle(picture, (side // 2, side // 2), side // 4, (90, 140, 200), -1)
    return bytes(cv2.imencode(".jpg", picture)[1].tobytes())


def an_item(sequence: int = 0, camera: str = "gate", confidence: float = 0.6) -> ReviewItem:
    """A face of a camera's frame that looked masked, not surely; five frames a second."""
    detection = a_detection(label=Label.WITH_MASK, confidence=confidence)
    result = a_result(sequence, detection).model_copy(update={"camera": camera})
    return unsure_item(result, 0, face_in_crop(detection.box, 96))


def fill(folder: ReviewFolder, *items: ReviewItem, label: ReviewLabel | None = None) -> list[str]:
    """Put items in, with a label where one is given; returns their ids."""
    for item in items:
        folder.add(item, a_crop())
        if label is not None:
            folder.label(item, label, BEGIN)
    return [item.id for item in items]
