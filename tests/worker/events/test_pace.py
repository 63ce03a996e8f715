from tests.builders import a_result
from worker.events.pace import GATHER_FILES_S, GATHER_S, READ_COUNT, pause_s

LIVE = [a_result(n, on_overload="drop_oldest") for n in range(READ_COUNT)]
FILE = [a_result(n, on_overload="wait") for n in range(READ_COUNT)]


def test_results_of_live_cameras_gather() -> None:
    assert pause_s([LIVE[:2], [], LIVE[:1]]) == GATHER_S


def test_a_files_producer_waits_for_less() -> None:
    assert pause_s([LIVE[:2], FILE[:8]]) == GATHER_FILES_S


def test_who_is_behind_reads_on_at_once() -> None:
    assert pause_s([LIVE[:2], FILE]) == 0.0
    assert pause_s([LIVE]) == 0.0


def test_where_nothing_came_the_next_read_waits_by_itself() -> None:
    assert pause_s([]) == pause_s([[]]) == 0.0
