from pathlib import Path

import pytest

from shared.connections import Servers
from shared.training_queue import open_queue
from tests.console.api.client import Client


@pytest.fixture
def faces(tmp_path: Path) -> str:
    (tmp_path / "faces").mkdir()
    return str(tmp_path / "faces")


def test_a_training_is_queued_with_the_system_s_folders_listed_and_cancelled(
    api: Client, servers: Servers, faces: str, data: Path, registry: str
) -> None:
    (data / "holdout").mkdir(parents=True)
    job = api.post("/trainings", {"data": [faces], "epochs": 3, "promote": False})
    assert job["state"] == "queued"
    assert job["settings"] == {
        "data": [faces],
        "epochs": 3,
        "promote": False,
        "holdout": str(data / "holdout"),
        "reports": str(data / "reports"),
        "registry": registry,
    }
    assert [each["id"] for each in api.get("/trainings")] == [job["id"]]
    assert api.get(f"/trainings/{job['id']}")["id"] == job["id"]
    cancelled = api.post(f"/trainings/{job['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    assert api.post(f"/trainings/{job['id']}/cancel") == cancelled
    assert open_queue(servers.state).count == 0


def test_trainings_are_scheduled_and_no_longer(api: Client, faces: str) -> None:
    assert api.get("/trainings/schedule") is None
    told = api.put("/trainings/schedule", {"rule": "0 3 * * 0", "training": {"data": [faces]}})
    assert told == api.get("/trainings/schedule")
    assert told["cron"] == "0 3 * * 0"
    assert told["next_at"] > told["created_at"]
    assert api.put("/trainings/schedule", {"rule": "7d", "training": {"data": [faces]}})["every_s"] == 604_800
    api.delete("/trainings/schedule")
    assert "no training is scheduled" in api.refused(404, "DELETE", "/trainings/schedule")


@pytest.mark.parametrize(
    ("code", "method", "path", "body", "expected"),
    [
        (400, "POST", "/trainings", {"data": ["/nowhere"]}, "there is no /nowhere"),
        (400, "POST", "/trainings", {"data": ["/tmp"], "classes": ["without_mask", "with_mask"]}, "must begin with"),  # noqa: S108
        (422, "POST", "/trainings", {"data": []}, "data"),
        (422, "POST", "/trainings", {"data": ["/"], "epochs": 0}, "epochs"),
        (422, "POST", "/trainings", {"data": ["/"], "registry": "/"}, "registry"),
        (400, "PUT", "/trainings/schedule", {"rule": "often", "training": {"data": ["/"]}}, "rule is 'often'"),
        (400, "PUT", "/trainings/schedule", {"rule": "1s", "training": {"data": ["/"]}}, "rule is '1s'"),
        (404, "GET", "/trainings/none", None, "there is no training none"),
        (404, "POST", "/trainings/none/cancel", None, "there is no training none"),
        (422, "GET", "/trainings/no%20id", None, "job"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    api: Client, code: int, method: str, path: str, body: object, expected: str
) -> None:
    assert expected in api.refused(code, method, path, body)
