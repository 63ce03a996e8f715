import subprocess
from pathlib import Path

import pytest

from deploy.local.data_folder import (
    DataFolder,
    DataFolderInUse,
    DataFolderUnusable,
    NothingRuns,
    RunInfo,
    process_started,
    this_process,
)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def a_run(data: DataFolder, pid: int, started: str) -> RunInfo:
    return RunInfo(
        pid=pid,
        process_started=started,
        frames_redis="unix:///f",
        state_redis="unix:///s",
        shards=1,
        console_url="http://127.0.0.1:1",
        registry=str(data.models),
    )


def test_a_second_user_of_a_folder_is_turned_away_and_may_come_once_the_first_is_gone(data: DataFolder) -> None:
    with (
        data.locked(),
        pytest.raises(DataFolderInUse, match="runs already"),
        data.locked(),
    ):
        pass
    with data.locked():
        pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderUnusable, match="cannot be used"), DataFolder(tmp_path / "file" / "data").locked():
        pass


def test_a_running_system_is_found(data: DataFolder) -> None:
    run = a_run(data, *this_process())
    with data.locked():
        data.write_run(run)
    assert data.running() == run


def test_a_killed_system_s_file_does_not_count_even_when_its_pid_lives_again(data: DataFolder) -> None:
    with data.locked():
        data.write_run(a_run(data, this_process()[0], "12345"))
    with pytest.raises(NothingRuns, match="maskwatch up"):
        data.running()


def test_nothing_runs_where_there_is_no_folder_and_where_the_file_is_garbage(data: DataFolder) -> None:
    with pytest.raises(NothingRuns):
        data.running()
    with data.locked():
        data.run_file.write_text("{")
    with pytest.raises(NothingRuns):
        data.running()


def test_a_process_that_has_ended_has_no_start() -> None:
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    assert process_started(ended.pid) == ""
