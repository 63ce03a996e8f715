import io

import pytest
from rich.console import Console

from console import overview
from console.overview import Overview
from console.tables import system_table
from console.views import LineView, ProgressView, TableView, View, choose_view
from shared.cameras import CameraState
from shared.connections import Servers
from tests.console.builders import KEYS, a_camera, a_status, attach, run_process, say


@pytest.fixture
def gate(servers: Servers) -> Servers:
    """A live camera with one violation."""
    say(servers, a_status(attach(servers, a_camera())))
    run_process(servers, "producer-1", role="producer")
    run_process(servers, "worker-1")
    servers.state.hset(KEYS.counts("gate"), "violations", 1)
    return servers


def look(servers: Servers) -> Overview:
    return overview.read(servers, KEYS)


def test_lines_come_only_when_something_changes(gate: Servers) -> None:
    out = io.StringIO()
    view = LineView(Console(file=out))
    for _ in range(3):
        view.show(look(gate))
    gate.state.hset(KEYS.counts("gate"), "violations", 3)
    view.show(look(gate))
    say(gate, a_status(a_camera(), CameraState.BACKING_OFF))
    view.show(look(gate))
    assert out.getvalue().splitlines() == ["gate: live", "gate: 2 new violations, 3 in all", "gate: backing_off"]


@pytest.mark.parametrize(
    ("is_terminal", "has_end", "expected"),
    [(False, False, LineView), (False, True, LineView), (True, False, TableView), (True, True, ProgressView)],
)
def test_each_output_gets_its_view(gate: Servers, is_terminal: bool, has_end: bool, expected: type[View]) -> None:
    out = io.StringIO()
    view = choose_view(Console(file=out, force_terminal=is_terminal, width=120), has_end=has_end)
    view.show(look(gate))
    view.say("worker-1 was killed")
    view.close()
    assert type(view) is expected
    assert "gate" in out.getvalue()
    assert "worker-1 was killed" in out.getvalue()


def test_the_table_shows_cameras_and_workers(gate: Servers) -> None:
    out = io.StringIO()
    Console(file=out, width=140).print(system_table(look(gate)))
    assert "violations" in out.getvalue()
    assert "rtsp://10.0.0.9/" in out.getvalue()
    assert "worker-1" in out.getvalue()
