"""`maskwatch models`, on registries with small versions whose networks are none."""

import json
import os
import re
import threading
from pathlib import Path
from typing import cast

import pytest

from console.command import run
from deploy.local.data_folder import DataFolder, RunInfo, this_process
from shared.connections import Servers
from shared.model_registry import CURRENT, MANIFEST, GateRecord, ModelRegistry
from shared.shadow import SHADOW_ORDER, ShadowField, ShadowOrder, shadow_counts
from shared.streams import MODELS_CHANGED
from tests.deploy.models import publish
from tests.waiting import eventually
from trainer import shadow

FAILED = GateRecord(passed=False, compared_with=1, reasons=("source gate: 80.0% instead of 90.0%",))


@pytest.fixture(autouse=True)
def _nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path / "models")


@pytest.fixture
def models(root: str) -> ModelRegistry:
    """Three versions: the first is served, the third did not pass its gate."""
    publish(root).promote(1)
    publish(root, b"two", GateRecord(passed=True, compared_with=1))
    return publish(root, b"three", FAILED)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def the_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("maskwatch: ")] == lines[-1:]
    return lines[-1]


def listed(root: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert run(["models", "list", "--json", "--registry", root]) == 0
    return cast("list[dict[str, object]]", json.loads(capsys.readouterr().out)["versions"])


def test_the_list_marks_what_is_served_and_says_what_the_gates_said(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "list", "--registry", root]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert [line for line in lines if line.startswith("* 1 2026-01-01")]
    assert [line for line in lines if line.startswith("2 2026-01-01") and line.endswith("passed")]
    assert [line for line in lines if line.startswith("3 2026-01-01") and line.endswith("failed")]


def test_the_list_is_also_there_for_programs(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, third = listed(root, capsys)
    assert first == {
        "version": 1,
        "current": True,
        "broken": None,
        "made": "2026-01-01T00:00:00+00:00",
        "labels": ["with_mask", "without_mask"],
        "model_bytes": len(b"weights"),
        "accuracy": None,
        "gate": "not asked",
        "reasons": [],
    }
    assert (third["gate"], third["reasons"], third["current"]) == ("failed", list(FAILED.reasons), False)


def test_a_broken_version_is_listed_with_what_is_wrong_with_it(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (models.path(1) / "model.tflite").unlink()
    (models.path(2) / MANIFEST).write_text("{")
    (models.folder / CURRENT).write_text("no json {")
    assert [each["broken"] is None for each in listed(root, capsys)] == [False, False, True]
    assert run(["models", "list", "--registry", root]) == 0
    text = said(capsys)
    assert "model.tflite is missing" in text
    assert len(re.findall(r"\d broken ", text)) == 2
    assert "*" not in text


def test_an_empty_registry_is_an_empty_list_for_programs(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(root, capsys) == []


def test_a_version_is_shown_to_people_and_as_its_manifest_to_programs(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "show", "3", "--registry", root]) == 0
    assert "mask version 3" in said(capsys)
    assert run(["models", "show", "3", "--json", "--registry", root]) == 0
    assert json.loads(capsys.readouterr().out) == models.manifest(3).model_dump(mode="json")


def test_a_version_is_promoted_and_the_one_before_comes_back(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "promote", "2", "--registry", root]) == 0
    assert said(capsys) == "version 2 is current: workers take it up within seconds"
    assert run(["models", "rollback", "--registry", root]) == 0
    assert said(capsys) == "version 1 is current instead of 2: workers take it up within seconds"
    assert models.current() == 1


def test_there_is_nothing_to_go_back_to_from_the_first(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "rollback", "--registry", root]) == 1
    assert "there is no version before 1" in the_line(capsys)


def test_a_version_whose_gate_failed_is_refused_with_the_reasons(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "promote", "3", "--registry", root]) == 1
    line = the_line(capsys)
    assert FAILED.reasons[0] in line
    assert "--force" in line
    assert models.current() == 1


def test_force_is_recorded_with_the_version_and_with_the_promotion(
    models: ModelRegistry, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "promote", "3", "--force", "--registry", root]) == 0
    assert "version 3 is current by force" in said(capsys)
    assert models.verified(3).gate == FAILED.model_copy(update={"forced": True})
    assert models.was_forced()
    assert listed(root, capsys)[2]["gate"] == "forced"


