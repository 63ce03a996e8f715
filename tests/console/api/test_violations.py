from datetime import timedelta
from pathlib import Path

import pytest

from shared.connections import Servers
from shared.review import ReviewFolder
from shared.snapshot_store import Kind, SnapshotStore
from tests.console.api.client import Client
from tests.console.builders import KEYS, a_camera, attach
from tests.console.test_violations import NOON, open_violation
from tests.console.web.consoles import running_console
from tests.review import a_crop

ID = "gate-1-0-0"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SnapshotStore:
    monkeypatch.setenv("MASKWATCH_SNAPSHOTS", str(tmp_path / "snapshots"))
    return SnapshotStore(str(tmp_path / "snapshots"))


def ids(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["id"] for each in answer["violations"]]


def test_the_newest_are_listed_oldest_first_and_can_be_chosen(api: Client, servers: Servers) -> None:
    for camera in ("gate", "hall"):
        attach(servers, a_camera(camera))
    for minute in range(3):
        open_violation(servers, f"gate-1-{minute}-0", at=NOON + timedelta(minutes=minute))
    open_violation(servers, "hall-1-0-0", "hall", at=NOON + timedelta(hours=1))
    assert ids(api.get("/violations?limit=2")) == ["gate-1-2-0", "hall-1-0-0"]
    assert ids(api.get("/violations?camera=hall")) == ["hall-1-0-0"]
    assert len(ids(api.get("/violations?camera=hall&camera=gate"))) == 4
    assert ids(api.get("/violations?since=2026-11-23T12:30%2B00:00")) == ["hall-1-0-0"]
    assert len(ids(api.get("/violations?open=true&min_confidence=0.9&label=without_mask"))) == 4
    for nothing in ("open=false", "min_confidence=0.91", "label=incorrect_mask", "zone=door", "dismissed=true"):
        assert ids(api.get(f"/violations?{nothing}")) == []


def test_records_that_cannot_be_read_are_counted(api: Client, servers: Servers) -> None:
    attach(servers, a_camera())
    servers.state.hset(KEYS.violations("gate"), "x", "{")
    assert api.get("/violations") == {"violations": [], "unreadable": 1}


@pytest.mark.parametrize(
    ("code", "query", "expected"),
    [
        (400, "since=tomorrow", "since 'tomorrow' is neither"),
        (400, "since=1h&until=2h", "since is not before until"),
        (422, "limit=0", "limit"),
        (422, "min_confidence=nan", "min_confidence"),
        (422, "label=with_mask", "label"),
        (422, "open=perhaps", "open"),
    ],
)
def test_a_mistake_is_one_line_about_the_parameter(api: Client, code: int, query: str, expected: str) -> None:
    assert expected in api.refused(code, "GET", f"/violations?{query}")


def test_a_violation_is_dismissed_once_and_restored(api: Client, servers: Servers, review: Path) -> None:
    attach(servers, a_camera())
    open_violation(servers, ID)
    servers.state.hset(KEYS.snapshot_faces("gate"), ID, a_crop())
    done = api.post(f"/violations/{ID}/dismiss", {"reason": "a poster", "label": "not_a_face"})
    assert done["violation"]["dismissal"]["reason"] == "a poster"
    assert "labelled not_a_face" in done["said"]
    assert ReviewFolder(review).count() == 1
    assert "was dismissed already" in api.post(f"/violations/{ID}/dismiss", {})["said"]
    assert api.get(f"/violations/{ID}")["dismissal"]["reason"] == "a poster"
    done = api.post(f"/violations/{ID}/restore")
    assert (done["said"], done["violation"]["dismissal"]) == ("restored", None)
    assert ReviewFolder(review).count() == 0
    assert api.post(f"/violations/{ID}/restore")["said"] == "was not dismissed"


def test_where_no_faces_are_kept_a_dismissal_counts_all_the_same(servers: Servers) -> None:
    attach(servers, a_camera())
    open_violation(servers, ID)
    with running_console(servers) as url:
        client = Client(url)
        done = client.post(f"/violations/{ID}/dismiss", {})
        assert "keeps no faces" in done["said"]
        assert client.post(f"/violations/{ID}/restore")["said"] == "restored"


@pytest.mark.parametrize(
    "body", [{"label": "without_mask"}, {"reason": "x" * 201}, {"why": "x"}, {"reason": None}, [], None, "x"]
)
def test_a_malformed_dismissal_changes_nothing(api: Client, servers: Servers, body: object) -> None:
    attach(servers, a_camera())
    open_violation(servers, ID)
    api.refused(422, "POST", f"/violations/{ID}/dismiss", body)
    assert api.get(f"/violations/{ID}")["dismissal"] is None


@pytest.mark.usefixtures("store")
def test_what_is_not_there_is_not_found(api: Client) -> None:
    for method, path in (
        ("GET", "/violations/none"),
        ("GET", "/violations/none/pictures/face"),
        ("POST", "/violations/none/restore"),
    ):
        assert "there is no violation 'none'" in api.refused(404, method, path)
    assert "there is no violation 'none'" in api.refused(404, "POST", "/violations/none/dismiss", {})


def test_pictures_are_given_while_they_are_kept(api: Client, servers: Servers, store: SnapshotStore) -> None:
    attach(servers, a_camera())
    violation = open_violation(servers, ID)
    assert api.picture(f"/violations/{ID}/pictures/face") == b"a jpeg"
    assert "has expired" in api.refused(404, "GET", f"/violations/{ID}/pictures/frame")
    store.write("gate", violation.opened_at, ID, Kind.FRAME, a_crop())
    assert api.picture(f"/violations/{ID}/pictures/frame") == a_crop()
    assert "kind" in api.refused(422, "GET", f"/violations/{ID}/pictures/other")


def test_a_store_that_is_away_is_told_apart_from_a_picture_that_is_gone(
    api: Client, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MASKWATCH_SNAPSHOTS", str(tmp_path / "file"))
    attach(servers, a_camera())
    open_violation(servers, ID)
    assert "cannot be reached" in api.refused(503, "GET", f"/violations/{ID}/pictures/frame")
