"""The steps that only need counting: what was prepared and how it was split."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from trainer.crops import Dropped
from trainer.data_set import Face
from trainer.report.record import Preparation, SplitCount, SplitReport

DUPLICATE = "duplicate"


def preparation(usable: int, dropped: Sequence[Dropped], faces_found_by: str) -> Preparation:
    """Step 1 from what was kept and what was left aside.

    A reason that begins with "duplicate" marks a copy; which picture it is a copy of is in dropped.csv.
    """
    reasons = Counter(DUPLICATE if each.reason.startswith(DUPLICATE) else each.reason for each in dropped)
    return Preparation(
        found=usable + len(dropped),
        usable=usable,
        dropped=dict(reasons.most_common()),
        duplicates=reasons[DUPLICATE],
        faces_found_by=faces_found_by,
    )


def split_report(
    parts: Mapping[str, Sequence[Face]], seed: int, clusters_given: int, clusters_computed: int
) -> SplitReport:
    """Step 3 from each part's faces."""
    return SplitReport(
        seed=seed,
        clusters={part: len({face.cluster for face in faces}) for part, faces in parts.items()},
        faces=tuple(row for part, faces in parts.items() for row in _rows(part, faces)),
        clusters_given=clusters_given,
        clusters_computed=clusters_computed,
    )


def _rows(part: str, faces: Sequence[Face]) -> list[SplitCount]:
    groups: dict[tuple[str, str], list[Face]] = defaultdict(list)
    for face in faces:
        groups[face.source, face.label].append(face)
    return [
        SplitCount(
            part=part,
            source=members[0].source,
            label=members[0].label,
            faces=len(members),
            clusters=len({face.cluster for face in members}),
        )
        for _, members in sorted(groups.items())
    ]
