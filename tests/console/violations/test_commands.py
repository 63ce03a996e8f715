import csv
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.command import run
from shared.connections import Servers
from shared.messages import Violation, ViolationState
from shared.review import ReviewFolder
from shared.streams import CAMERAS, quarter_of
from shared.violations import forget
from tests.console.builders import KEYS, a_camera, attach
from tests.console.test_violations import NOON, open_violation
from tests.review import a_crop, an_item, fill

ID = "gate-1-0-0"
Call = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path) -> ReviewFolder:
    made = ReviewFolder(tmp_path / "review")
    made.root.mkdir()
    return made


@pytest.fixture
def call(servers: Servers, redis_url: str, folder: ReviewFolder) -> Call:
    attach(servers, a_camera())

    def run_it(command: str, *arguments: str) -> int:
        place = ["--folder", str(folder.root)] if command in {"dismiss", "restore", "erase"} else []
        name = [command] if command else []
        return run(["violations", *name, *arguments, "--redis", redis_url, *place])

    return run_it


def _counted(servers: Servers, violation: Violation) -> tuple[int, int]:
    history = KEYS.history("gate", quarter_of(violation.opened_at))
    return tuple(int(servers.state.hget(key, "dismissed") or 0) for key in (KEYS.counts("gate"), history))  # type: ignore[return-value]


def _opened(servers: Servers, violation_id: str = ID, at: datetime | None = None) -> Violation:
    violation = open_violation(servers, violation_id, at=at or datetime.now(UTC))
    servers.state.hset(KEYS.snapshot_faces("gate"), violation.id, a_crop(160))
    servers.state.hset(KEYS.history("gate", quarter_of(violation.opened_at)), "violations", 1)
    return violation


def _change(servers: Servers, violation: Violation, **changes: object) -> None:
    changed = violation.model_copy(update=changes)
    servers.state.hset(KEYS.violations(violation.camera), violation.id, changed.model_dump_json())


