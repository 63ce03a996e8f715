from collections.abc import Callable
from threading import Event

import pytest
import redis

from producer.live.accounts import FrameAccounts
from producer.live.mailbox import Mailbox
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.publishing.publisher import Fenced, FramesPublisher
from shared import leases
from shared.cameras import CameraState, CaptureStatus
from shared.connections import Servers
from shared.messages import DropReason
from tests.producer.builders import KEYS, assert_each_number_ended_once, refusing_writes, results_of, sequences_of

SIZE = (160, 64)


class _Camera:
    """One camera's accounts, and what they stand on."""

    def __init__(self, servers: Servers, publisher: FramesPublisher | None = None) -> None:
        lease = CameraLease.acquire(servers.state, KEYS.producer_lease("gate"), "me", 60_000, above=0)
        assert lease is not None
        self.lease, self.mailbox = lease, Mailbox(most_withheld=64)
        status = CaptureStatus(camera="gate", state=CameraState.LIVE, epoch=lease.token, producer="me")
        self.board = CaptureBoard(status)
        publisher = publisher or _publisher(servers)
        self.accounts = FrameAccounts("gate", lease, publisher, self.board, self.mailbox, Event())

    def come(self, at: float) -> bool:
        """A picture that is to be sent; whether it was."""
        if not self.accounts.settle(at, SIZE):
            self.mailbox.withhold(at)
            return False
        return self.accounts.publish(self.accounts.number(at, SIZE), b"jpeg")


def _publisher(servers: Servers) -> FramesPublisher:
    return FramesPublisher(servers.frames, KEYS, 64, 128, 2048)


class _Deaf(FramesPublisher):
    """Writes, and does not hear the answer."""

    def publish(self, *args: object) -> None:
        super().publish(*args)  # type: ignore[arg-type]
        raise redis.TimeoutError("no answer")


def _throttled(servers: Servers) -> list[int]:
    return [each.sequence for each in results_of(servers) if each.reason is DropReason.THROTTLED]


def test_a_picture_gets_no_number_while_the_lease_is_not_valid(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = _Camera(servers)
    assert camera.come(1.0)
    with monkeypatch.context() as patch:
        patch.setattr(camera.lease, "is_valid", lambda now: False)
        assert not camera.come(2.0) and not camera.come(3.0)
        assert camera.board.captured == 1
    assert camera.come(4.0)
    assert (sequences_of(servers), _throttled(servers)) == ([0, 3], [1, 2])
    assert_each_number_ended_once(servers)


def test_what_a_server_refused_is_told_once_it_takes_writes_again(servers: Servers) -> None:
    camera = _Camera(servers)
    assert camera.come(1.0)
    with refusing_writes(servers.frames):
        assert not camera.come(2.0) and not camera.come(3.0)
        assert camera.board.captured == 2, "one number at most is in the balance"
    assert camera.come(4.0)
    assert (sequences_of(servers), _throttled(servers)) == ([0, 3], [1, 2])


def test_a_number_in_the_balance_is_told_though_nothing_comes_behind_it(servers: Servers) -> None:
    camera = _Camera(servers)
    with refusing_writes(servers.frames):
        camera.come(1.0)
    camera.accounts.close()
    assert _throttled(servers) == [0]


def test_a_frame_whose_answer_was_lost_stands_there_and_is_told_too(servers: Servers) -> None:
    publisher = _Deaf(servers.frames, KEYS, 64, 128, 2048)
    camera = _Camera(servers, publisher)
    assert not camera.come(1.0)
    assert camera.accounts.settle(2.0, SIZE)
    assert (sequences_of(servers), _throttled(servers)) == ([0], [0])


@pytest.mark.parametrize("write", [lambda camera: camera.come(2.0), lambda camera: camera.accounts.close()])
def test_nothing_is_told_of_a_camera_that_is_another_producers(
    servers: Servers, write: Callable[[_Camera], object]
) -> None:
    camera = _Camera(servers)
    with refusing_writes(servers.frames):
        camera.come(1.0)
    servers.state.delete(KEYS.producer_lease("gate"))
    other = leases.acquire(servers.state, KEYS.producer_lease("gate"), "another", 60_000, above=camera.lease.token)
    assert other is not None
    _publisher(servers).claim("gate", other.token)
    with pytest.raises(Fenced):
        write(camera)
    assert (sequences_of(servers), _throttled(servers)) == ([], [])
