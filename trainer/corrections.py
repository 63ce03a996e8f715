"""Faces of the review folder that a person has labelled, as training takes them."""

from pathlib import Path

from shared.model_registry import BACKGROUND
from shared.review import ReviewFolder
from shared.review_item import NOT_A_FACE
from trainer.data_set import Face
from trainer.settings import TrainingRefused

SOURCE = "corrections"


def corrected_faces(folder: Path) -> list[Face]:
    """The labelled faces, oldest first; what is not a face has the label "background".

    The pictures are crops with surroundings, 96 to 160 px wide, and ``box`` is the face within, so
    that no teacher has to find it. A small face was made larger for its crop.

    Raises:
        TrainingRefused: there is no such folder, or it cannot be read.
    """
    review = ReviewFolder(folder.expanduser())
    if not review.root.is_dir():
        raise TrainingRefused(f"there is no review folder {folder}")
    try:
        items = review.items()
    except OSError as error:
        raise TrainingRefused(f"the review folder {folder} cannot be read: {error.strerror}") from error
    return [
        Face(
            file=review.picture_path(item.id),
            source=SOURCE,
            label=BACKGROUND if item.label == NOT_A_FACE else item.label,
            cluster=f"{SOURCE}/{item.cluster}",
            box=(item.face.x0, item.face.y0, item.face.x1, item.face.y1),
        )
        for item in items
        if item.label is not None
    ]
