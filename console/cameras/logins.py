"""The login of a camera as an operator gives it: in its address, or beside it."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from console.errors import BadInput
from shared.cameras import SourceKind, kind_of
from shared.redaction import has_secret

WITH_LOGIN = frozenset({SourceKind.RTSP, SourceKind.HTTP, SourceKind.HLS})

_HIDDEN_LOGIN = re.compile(r"://\S*\*{3}\S*@")
_HIDDEN_VALUE = re.compile(r"[?&;][^=&;\s]+=\*{3}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Login:
    """A login beside a source: the place where producers find it, or user and password as they were typed."""

    place: str | None = None
    typed: tuple[str, str] | None = field(default=None, repr=False)


def is_hidden(source: str) -> bool:
    """Whether the address has ``***`` where a login was: what is shown of one, which opens nothing."""
    return bool(_HIDDEN_LOGIN.search(source) or _HIDDEN_VALUE.search(source))


def is_other_host(before: str, after: str) -> bool:
    """Whether an address leads to another host than the one before; one that is none leads elsewhere."""
    try:
        return urlsplit(before).hostname != urlsplit(after).hostname
    except ValueError:
        return True


def variable(name: str) -> str:
    """The place of a login in producers' environments.

    Raises:
        BadInput: no variable can have this name; it is not repeated, since it may be the password itself.
    """
    if not _VARIABLE.fullmatch(name):
        raise BadInput("--login-env takes the name of a variable that holds user:password, such as GATE_LOGIN")
    return f"env:{name}"


def file(path: Path) -> str:
    """The place of a login in a file of the producers' machines; it need not be on this one."""
    return f"file:{path.expanduser().absolute()}"


def joined(source: str, login: Login) -> tuple[str, str | None]:
    """The source with a typed login in its address, and the place of one that is elsewhere.

    Raises:
        BadInput: the source takes no login, or has one already.
    """
    if kind_of(source) not in WITH_LOGIN:
        raise BadInput("only a camera with an address (rtsp://, http://) takes a login")
    if has_secret(source) or is_hidden(source):
        raise BadInput("there is a login in the address already: take it out there, or give no --login option")
    if login.typed is None:
        return source, login.place
    user, password = (quote(each, safe="") for each in login.typed)
    scheme, _, rest = source.partition("://")
    return f"{scheme}://{user}:{password}@{rest}", None


def bare(source: str) -> str:
    """A hidden source without the place of its login.

    Raises:
        BadInput: a part of it that is hidden is no login: the rest opens nothing.
    """
    if _HIDDEN_VALUE.search(source):
        raise BadInput("a key in its address is hidden: write the whole address out with --source")
    return source.replace("://***@", "://", 1)
