"""Clusters stay whole and every source and label is in every part."""

from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.messages import Label
from trainer.data_set import Face
from trainer.split import Split, split_by_cluster


@dataclass(frozen=True)
class Item:
    face: Face


def an_item(number: int, cluster: int, source: str = "gate", label: Label = Label.WITH_MASK) -> Item:
    return Item(Face(Path(f"{number}.jpg"), source, label, str(cluster)))


labels = st.sampled_from(Label)
items = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["gate", "hall"]), labels), max_size=120).map(
    lambda rows: [an_item(number, *row) for number, row in enumerate(rows)]
)


def parts(split: Split[Item]) -> tuple[list[Item], list[Item], list[Item]]:
    return split.train, split.validation, split.test


@given(items, st.integers(0, 99))
def test_no_cluster_is_in_two_parts_and_no_face_is_lost(items: list[Item], seed: int) -> None:
    found = parts(split_by_cluster(items, seed))
    assert sorted(item.face.file for part in found for item in part) == sorted(item.face.file for item in items)
    clusters = [{item.face.cluster for item in part} for part in found]
    assert sum(map(len, clusters)) == len(set.union(*clusters))


def test_each_source_and_label_gives_its_share_to_each_part() -> None:
    strata = [(source, label) for source in ("gate", "hall") for label in Label]
    items = [an_item(n, n, *stratum) for n, stratum in enumerate(strata * 100)]
    for part, share in zip(parts(split_by_cluster(items, 1)), (70, 15, 15), strict=True):
        for stratum in strata:
            assert sum((item.face.source, item.face.label) == stratum for item in part) == share


def test_pictures_that_come_later_leave_most_of_the_old_test_part_in_place() -> None:
    before = {item.face.file for item in split_by_cluster([an_item(n, n) for n in range(200)], 1).test}
    after = {item.face.file for item in split_by_cluster([an_item(n, n) for n in range(220)], 1).test}
    assert len(before & after) >= 25


def test_without_a_test_share_nothing_is_tested() -> None:
    split = split_by_cluster([an_item(n, n) for n in range(40)], 1, test_share=0)
    assert (len(split.train), len(split.validation), len(split.test)) == (34, 6, 0)
