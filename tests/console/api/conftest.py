"""A console of an empty system, and a client that may do everything there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.command import run
from shared.connections import Servers
from tests.console.api.client import Client
from tests.console.web.consoles import running_console


@pytest.fixture
def review(tmp_path: Path) -> Path:
    """The system's review folder; not there yet."""
    return tmp_path / "review"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The system's data folder; not there yet."""
    return tmp_path / "data"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The system's model registry, empty."""
    root = str(tmp_path / "models")
    monkeypatch.setenv("MASKWATCH_REGISTRY", root)
    return root


@pytest.fixture
def api(servers: Servers, review: Path, data: Path, registry: str) -> Iterator[Client]:
    with running_console(servers, review=review, data=data) as url:
        yield Client(url)


@pytest.fixture
def command(redis_url: str, capsys: pytest.CaptureFixture[str]) -> "Command":
    return Command(redis_url, capsys)


class Command:
    """Runs `maskwatch` on the system and reads what it prints for programs."""

    def __init__(self, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._redis = ["--redis", redis_url]
        self._capsys = capsys

    def json(self, *arguments: str, on_system: bool = True) -> object:
        (found,) = self.json_lines(*arguments, on_system=on_system)
        return found

    def json_lines(self, *arguments: str, on_system: bool = True) -> list[object]:
        return [json.loads(line) for line in self._lines(arguments, on_system)]

    def text(self, *arguments: str) -> str:
        assert run([*arguments, *self._redis]) == 0
        return self._capsys.readouterr().out

    def _lines(self, arguments: tuple[str, ...], on_system: bool) -> list[str]:
        assert run([*arguments, "--json", *(self._redis if on_system else [])]) == 0
        return self._capsys.readouterr().out.splitlines()
