from typing import Any

import pytest

from shared.connections import Servers
from tests.builders import a_result
from tests.worker.events.one_camera import KEYS, as_stream, take_camera, unread
from worker.events.commit import send


def _breaking(key: str, servers: Servers) -> dict[str, Any]:
    """What may stand in a key of a camera that none of ours wrote."""
    servers.state.delete(key)
    return {"a value of another kind": lambda: servers.state.set(key, "garbage"),
            "a count that is none": lambda: servers.state.hset(key, "processed", "many"),
            "a count at its end": lambda: servers.state.hset(key, "processed", 2**63 - 1)}  # fmt: skip


@pytest.mark.parametrize("what", ["a value of another kind", "a count that is none", "a count at its end"])
def test_a_camera_whose_counts_are_garbage_is_not_written_and_its_neighbour_is(servers: Servers, what: str) -> None:
    stages = [take_camera(servers.state, "me", camera) for camera in ("broken", "gate")]
    for stage in stages:
        results = [each.model_copy(update={"camera": stage.camera}) for each in (a_result(n) for n in range(3))]
        stage.judge(unread(stage, as_stream(results)), 0.0)
    _breaking(KEYS.counts("broken"), servers)[what]()
    assert send(servers.state, [stage.prepare() for stage in stages]) == [False, True]
    assert servers.state.hget(KEYS.counts("gate"), "processed") == b"3"