def test_force_where_nothing_needs_it_records_nothing(models: ModelRegistry, root: str) -> None:
    assert run(["models", "promote", "2", "--force", "--registry", root]) == 0
    assert models.verified(2).gate == GateRecord(passed=True, compared_with=1)
    assert not models.was_forced()


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["plain", "forced"])
def test_a_version_with_broken_files_is_refused_even_by_force(
    models: ModelRegistry, root: str, force: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    os.truncate(models.path(2) / "model.tflite", 1)
    assert run(["models", "promote", "2", *force, "--registry", root]) == 1
    assert "corrupt" in the_line(capsys)
    assert models.current() == 1


@pytest.mark.parametrize("command", [["promote", "2"], ["rollback"]], ids=["promote", "rollback"])
def test_the_workers_of_a_running_system_are_told(
    models: ModelRegistry, root: str, servers: Servers, redis_url: str, command: list[str]
) -> None:
    models.promote(2)
    with servers.state.pubsub(ignore_subscribe_messages=True) as news:  # type: ignore[no-untyped-call]
        news.subscribe(MODELS_CHANGED)
        news.get_message(timeout=5)
        assert run(["models", *command, "--registry", root, "--redis", redis_url]) == 0
        assert eventually(lambda: news.get_message(timeout=0.1))


class LiveFaces(threading.Thread):
    """Does what a worker does for a shadow check: hands in counts for the order that it sees."""

    def __init__(self, servers: Servers, counts: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self._state = servers.state
        self._counts = counts
        self.version = 0

    def run(self) -> None:
        ordered = eventually(lambda: cast("bytes | None", self._state.get(SHADOW_ORDER)), timeout_s=30)
        order = ShadowOrder.model_validate_json(ordered or b"")
        self.version = order.version
        for field, count in self._counts.items():
            self._state.hset(shadow_counts(order.id), field, str(count))


def faces(bare: int, candidate_bare: int, seen: int = 100) -> dict[str, int]:
    return {
        f"{ShadowField.FACES}:gate": seen,
        f"{ShadowField.BARE}:gate": bare,
        f"{ShadowField.CANDIDATE_BARE}:gate": candidate_bare,
        f"{ShadowField.DISAGREEMENTS}:gate": abs(bare - candidate_bare),
    }


@pytest.fixture
def shadowed(
    models: ModelRegistry, root: str, servers: Servers, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> "Shadowed":
    monkeypatch.setattr(shadow, "SETTLE_S", 0.5)
    return Shadowed(root, servers, redis_url)


class Shadowed:
    """Promotions of version 2 after a shadow check whose live faces the test chooses."""

    def __init__(self, root: str, servers: Servers, redis_url: str) -> None:
        self._root, self._servers, self._redis_url = root, servers, redis_url

    def promote(self, live: dict[str, int], *options: str) -> int:
        worker = LiveFaces(self._servers, live)
        worker.start()
        command = ["models", "promote", "2", "--shadow", "0.5s", "--registry", self._root, "--redis", self._redis_url]
        code = run([*command, *options])
        worker.join()
        assert worker.version == 2
        return code


def test_live_faces_that_agree_let_a_version_pass(
    shadowed: Shadowed, models: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shadowed.promote(faces(bare=20, candidate_bare=21)) == 0
    assert "100 live faces, 1 judged differently; bare faces: gate +1.0%" in capsys.readouterr().err
    assert models.current() == 2


def test_a_camera_that_would_notice_a_jump_refuses_a_version_and_that_is_recorded(
    shadowed: Shadowed, models: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shadowed.promote(faces(bare=20, candidate_bare=60)) == 1
    assert "camera gate: 60.0% of 100 live faces bare instead of 20.0%" in the_line(capsys)
    gate = models.manifest(2).gate
    assert gate is not None
    assert not gate.passed
    assert models.current() == 1


def test_force_overrules_live_faces_and_is_recorded(shadowed: Shadowed, models: ModelRegistry) -> None:
    assert shadowed.promote(faces(bare=20, candidate_bare=60), "--force") == 0
    gate = models.manifest(2).gate
    assert gate is not None
    assert (gate.passed, gate.forced) == (False, True)
    assert models.current() == 2


def test_too_few_live_faces_refuse_a_version_for_now_only(shadowed: Shadowed, models: ModelRegistry) -> None:
    assert shadowed.promote(faces(bare=1, candidate_bare=1, seen=3)) == 1
    assert models.current() == 1
    assert models.manifest(2).gate == GateRecord(passed=True, compared_with=1)


@pytest.mark.parametrize(
    ("shadow_for", "code", "line"), [("soon", 2, "--shadow is 'soon'"), ("5m", 1, "nothing runs on")]
)
def test_a_shadow_check_needs_a_span_of_time_and_a_running_system(
    models: ModelRegistry, root: str, shadow_for: str, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "promote", "2", "--shadow", shadow_for, "--registry", root]) == code
    assert line in the_line(capsys)
    assert models.current() == 1


def test_a_system_that_serves_from_another_registry_can_check_nothing(
    models: ModelRegistry, root: str, tmp_path: Path, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pid, started = this_process()
    data = DataFolder(tmp_path / "data")
    with data.locked():
        other = str(tmp_path / "other")
        info = {"pid": pid, "process_started": started, "frames_redis": redis_url, "state_redis": redis_url}
        data.write_run(RunInfo(**info, shards=1, console_url="", registry=other))  # type: ignore[arg-type]
        arguments = ["models", "promote", "2", "--shadow", "1s", "--registry", root, "--data", str(data.root)]
        assert run(arguments) == 2
    assert f"serves from {other}" in the_line(capsys)


def test_all_of_it_works_on_s3(bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = f"s3://{bucket}/models"
    publish(root).promote(1)
    publish(root, b"two")
    for command, words in {
        "list": "* 1 2026-01-01",
        "show 2": "mask version 2",
        "promote 2": "version 2 is current",
        "rollback": "version 1 is current instead of 2",
    }.items():
        assert run(["models", *command.split(), "--registry", root]) == 0
        assert words in said(capsys)


def test_an_s3_server_that_does_not_answer_is_one_line(
    bucket: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert run(["models", "list", "--registry", f"s3://{bucket}/models"]) == 1
    assert "does not answer" in the_line(capsys)
