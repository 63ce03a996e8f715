from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from shared.connections import Servers
from shared.review import ReviewFolder
from shared.snapshot_store import Kind, SnapshotStore
from shared.streams import CAMERAS
from tests.builders import BEGIN
from tests.console.api.client import Client
from tests.console.builders import KEYS, a_camera, attach
from tests.console.test_violations import NOON, open_violation
from tests.console.web.consoles import running_console
from tests.review import a_crop, an_item, fill

ID = "gate-1-0-0"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SnapshotStore:
    monkeypatch.setenv("MASKWATCH_SNAPSHOTS", str(tmp_path / "snapshots"))
    return SnapshotStore(str(tmp_path / "snapshots"))


@pytest.fixture(autouse=True)
def _violations(servers: Servers) -> None:
    for camera in ("gate", "hall"):
        attach(servers, a_camera(camera))
        for minute in range(3):
            open_violation(servers, f"{camera}-1-{minute}-0", camera, at=NOON + timedelta(minutes=minute))


def left(servers: Servers, camera: str = "gate") -> int:
    return servers.state.hlen(KEYS.violations(camera))


def test_violations_go_with_their_pictures_and_faces(
    api: Client, servers: Servers, store: SnapshotStore, review: Path, tmp_path: Path
) -> None:
    servers.state.hset(KEYS.snapshot_faces("gate"), ID, a_crop())
    api.post(f"/violations/{ID}/dismiss", {})
    store.write("gate", NOON, ID, Kind.FRAME, a_crop())
    assert api.post("/erase", {"ids": [ID], "confirm": True}) == {
        "violations": 1, "pictures": True, "faces": 1, "left": 0,
    }  # fmt: skip
    assert "there is no violation" in api.refused(404, "GET", f"/violations/{ID}")
    assert (left(servers), left(servers, "hall")) == (2, 3)
    assert ReviewFolder(review).count() == 0
    assert list((tmp_path / "snapshots").rglob("*.jpg")) == []


def test_all_of_a_camera_or_of_a_time_go_also_where_the_camera_was_removed(
    api: Client, servers: Servers, review: Path
) -> None:
    fill(ReviewFolder(review), an_item(0), an_item(1, camera="hall"))
    api.delete("/cameras/gate")
    done = api.post("/erase", {"camera": "gate", "since": "2026-11-23T12:01+00:00", "confirm": True})
    assert done["violations"] == 2
    done = api.post("/erase", {"until": (BEGIN + timedelta(days=3650)).isoformat(), "confirm": True})
    assert (done["violations"], done["left"]) == (4, 0)
    assert (left(servers), left(servers, "hall"), ReviewFolder(review).count()) == (0, 0, 0)
    assert servers.state.hkeys(CAMERAS) == [b"hall"]


def test_without_a_confirmation_it_says_what_would_go_and_erases_nothing(api: Client, servers: Servers) -> None:
    for body in ({"camera": "gate"}, {"ids": [ID, "gate-1-1-0", "gate-1-2-0"], "confirm": False}):
        error = api.refused(400, "POST", "/erase", body)
        assert error.startswith("this would erase 3 violations with their pictures and 0 faces for review, of 1 camera")
        assert '"confirm": true' in error
    assert left(servers) == 3


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        (400, {}, "say what to erase"),
        (400, {"ids": []}, "say what to erase"),
        (400, {"ids": [ID], "camera": "gate"}, "say what to erase"),
        (400, {"since": "tomorrow"}, "since 'tomorrow'"),
        (400, {"since": "1h", "until": "2h"}, "since is not before until"),
        (404, {"ids": [ID, "gate-9-9-9"]}, "there is no violation 'gate-9-9-9'"),
        (422, {"ids": [ID] * 1_001}, "ids"),
        (422, {"camera": ""}, "camera"),
        (422, {"camera": "gate", "zone": "door"}, "zone"),
        (422, {"ids": None}, "ids"),
    ],
)
def test_a_mistake_is_one_line_and_erases_nothing(
    api: Client, servers: Servers, code: int, body: dict[str, object], expected: str
) -> None:
    assert expected in api.refused(code, "POST", "/erase", {**body, "confirm": True})
    assert left(servers) == 3


def test_a_request_that_takes_long_says_how_many_are_left(
    api: Client, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package gives the router this name.
    monkeypatch.setattr(import_module("console.api.erasing"), "_LONGEST_S", -1.0)
    everything = {"since": "2026-11-23T00:00+00:00", "confirm": True}
    answers = [api.post("/erase", everything) for _ in range(3)]
    assert [(each["violations"], each["left"]) for each in answers] == [(3, 3), (3, 0), (0, 0)]
    assert (left(servers), left(servers, "hall")) == (0, 0)


def test_where_no_faces_and_pictures_are_kept_the_records_go(servers: Servers) -> None:
    with running_console(servers) as url:
        done = Client(url).post("/erase", {"ids": [ID], "confirm": True})
    assert done == {"violations": 1, "pictures": False, "faces": 0, "left": 0}


def test_faces_go_that_were_kept_before_the_system_stopped_keeping_any(servers: Servers, tmp_path: Path) -> None:
    kept = ReviewFolder(tmp_path / "data" / "review")
    kept.root.parent.mkdir()
    fill(kept, an_item())
    with running_console(servers, data=tmp_path / "data") as url:
        assert Client(url).post("/erase", {"camera": "gate", "confirm": True})["faces"] == 1
    assert kept.count() == 0


def test_a_store_that_is_away_keeps_the_records_that_lead_to_its_pictures(
    api: Client, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MASKWATCH_SNAPSHOTS", str(tmp_path / "file"))
    error = api.refused(503, "POST", "/erase", {"ids": [ID], "confirm": True})
    assert "not all is erased: do it again" in error
    assert left(servers) == 3
