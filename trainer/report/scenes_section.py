"""Step 7 on the page: what was found in photographs and what it was called."""

from base64 import b64encode
from collections.abc import Sequence

from trainer.report.markup import Markup, element, facts, joined, paragraph, table
from trainer.report.pictures import Sample, jpeg
from trainer.report.record import SceneLabel, SceneReport
from trainer.report.words import between, percent, words


def scenes(step: SceneReport | None, samples: Sequence[Sample]) -> Markup:
    """Figures and, in the local report, photographs with boxes."""
    if step is None:
        return paragraph("There were no annotated photographs to try it on.")
    per_photograph = step.false_faces / max(step.photographs, 1)
    pairs = [
        ("Faces found by", step.detector),
        ("Photographs", f"{step.photographs:,}"),
        ("False faces", f"{step.false_faces:,} ({per_photograph:.2f} a photograph)"),
        ("Compliance, true", percent(step.true_compliance)),
        ("Compliance, reported", percent(step.reported_compliance)),
    ]
    remark = paragraph(step.remark, class_="remark") if step.remark else None
    note = (
        f"A found face overlaps its annotation by half or more (IoU); faces under {step.min_face_px:g} pixels count"
        " neither for nor against. Compliance is the share of faces with a mask. A mask worn incorrectly is rightly"
        " labelled when it is not taken for a worn one."
    )
    rows = [_row(each) for each in step.labels]
    header = ("annotated as", "faces", "found", "found and rightly labelled")
    shown = element("div", *(_sample(each) for each in samples), class_="scenes") if samples else None
    return joined(
        (facts(pairs), remark, table("Annotated faces", header, rows), paragraph(note, class_="remark"), shown)
    )


def embedded(picture: bytes, words_for_it: str) -> Markup:
    """A JPEG within the page."""
    return element("img", src=f"data:image/jpeg;base64,{b64encode(picture).decode()}", alt=words_for_it)


def _row(each: SceneLabel) -> tuple[str, ...]:
    faces = max(each.faces, 1)
    found = percent(each.found / faces) + between(each.found_low, each.found_high)
    right = percent(each.right / faces) + between(each.right_low, each.right_high)
    return words(each.label), f"{each.faces:,}", found, right


def _sample(each: Sample) -> Markup:
    caption = element("figcaption", f"{each.file}: {each.words}")
    return element("figure", embedded(jpeg(each.pixels), each.words), caption)
