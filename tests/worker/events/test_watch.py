"""For how long a camera's scene was seen."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import DropReason, FrameOutcome, FrameResult
from tests.builders import BEGIN, a_result
from tests.worker.events.one_camera import CAMERA, KEYS, as_stream, take_camera
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import JudgeState, Verdict

RULES = Rules(limits=Limits(3.0), blind_after_s=2.0)


def _at(sequence: int, seconds: float, dropped: DropReason | None = None) -> FrameResult:
    captured_at = BEGIN + timedelta(seconds=seconds)
    return a_result(sequence, dropped=dropped, on_overload="drop_oldest").model_copy(
        update={"captured_at": captured_at}
    )


def _counted(results: Iterable[FrameResult]) -> dict[str, int]:
    judge, verdict = Judge("gate", RULES), Verdict()
    for result in results:
        judge.take(Arrival("1-0", result, {}), verdict)
    judge.finish(verdict)
    return {field: n for field, n in verdict.counts.items() if field.endswith("_ms") or "_ms:" in field}


def test_time_between_frames_is_watched_as_long_as_they_come() -> None:
    assert _counted(_at(n, n / 5) for n in range(11)) == {"watched_ms": 2000}


def test_a_still_scene_that_is_not_sent_is_watched() -> None:
    frames = [_at(n, n / 5, None if n % 8 == 0 else DropReason.UNCHANGED) for n in range(41)]
    assert _counted(frames) == {"watched_ms": 8000}


def test_a_camera_that_gave_nothing_for_a_while_was_blind_for_all_of_it() -> None:
    assert _counted([_at(0, 0), _at(1, 1), _at(2, 31), _at(3, 32)]) == {
        "watched_ms": 2000,
        "blind_ms:no_picture": 30000,
    }


@pytest.mark.parametrize(
    ("dropped", "reason"),
    [
        (DropReason.OVERLOAD, "not_judged"),
        (DropReason.STALE, "not_judged"),
        (DropReason.TRIMMED, "not_judged"),
        (DropReason.CORRUPT, "no_picture"),
    ],
)
def test_frames_that_nobody_judged_hide_the_scene(dropped: DropReason, reason: str) -> None:
    hidden = [_at(1 + n, 1 + n, dropped) for n in range(9)]
    assert _counted([_at(0, 0), *hidden, _at(10, 10)]) == {f"blind_ms:{reason}": 10000}


def test_a_dropped_frame_now_and_then_hides_nothing() -> None:
    frames = [_at(n, n / 5, DropReason.OVERLOAD if n % 3 == 1 else None) for n in range(16)]
    assert _counted(frames) == {"watched_ms": 3000}


def test_dead_letters_hide_the_scene() -> None:
    letters = [_at(n, n).model_copy(update={"outcome": FrameOutcome.DEAD_LETTERED, "reason": "jpeg"}) for n in (1, 2)]
    assert _counted([_at(0, 0), *letters, _at(3, 3)]) == {"blind_ms:not_judged": 3000}


def test_frames_that_never_came_hide_the_scene(servers: Servers) -> None:
    stage = take_camera(servers.state, "me")
    stage.take(as_stream([_at(0, 0), _at(1, 1), _at(9, 9), _at(10, 10)]))
    stage.give_up_missing()
    counts = servers.state.hgetall(KEYS.counts(CAMERA))
    assert counts[b"watched_ms"] == b"2000"
    assert counts[b"blind_ms:not_judged"] == b"8000"


def test_a_camera_of_which_few_frames_are_wanted_is_not_blind_between_them(servers: Servers) -> None:
    stage = take_camera(servers.state, "me")
    stage.follow(Camera.model_validate({"id": CAMERA, "source": "rtsp://host/", "fps": 0.2}))
    stage.take(as_stream([_at(n, 5 * n) for n in range(4)]))
    assert servers.state.hget(KEYS.counts(CAMERA), "watched_ms") == b"15000"


def test_the_next_pass_over_a_file_begins_anew(servers: Servers) -> None:
    stage = take_camera(servers.state, "me")
    first, second = [a_result(n) for n in range(6)], [a_result(n, epoch=2) for n in range(6)]
    late = [each.model_copy(update={"captured_at": each.captured_at + timedelta(hours=3)}) for each in second]
    stage.take(as_stream([*first, *late]))
    assert servers.state.hgetall(KEYS.counts(CAMERA))[b"watched_ms"] == b"2000"
    assert not servers.state.hexists(KEYS.counts(CAMERA), "blind_ms:no_picture")


_outcomes = st.sampled_from([None, None, None, DropReason.UNCHANGED, DropReason.OVERLOAD, DropReason.CORRUPT])


@given(st.lists(st.tuples(st.floats(0, 8), _outcomes), min_size=1, max_size=40))
def test_watched_and_blind_time_add_up_and_a_restart_changes_nothing(
    steps: Sequence[tuple[float, DropReason | None]],
) -> None:
    seconds, frames = 0.0, []
    for number, (step_s, dropped) in enumerate(steps):
        seconds += round(step_s, 3)
        frames.append(_at(number, seconds, dropped))
    state, verdict = JudgeState(), Verdict()
    for frame in frames:
        judge = Judge("gate", RULES, JudgeState.model_validate_json(state.model_dump_json(exclude_defaults=True)))
        judge.take(Arrival("1-0", frame, {}), verdict)
        state = judge.state
    counted = {field: n for field, n in verdict.counts.items() if "_ms" in field}
    seen = [each for each in frames if each.reason in (None, DropReason.UNCHANGED)]
    passed_ms = round((seen[-1].captured_at - seen[0].captured_at).total_seconds() * 1000) if seen else 0
    assert sum(counted.values()) == passed_ms
    assert counted == _counted(frames)
