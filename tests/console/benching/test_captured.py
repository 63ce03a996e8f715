import os

import numpy as np
import pytest

from console.benching import captured
from console.benching.serving import a_server
from producer.motion.gate import Look
from shared.connections import Servers
from shared.streams import KeySpace
from tests.producer.builders import numbered_jpeg, numbered_picture
from worker.benching.scenes import Scene
from worker.pipeline import JudgedPicture

KEYS = KeySpace()


@pytest.fixture
def scene() -> Scene:
    shown = [np.asarray(numbered_picture(number), np.uint8) for number in range(2)]
    height, width = shown[0].shape[:2]
    jpegs = [numbered_jpeg(number) for number in range(2)]
    return Scene((width, height), shown, jpegs, [JudgedPicture((), {})] * 2, 0.0)


def test_the_gate_looks_at_one_picture_after_the_other(scene: Scene) -> None:
    for case in captured.gating(scene):
        assert case.ours is not None
        looks = [case.ours(0) for _ in range(4)]
        assert all(isinstance(each, Look) for each in looks)
        assert case.bare(1) is not None


def test_a_live_stream_is_full_of_judged_frames_when_the_next_one_comes(scene: Scene, servers: Servers) -> None:
    (case,) = captured.publishing_frames(scene, servers.frames)
    assert case.prepare is not None
    assert case.ours is not None
    for _ in range(2):
        case.prepare()
        case.ours(0)
        case.bare(0)
    assert servers.frames.xlen(KEYS.frames("bench-captured")) == 64
    assert not servers.frames.exists(KEYS.results("bench-captured"))  # none was pushed out unread


def test_the_server_of_a_benchmark_is_its_own_and_ends_with_it() -> None:
    with a_server() as client:
        assert client.ping()
        pid = client.info("server")["process_id"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
