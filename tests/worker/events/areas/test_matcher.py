from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from shared.areas import AreaMember
from shared.messages import ViolationState
from shared.violation_log import Logged
from tests.worker.events.areas.spells import NOON, Spell, a_violation, as_log, counted, taken
from worker.events.areas.matcher import MAX_MEMBERS, Matcher

LATE_S = st.floats(0, 60)


def spells_of(*cameras: str, most: int = 12) -> st.SearchStrategy[list[Spell]]:
    """Spells of which those of one camera may overlap: several people at once."""
    begin = st.integers(0, 120)
    length = st.integers(0, 60)
    spell = st.builds(lambda camera, at, n: Spell(camera, at, at + n), st.sampled_from(cameras), begin, length)
    return st.lists(spell, max_size=most)


def fewest(spells: Sequence[Spell]) -> int:
    """As few people as can have left the spells of two cameras: a maximum matching, by scipy."""
    gate = [each for each in spells if each.camera == "gate"]
    yard = [each for each in spells if each.camera == "yard"]
    if not gate or not yard:
        return len(spells)
    graph = csr_array(np.array([[one.overlaps(other) for other in yard] for one in gate], dtype=np.uint8))
    return len(spells) - int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


@settings(max_examples=150, deadline=None)
@given(spells=spells_of("gate", "yard", "hall"))
def test_the_count_lies_between_the_largest_camera_s_and_the_sum(spells: list[Spell]) -> None:
    per_camera = Counter(each.camera for each in spells)
    assert max(per_camera.values(), default=0) <= counted(spells) <= len(spells)


@settings(max_examples=150, deadline=None)
@given(spells=spells_of("gate", "yard"), data=st.data())
def test_of_two_cameras_the_count_is_the_fewest_possible_however_late_and_in_which_order_spells_come(
    spells: list[Spell], data: st.DataObject
) -> None:
    late_s = data.draw(st.lists(LATE_S, min_size=len(spells), max_size=len(spells)))
    assert counted(spells, late_s) == fewest(spells)


@settings(max_examples=100, deadline=None)
@given(spells=spells_of("gate", "yard", "hall"), data=st.data())
def test_what_is_counted_does_not_depend_on_how_the_log_is_cut_nor_on_who_reads_on(
    spells: list[Spell], data: st.DataObject
) -> None:
    log = as_log(spells)
    whole = taken(log)[2]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=5)))
    members: dict[str, AreaMember] = {}
    counts, by_quarter = Counter[str](), Counter[str]()
    for begin, end in zip([0, *cuts], [*cuts, len(log)], strict=True):
        # Each portion by another owner, who knows what was written.
        change = Matcher(dict(members), counts["violations"], 5.0).take(log[begin:end])
        members = {each: member for each, member in members.items() if each not in change.forgotten} | change.members
        counts += change.counts
        by_quarter += sum(change.by_quarter.values(), Counter[str]())
    assert members == whole.members
    assert counts == whole.counts
    assert by_quarter == counts


@settings(max_examples=100, deadline=None)
@given(spells=spells_of("gate"))
def test_a_camera_alone_counts_as_it_does_without_an_area(spells: list[Spell]) -> None:
    assert counted(spells) == len(spells)


@settings(max_examples=100, deadline=None)
@given(spells=spells_of("gate", "yard", "hall"))
def test_cameras_that_never_see_anybody_at_the_same_time_sum_up(spells: list[Spell]) -> None:
    apart = {"gate": 0, "yard": 1_000, "hall": 2_000}
    moved = [Spell(each.camera, each.first_s + apart[each.camera], each.last_s + apart[each.camera]) for each in spells]
    assert counted(moved) == len(spells)


@settings(max_examples=100, deadline=None)
@given(people=st.lists(st.tuples(st.integers(0, 300), st.integers(10, 60)), max_size=8), skew_s=st.floats(-4.9, 4.9))
def test_people_whom_both_cameras_see_count_once_each_with_clocks_that_differ_by_less_than_the_window(
    people: list[tuple[int, int]], skew_s: float
) -> None:
    views = [("gate", 0.0), ("yard", skew_s)]
    spells = [Spell(camera, at + skew, at + skew + length) for at, length in people for camera, skew in views]
    assert counted(spells) == len(people)


