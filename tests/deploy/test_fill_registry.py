from pathlib import Path

import pytest

from deploy.local import fill_registry
from shared.model_registry import ModelRegistry
from tests.deploy.models import publish


def test_an_empty_registry_gets_the_shipped_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MASKWATCH_REGISTRY", str(tmp_path))
    assert fill_registry.main() == 0
    version = ModelRegistry(tmp_path).current()
    assert capsys.readouterr() == ("", f"fill_registry: version {version} of mask is to be served\n")


def test_a_registry_that_somebody_has_to_repair_keeps_nothing_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = publish(tmp_path, b"one")
    own.promote(1)
    (own.path(1) / "model.tflite").write_bytes(b"other")
    monkeypatch.setenv("MASKWATCH_REGISTRY", str(tmp_path))
    assert fill_registry.main() == 0
    assert "corrupt" in capsys.readouterr().err
    assert own.versions() == [1]


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        pytest.param({}, "MASKWATCH_REGISTRY is missing", id="none is named"),
        pytest.param({"MASKWATCH_REGISTY": "/models"}, "did you mean MASKWATCH_REGISTRY", id="a misspelt setting"),
        pytest.param(
            {"MASKWATCH_REGISTRY": "s3://bucket/models", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            "127.0.0.1:1", id="a server that does not answer",
        ),
    ],
)  # fmt: skip
def test_what_may_help_another_time_fails_in_one_line(
    variables: dict[str, str], complaint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    told = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "MASKWATCH_MODEL_CACHE": str(tmp_path)} | variables
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert fill_registry.main() == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
