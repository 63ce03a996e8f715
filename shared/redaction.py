"""Takes logins out of texts: what is shown, logged or stored may name an address, never its password."""

import re

_CREDENTIALS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)\S*@", re.IGNORECASE)
_NAMES = (
    "password|passwd|passwort|pwd|pass|token|access_token|auth|authorization|key|apikey|api_key|secret|sig|signature"
    "|sentinel_username|sentinel_password|user|usr|username|login|loginuse|loginpas|account|credentials"
)
_SECRET_QUERY = re.compile(rf"(?P<name>[?&;](?:{_NAMES})=)[^&;\s]*", re.IGNORECASE)


def redact(text: str) -> str:
    """The text with user names, passwords and tokens of every address in it replaced by ``***``."""
    without_login = _CREDENTIALS.sub(r"\g<scheme>***@", text)
    return _SECRET_QUERY.sub(r"\g<name>***", without_login)


def has_secret(text: str) -> bool:
    """Whether anything in the text would be redacted."""
    return redact(text) != text
