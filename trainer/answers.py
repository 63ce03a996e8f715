"""Which of a network's answers is right for a label."""

from shared.messages import Label
from shared.model_registry import Answer
from trainer.settings import IncorrectMasks


def answer_for(label: Answer, classes: tuple[Answer, ...], incorrect_masks: IncorrectMasks) -> int | None:
    """The number of the class that a face of ``label`` teaches; ``None`` where it teaches nothing.

    Without a class of their own, masks worn incorrectly count as none or are left out, and
    background is left out.
    """
    if label in classes:
        return classes.index(label)
    if label == Label.INCORRECT_MASK and incorrect_masks == "without_mask":
        return classes.index(Label.WITHOUT_MASK)
    return None
