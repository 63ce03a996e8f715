import pytest

from shared.settings import (
    EventsSettings,
    InvalidSetting,
    UnknownSetting,
    WorkerSettings,
    known_variables,
    load,
)


def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_BATCH_FRAMES", "3")
    assert load(WorkerSettings).batch_frames == 3


def test_a_misspelt_setting_is_refused_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_BATHC_FRAMES", "3")
    with pytest.raises(UnknownSetting, match="did you mean MASKWATCH_BATCH_FRAMES"):
        load(EventsSettings)


def test_a_setting_of_another_process_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_BATCH_FRAMES", "3")
    load(EventsSettings)


def test_a_setting_out_of_range_is_refused_with_its_name_and_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_BATCH_FRAMES", "-1")
    with pytest.raises(InvalidSetting, match="MASKWATCH_BATCH_FRAMES is '-1'"):
        load(WorkerSettings)


def test_a_variable_of_somebody_else_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_BATHC_FRAMES", "3")
    load(WorkerSettings)


def test_settings_cannot_be_changed_while_running() -> None:
    with pytest.raises(Exception, match="frozen"):
        load(WorkerSettings).batch_frames = 9


def test_every_setting_carries_the_prefix() -> None:
    assert all(name.startswith("MASKWATCH_") for name in known_variables())
