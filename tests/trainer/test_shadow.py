"""Live faces judged by two versions: what shifts too far, and how the order reaches the workers."""

import threading
from datetime import UTC, datetime

import redis

from shared.connections import Servers
from shared.shadow import SHADOW_ORDER, ShadowField, ShadowOrder, shadow_counts
from tests.waiting import eventually
from trainer.shadow import CameraCounts, LiveCounts, Reading, counted, verdict, watch_live

GOOD = Reading(bare_as_bare=0.98, masked_as_bare=0.01)


def live(**cameras: CameraCounts) -> LiveCounts:
    return LiveCounts(cameras, {})


def test_a_candidate_that_reads_every_camera_alike_passes() -> None:
    found = verdict(live(gate=CameraCounts(1000, 300, 310, 14), hall=CameraCounts(200, 4, 3, 1)), GOOD, GOOD)
    assert found.passed
    assert (found.faces, found.disagreements) == (1200, 15)
    assert found.shifts["gate"] == 0.01


def test_one_camera_that_jumps_refuses_it_by_name() -> None:
    found = verdict(live(gate=CameraCounts(1000, 300, 305), hall=CameraCounts(200, 4, 60)), GOOD, GOOD)
    assert not found.passed
    assert len(found.reasons) == 1
    assert "camera hall: 30.0% of 200 live faces bare instead of 2.0%" in found.reasons[0]


def test_a_shift_that_the_holdout_explains_is_allowed() -> None:
    blind = Reading(bare_as_bare=0.60, masked_as_bare=0.01)  # the served version misses four bare faces in ten
    cameras = live(gate=CameraCounts(1000, 300, 480))
    assert not verdict(cameras, GOOD, GOOD).passed
    assert verdict(cameras, blind, GOOD).passed


def test_a_camera_on_which_the_two_agree_never_refuses_whatever_the_holdout_leads_to_expect() -> None:
    blind = Reading(bare_as_bare=0.60, masked_as_bare=0.01)
    for candidate_bare in (300, 380, 487):  # the holdout would explain up to 18.7 points more
        assert verdict(live(gate=CameraCounts(1000, 300, candidate_bare)), blind, GOOD).passed


def test_a_shift_against_what_the_holdout_explains_refuses() -> None:
    blind = Reading(bare_as_bare=0.60, masked_as_bare=0.01)
    assert not verdict(live(gate=CameraCounts(1000, 300, 240)), blind, GOOD).passed


def test_too_few_faces_are_no_evidence() -> None:
    found = verdict(live(gate=CameraCounts(20, 0, 0)), GOOD, GOOD)
    assert not found.passed
    assert "no camera saw 50 faces" in found.reasons[0]


def test_workers_that_cannot_load_the_candidate_refuse_it() -> None:
    found = verdict(LiveCounts({"gate": CameraCounts(900, 9, 9)}, {"golden": 2}), GOOD, GOOD)
    assert found.reasons == ("2 workers could not serve it: golden",)


def test_counts_are_sorted_by_camera() -> None:
    fields = {b"faces:gate": b"10", b"bare:gate": b"3", b"candidate_bare:gate": b"4", b"disagreements:gate": b"1"}
    assert counted(fields | {b"refused:checksum": b"1"}) == LiveCounts(
        {"gate": CameraCounts(10, 3, 4, 1)}, {"checksum": 1}
    )


def test_an_order_is_there_while_the_check_lasts_and_its_counts_come_back(servers: Servers) -> None:
    state = servers.state
    found: list[LiveCounts] = []
    check = threading.Thread(target=lambda: found.append(watch_live(state, 7, 1.0, lambda *_: None)))
    check.start()
    eventually(lambda: state.exists(SHADOW_ORDER))
    order = ShadowOrder.model_validate_json(_there(state))
    state.hincrby(shadow_counts(order.id), f"{ShadowField.FACES}:gate", 60)
    check.join()
    assert order.version == 7
    assert found[0].cameras["gate"].faces == 60
    assert not state.exists(SHADOW_ORDER)


def test_a_second_check_waits_for_the_first_and_loses_nothing_to_it(servers: Servers) -> None:
    state = servers.state
    first = ShadowOrder(id="first", version=6, ends_at=datetime(2030, 1, 1, tzinfo=UTC)).model_dump_json()
    state.set(SHADOW_ORDER, first)
    waited = threading.Event()
    check = threading.Thread(target=lambda: watch_live(state, 7, 0.5, lambda *_: waited.set()))
    check.start()
    assert waited.wait(10)
    assert _there(state) == first.encode()
    state.delete(SHADOW_ORDER)
    eventually(lambda: b'"version":7' in (state.get(SHADOW_ORDER) or b""))
    state.set(SHADOW_ORDER, first)  # as if the second had run out and somebody else had come
    check.join()
    assert _there(state) == first.encode()


def _there(state: redis.Redis) -> bytes:
    value = state.get(SHADOW_ORDER)
    assert isinstance(value, bytes)
    return value
