"""Which token the console demands."""

import ipaddress
import secrets
from pathlib import Path

from shared.settings import ConsoleSettings, InvalidSetting

_MIN_LENGTH = 16


def token_of(settings: ConsoleSettings) -> str | None:
    """The token that is demanded; none where only this machine can come and none is set.

    Raises:
        InvalidSetting: others can come and there is none, or its file holds none.
    """
    if settings.console_token is not None:
        return settings.console_token.get_secret_value()
    if settings.console_token_file is not None:
        return _read(settings.console_token_file.expanduser())
    if not is_loopback(settings.console_host):
        raise InvalidSetting(
            f"setting MASKWATCH_CONSOLE_HOST is {settings.console_host!r}, where others can come: "
            "set MASKWATCH_CONSOLE_TOKEN or MASKWATCH_CONSOLE_TOKEN_FILE"
        )
    return None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def kept_token(file: Path) -> None:
    """See that a file holds a token, a new one where it is missing; only its owner may read it.

    Raises:
        OSError: it cannot be written.
    """
    if file.exists():
        return
    file.touch(mode=0o600)
    file.write_text(secrets.token_urlsafe(24) + "\n")


def _read(file: Path) -> str:
    try:
        token = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"setting MASKWATCH_CONSOLE_TOKEN_FILE is {str(file)!r}, which cannot be read") from error
    if len(token) < _MIN_LENGTH:
        raise InvalidSetting(
            f"setting MASKWATCH_CONSOLE_TOKEN_FILE is {str(file)!r}, which holds fewer than {_MIN_LENGTH} characters"
        )
    return token