@settings(max_examples=100, deadline=None)
@given(spells=spells_of("gate", "yard", "hall"))
def test_each_area_violation_has_each_camera_once_at_most_and_hangs_together(spells: list[Spell]) -> None:
    _, found, change = taken(as_log(spells))
    groups: dict[int, list[str]] = {}
    for violation, member in change.members.items():
        groups.setdefault(member.number, []).append(violation)
    assert len(groups) == change.counts["violations"]
    for group in groups.values():
        cameras = [change.members[each].camera for each in group]
        assert len(cameras) == len(set(cameras))
    assert all(len(found._grouping.parts(number)) == 1 for number in groups)


def test_two_people_at_once_in_both_views_count_two() -> None:
    assert counted([Spell(camera, at, 30) for camera in ("gate", "yard") for at in (0, 3)]) == 2


def test_one_who_stands_in_one_view_while_three_pass_in_the_other_counts_three() -> None:
    passers = [Spell("yard", at, at + 10) for at in (20, 80, 140)]
    assert counted([Spell("gate", 0, 300), *passers]) == 3


def test_who_stays_in_one_view_and_comes_late_into_the_other_does_not_need_another_s_place() -> None:
    """Whoever takes the nearest beginning and stays with it counts three here, of two people."""
    stays, stays_too = Spell("gate", 0, 10), Spell("yard", 0, 10)
    assert counted([stays, stays_too, Spell("yard", 1, 2), Spell("gate", 8, 9)]) == 2


def test_who_walks_through_three_views_one_after_the_other_counts_once() -> None:
    assert counted([Spell("gate", 0, 10), Spell("yard", 8, 18), Spell("hall", 16, 26)]) == 1


def test_an_end_that_is_learnt_later_than_the_other_camera_s_opening_parts_them() -> None:
    gone, came = Spell("gate", 0, 10), Spell("yard", 60, 70)
    assert counted([gone, came], late_s=[100, 0]) == 2


def log_of(*changes: tuple[float, str, ViolationState, Spell]) -> list[Logged]:
    ids = [int((NOON + timedelta(seconds=change[0])).timestamp() * 1000) for change in changes]
    return [
        Logged(spell.camera, f"{ms}-0", a_violation(name, spell, state))
        for ms, (_, name, state, spell) in zip(ids, changes, strict=True)
    ]


def test_changes_of_a_violation_that_opened_before_the_area_was_there_count_for_nothing() -> None:
    spell = Spell("gate", 0, 10)
    log = log_of((5, "g", ViolationState.UPDATED, spell), (13, "g", ViolationState.ENDED, spell))
    assert taken(log)[0] == 0


def test_an_open_violation_that_is_heard_of_no_more_takes_one_in_at_most_and_is_forgotten() -> None:
    erased, soon, later = (
        Spell("gate", 0, 0),
        [Spell("yard", at, at + 5) for at in (300, 320)],
        Spell("yard", 2000, 2005),
    )
    log = log_of(
        (0, "g", ViolationState.OPENED, erased),
        *((spell.first_s, f"y{spell.first_s}", ViolationState.OPENED, spell) for spell in [*soon, later]),
    )
    count, _, change = taken(log)
    assert count == 3
    assert list(change.members) == ["y2000"]


def test_more_people_than_can_be_remembered_are_counted_all_the_same() -> None:
    _, _, change = taken(as_log([Spell("gate", at / 10, at / 10) for at in range(MAX_MEMBERS + 20)]))
    assert change.counts["violations"] == MAX_MEMBERS + 20
    assert change.counts["forgotten"] == 20
    assert len(change.members) == MAX_MEMBERS


def test_an_entry_that_cannot_be_understood_is_counted_and_stops_nothing() -> None:
    log = [Logged("gate", "1-0", None), *as_log([Spell("gate", 0, 5)])]
    _, _, change = taken(log)
    assert change.counts == {"unreadable": 1, "violations": 1, "spells:gate": 1}
