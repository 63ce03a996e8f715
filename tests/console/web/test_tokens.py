"""Who has to sign in: everybody as soon as others than this machine can come."""

from pathlib import Path

import pytest

from console.web.tokens import token_of
from shared.settings import ConsoleSettings, InvalidSetting

A_TOKEN = "sixteen characters at least"  # noqa: S105 - of a test
THIS_MACHINE = ["127.0.0.1", "127.8.8.8", "::1", "localhost"]
OTHERS_TOO = ["0.0.0.0", "::", "192.168.0.7", "gate.example", "", "127.0.0.1.example"]  # noqa: S104 - refused


def settings(**given: object) -> ConsoleSettings:
    return ConsoleSettings.model_validate(given)


def test_unless_told_otherwise_it_listens_to_this_machine_alone() -> None:
    assert settings().console_host == "127.0.0.1"
    assert token_of(settings()) is None


@pytest.mark.parametrize("host", THIS_MACHINE)
def test_this_machine_needs_no_token(host: str) -> None:
    assert token_of(settings(console_host=host)) is None


@pytest.mark.parametrize("host", OTHERS_TOO)
def test_where_others_can_come_it_does_not_start_without_a_token(host: str) -> None:
    with pytest.raises(InvalidSetting, match="MASKWATCH_CONSOLE_TOKEN"):
        token_of(settings(console_host=host))
    assert token_of(settings(console_host=host, console_token=A_TOKEN)) == A_TOKEN


def test_a_token_that_is_set_is_demanded_of_this_machine_too() -> None:
    assert token_of(settings(console_token=A_TOKEN)) == A_TOKEN


def test_a_token_may_be_in_a_file_and_one_that_is_too_short_to_guess_against_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{A_TOKEN}\n")
    assert token_of(settings(console_host="0.0.0.0", console_token_file=file)) == A_TOKEN  # noqa: S104
    for text in ("", "short\n"):
        file.write_text(text)
        with pytest.raises(InvalidSetting, match="fewer than 16"):
            token_of(settings(console_token_file=file))
    with pytest.raises(InvalidSetting, match="cannot be read"):
        token_of(settings(console_token_file=tmp_path / "missing"))
