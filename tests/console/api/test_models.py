from pathlib import Path

import pytest

from deploy.local.data_folder import DataFolder
from shared.connections import Servers
from shared.model_registry import GateRecord, ModelRegistry
from shared.streams import MODELS_CHANGED
from tests.console.api.client import Client
from tests.deploy.models import publish
from tests.waiting import eventually
from trainer.report.record import local_page

FAILED = GateRecord(passed=False, compared_with=1, reasons=("source gate: 80.0% instead of 90.0%",))


@pytest.fixture
def models(registry: str) -> ModelRegistry:
    """The first version is served, the second did not pass its gate."""
    publish(registry).promote(1)
    return publish(registry, b"two", FAILED)


def test_versions_are_listed_and_shown(api: Client, models: ModelRegistry) -> None:
    found = api.get("/models")
    assert (found["current"], found["rollback_to"]) == (1, None)
    assert [(each["version"], each["gate"]) for each in found["versions"]] == [(1, "not asked"), (2, "failed")]
    shown = api.get("/models/2")
    assert (shown["manifest"]["version"], shown["report"]) == (2, None)
    assert shown["manifest"]["gate"]["reasons"] == list(FAILED.reasons)
    assert api.get("/models?task=detector")["versions"] == []
    assert "version 7" in api.refused(404, "GET", "/models/7")


def test_a_version_whose_gate_failed_is_refused_with_the_reasons_unless_forced(
    api: Client, models: ModelRegistry, servers: Servers
) -> None:
    error = api.refused(409, "POST", "/models/2/promote", {})
    assert "source gate: 80.0% instead of 90.0%" in error
    assert '"force": true' in error
    assert models.current() == 1
    heard = servers.state.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    heard.subscribe(MODELS_CHANGED)
    eventually(lambda: servers.state.pubsub_numsub(MODELS_CHANGED)[0][1])
    done = api.post("/models/2/promote", {"force": True})
    assert done["current"] == models.current() == 2
    assert "by force" in done["said"]
    message = eventually(lambda: heard.get_message(timeout=1))
    assert message["data"] == b"2"
    heard.close()


def test_the_version_before_is_served_again_and_there_is_none_before_the_first(
    api: Client, models: ModelRegistry
) -> None:
    api.post("/models/2/promote", {"force": True})
    assert api.get("/models")["rollback_to"] == 1
    assert api.post("/models/rollback")["current"] == 1
    models.promote(1)
    assert api.post("/models/rollback")["current"] == 2


def test_without_a_version_before_there_is_no_way_back(api: Client, registry: str) -> None:
    assert "no model is promoted" in api.refused(409, "POST", "/models/rollback")
    publish(registry).promote(1)
    assert "there is no version before 1" in api.refused(409, "POST", "/models/rollback")
    assert "version 7" in api.refused(404, "POST", "/models/7/promote", {"force": True})


def test_a_damaged_version_is_not_served(api: Client, models: ModelRegistry) -> None:
    (models.folder / "1" / models.manifest(1).model_file).write_bytes(b"other")
    assert api.send("POST", "/models/1/promote", {}).status_code == 409


def test_a_report_with_pictures_is_shown_and_runs_nothing(api: Client, models: ModelRegistry, data: Path) -> None:
    assert "there is no report" in api.refused(404, "GET", "/models/2/report")
    page = local_page(DataFolder(data).reports, "mask", 2)
    page.parent.mkdir(parents=True)
    page.write_text("<h1>report</h1>")
    assert [api.get(f"/models/{version}")["has_page"] for version in (1, 2)] == [False, True]
    answer = api.send("GET", "/models/2/report")
    assert (answer.text, answer.headers["content-type"]) == ("<h1>report</h1>", "text/html; charset=utf-8")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "sandbox" in policy
    assert "script" not in policy
