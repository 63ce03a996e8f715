"""Clusters stay whole and every source and label is in every part."""

from dataclasses import dataclass, replace
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


def test_pictures_that_come_later_leave_every_old_one_in_its_part() -> None:
    before = parts(split_by_cluster([an_item(n, n) for n in range(300)], 1))
    after = parts(split_by_cluster([an_item(n, n) for n in range(900)], 1))
    for old, new in zip(before, after, strict=True):
        assert {item.face.file for item in old} <= {item.face.file for item in new}


def test_many_clusters_give_each_part_about_its_share() -> None:
    train, validation, test = parts(split_by_cluster([an_item(n, n) for n in range(2_000)], 1))
    assert (round(len(train), -2), round(len(validation), -2), round(len(test), -2)) == (1_400, 300, 300)


def test_an_untested_source_gives_nothing_to_the_test_part() -> None:
    items = [an_item(n, n, source) for source in ("gate", "hall") for n in range(40)]
    items = [Item(replace(item.face, cluster=f"{item.face.source} {item.face.cluster}")) for item in items]
    split = split_by_cluster(items, 1, untested=frozenset({"hall"}))
    assert (len(split.train), len(split.validation), len(split.test)) == (28 + 34, 6 + 6, 6)
    assert {item.face.source for item in split.test} == {"gate"}
