from producer.owning.capture_board import CaptureBoard
from producer.owning.reporting import REPORT_S, Report
from shared import leases
from shared.cameras import CameraState, CaptureStatus, PictureFault
from shared.connections import Servers
from tests.producer.builders import KEYS, refusing_writes, state_of, status_of

LEASE = KEYS.producer_lease("gate")


def _board(epoch: int = 1) -> CaptureBoard:
    return CaptureBoard(CaptureStatus(camera="gate", state=CameraState.CONNECTING, epoch=epoch))


def _counts(servers: Servers) -> dict[bytes, bytes]:
    stored: dict[bytes, bytes] = servers.state.hgetall(KEYS.capture_counts("gate"))  # type: ignore[assignment]
    return stored


def test_a_change_of_state_is_reported_at_once_and_the_rest_now_and_then(servers: Servers) -> None:
    leases.acquire(servers.state, LEASE, "me", 5000)
    board = _board()
    report = Report(servers.state, KEYS, "me", board)
    report.write_if_due(0.0)
    assert state_of(servers) == "connecting"
    board.live(0.1, None)
    report.write_if_due(0.1)
    assert state_of(servers) == "live"
    board.fault(PictureFault.CUT)
    report.write_if_due(0.2)
    assert b"fault:cut" not in _counts(servers)
    report.write_if_due(0.2 + REPORT_S)
    assert _counts(servers) == {b"state:connecting": b"1", b"state:live": b"1", b"fault:cut": b"1"}


def test_who_has_lost_the_camera_reports_nothing(servers: Servers) -> None:
    leases.acquire(servers.state, LEASE, "me", 1)
    mine = Report(servers.state, KEYS, "me", _board(epoch=1))
    servers.state.hset(LEASE, mapping={"owner": "", "expires_at_ms": 0})
    leases.acquire(servers.state, LEASE, "another", 5000)
    Report(servers.state, KEYS, "another", _board(epoch=2)).write_if_due(0.0)
    mine.write_if_due(0.0)
    status = status_of(servers)
    assert status is not None and status.epoch == 2
    assert _counts(servers) == {b"state:connecting": b"1"}


def test_counts_that_could_not_be_written_come_with_the_next_ones(servers: Servers) -> None:
    leases.acquire(servers.state, LEASE, "me", 5000)
    board = _board()
    report = Report(servers.state, KEYS, "me", board)
    board.fault(PictureFault.SMEARED)
    with refusing_writes(servers.state):
        try:
            report.write_if_due(0.0)
        except Exception as error:  # noqa: BLE001 - whichever the client makes of it
            assert "maxmemory" in str(error)
    board.fault(PictureFault.SMEARED)
    report.write_if_due(1.0)
    assert _counts(servers)[b"fault:smeared"] == b"2"