def test_a_violation_is_dismissed_once_and_can_be_restored(
    call: Call, servers: Servers, folder: ReviewFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    violation = _opened(servers)
    for _ in range(2):
        assert call("dismiss", ID, "--reason", "a painting", "--label", "not_a_face") == 0
    assert _counted(servers, violation) == (1, 1)
    assert [item.label for item in folder.items()] == ["not_a_face"]
    assert call("", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["dismissal"]["reason"] == "a painting"
    for _ in range(2):
        assert call("restore", ID) == 0
    assert _counted(servers, violation) == (0, 0)
    assert folder.items() == []


def test_two_operators_dismiss_it_once(call: Call, servers: Servers) -> None:
    violation = _opened(servers)
    both = [threading.Thread(target=call, args=("dismiss", ID)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert _counted(servers, violation) == (1, 1)


def test_counts_of_a_time_that_has_expired_do_not_come_back(call: Call, servers: Servers) -> None:
    violation = _opened(servers)
    servers.state.delete(KEYS.history("gate", quarter_of(violation.opened_at)))
    assert call("dismiss", ID) == 0
    assert _counted(servers, violation) == (1, 0)


def test_without_a_picture_or_a_folder_it_is_dismissed_all_the_same(
    call: Call,
    servers: Servers,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    violation = _opened(servers)
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MASKWATCH_REVIEW", str(tmp_path / "file"))
    assert run(["violations", "dismiss", ID, "--redis", redis_url]) == 0
    assert "dismissed; not for review" in capsys.readouterr().out
    servers.state.delete(KEYS.snapshot_faces("gate"))
    assert call("dismiss", ID) == 0
    assert "was dismissed already; not for review: the picture" in capsys.readouterr().out
    assert _counted(servers, violation) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["dismiss", "gate-9-9-9"], "there is no violation 'gate-9-9-9'"),
        (["restore", "gate-9-9-9"], "there is no violation"),
        (["erase", "gate-9-9-9", "--yes"], "there is no violation"),
        (["show", "gate-9-9-9"], "there is no violation"),
        (["dismiss", ID, "--label", "without_mask"], "is a violation"),
        (["dismiss", ID, "--reason", "x" * 201], "200 at most"),
        (["erase"], "say which violations"),
        (["erase", ID, "--camera", "gate"], "say which violations"),
        (["erase", "--camera", "gate"], "give --yes"),
        (["export", "out.xlsx"], "give --format"),
        (["export", "missing/out.csv"], "cannot be written"),
        (["", "--label", "with_mask"], "is no label of a violation"),
        (["", "--since", "1h", "--until", "2h"], "nothing lies between"),
    ],
    ids=str,
)
def test_a_mistake_is_one_line_and_changes_nothing(
    arguments: list[str], expected: str, call: Call, servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    violation = _opened(servers)
    assert call(*arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line
    assert servers.state.hlen(KEYS.violations("gate")) == 1
    assert _counted(servers, violation) == (0, 0)


def test_what_is_erased_leaves_nothing_but_counts(
    call: Call, servers: Servers, folder: ReviewFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    for violation_id in (ID, "gate-1-5-0"):
        _opened(servers, violation_id)
        assert call("dismiss", violation_id) == 0
    fill(folder, an_item(0))
    assert call("erase", ID, "--dry-run") == 0
    assert servers.state.hlen(KEYS.violations("gate")) == 2
    assert call("erase", ID, "--yes") == 0
    assert "counted stays" in capsys.readouterr().out
    for key in (KEYS.violations("gate"), KEYS.dismissals("gate"), KEYS.snapshot_faces("gate")):
        assert servers.state.hkeys(key) == [b"gate-1-5-0"]
    assert servers.state.xlen(KEYS.violation_log("gate")) == 1
    assert servers.state.hget(KEYS.counts("gate"), "dismissed") == b"2"
    assert sorted(item.violation or "" for item in folder.items()) == ["", "gate-1-5-0"]


def test_a_time_is_erased_of_all_cameras_also_of_removed_ones(
    call: Call, servers: Servers, folder: ReviewFolder
) -> None:
    _opened(servers, at=NOON)
    open_violation(servers, "lobby-1-0-0", "lobby", at=NOON + timedelta(hours=2))
    open_violation(servers, "lobby-1-9-0", "lobby", at=NOON)
    fill(folder, an_item(0).model_copy(update={"captured_at": NOON}), an_item(1))
    servers.state.delete(CAMERAS)
    around = ["--since", (NOON - timedelta(hours=1)).isoformat(), "--until", (NOON + timedelta(hours=1)).isoformat()]
    assert call("erase", *around, "--yes") == 0
    assert servers.state.hkeys(KEYS.violations("gate")) == []
    assert servers.state.hkeys(KEYS.violations("lobby")) == [b"lobby-1-0-0"]
    assert len(folder.items()) == 1


def test_a_log_of_many_entries_is_cleaned_of_what_is_erased(servers: Servers) -> None:
    for n in range(1_200):
        open_violation(servers, f"gate-1-{n}-0")
    assert forget(servers.state, KEYS, "gate", ["gate-1-3-0", "gate-1-1100-0"]) == 2
    assert servers.state.xlen(KEYS.violation_log("gate")) == 1_198


def test_an_export_is_safe_in_spreadsheets_and_whole(call: Call, servers: Servers, tmp_path: Path) -> None:
    _change(servers, _opened(servers, at=NOON), zone='=cmd|"/c calc", \n')
    assert call("export", str(tmp_path / "out.csv")) == 0
    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.startswith(b"id,camera,zone,label,state,first_seen,opened_at,last_seen,duration_s,confidence,")
    assert raw.count(b"\r\n") == 2
    (row,) = csv.DictReader(raw.decode().splitlines(keepends=True))
    assert (row["zone"], row["opened_at"]) == ('\'=cmd|"/c calc", \n', "2026-11-23T12:00:00.000Z")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.csv"]


@pytest.mark.parametrize("violations", [0, 2])
def test_exports_for_programs(
    violations: int, call: Call, servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(violations):
        _opened(servers, f"gate-1-{n}-0")
    assert call("export", "-", "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)) == violations
    assert call("export", "-", "--format", "jsonl") == 0
    assert [json.loads(line)["duration_s"] for line in capsys.readouterr().out.splitlines()] == [0.0] * violations


def test_the_list_takes_filters(call: Call, servers: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    _change(servers, _opened(servers, "gate-1-0-0"), state=ViolationState.ENDED, zone="door")
    _change(servers, _opened(servers, "gate-1-1-0"), confidence=0.6)
    _opened(servers, "gate-1-2-0")
    assert call("dismiss", "gate-1-2-0") == 0
    capsys.readouterr()
    expected = {
        "--state ended": [0],
        "--state open": [1, 2],
        "--zone door": [0],
        "--min-confidence 0.8": [0, 2],
        "--dismissed": [2],
        "--confirmed --limit 1": [1],
        "--label incorrect_mask": [],
    }
    for options, numbers in expected.items():
        assert call("", "--json", *options.split()) == 0
        found = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
        assert found == [f"gate-1-{n}-0" for n in numbers], options


def test_no_violations_and_not_seen_are_told_apart(
    call: Call, servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    attach(servers, a_camera("lobby"))
    seen = {"watched_ms": 600_000, "unjudged:too_small": 2, "unjudged:dark": 1}
    for key in (KEYS.history("gate", quarter_of(datetime.now(UTC))), KEYS.counts("gate")):
        servers.state.hset(key, mapping=seen)  # type: ignore[arg-type]
    assert call("", "--since", "24h") == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "0 violations"
    assert lines[1].startswith("gate: 0 violations; seen 10 min of 24 h")
    assert "3 people could not be judged (2 too small, 1 dark)" in lines[1]
    assert lines[2] == "lobby: not seen at all in this time"
    assert call("", "--json", "--summary") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["summary"]["cameras"]["gate"]["watched_seconds"] == 600


def test_what_outsiders_wrote_steers_no_terminal_and_hides_nothing(
    call: Call, servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    _change(servers, _opened(servers), zone="\x1b[2Jdoor")
    servers.state.hset(KEYS.violations("gate"), "garbage", b"\x00{")
    assert call("") == 0
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out
    assert ID in shown.out
    assert "1 records cannot be read" in shown.err


def test_one_violation_is_shown_with_its_picture(
    call: Call, servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _opened(servers)
    assert call("show", ID, "--json", "--picture", str(tmp_path / "face.jpg")) == 0
    assert json.loads(capsys.readouterr().out)["id"] == ID
    assert (tmp_path / "face.jpg").read_bytes() == a_crop(160)
