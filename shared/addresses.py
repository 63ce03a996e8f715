"""Addresses of Redis servers: one server, the nodes of a cluster, or the sentinels that know which server is one."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from redis.connection import parse_url

_FORMS = "redis://, rediss://, unix://, redis+cluster://, rediss+cluster://, redis+sentinel:// or rediss+sentinel://"
_MISWRITTEN = "hosts are written host:port, and signs such as / and @ of a login in percent"
_SENTINEL_LOGIN = {"sentinel_username": "username", "sentinel_password": "password"}


class BadAddress(ValueError):
    """No address of a Redis server; the message says what one looks like and names no login."""


class Kind(Enum):
    """What answers at an address."""

    SERVER = "server"
    CLUSTER = "cluster"
    SENTINEL = "sentinel"


_PORTS = {Kind.CLUSTER: 6379, Kind.SENTINEL: 26379}


@dataclass(frozen=True)
class Address:
    """Where to go. ``options`` are redis-py's: login, TLS, what the query says; of one server there is the URL alone.

    ``service`` and ``sentinel_options`` are for sentinels: the name of what they watch, and how to reach them.
    """

    kind: Kind
    url: str
    hosts: tuple[tuple[str, int], ...] = ()
    service: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    sentinel_options: dict[str, Any] = field(default_factory=dict)


def parse(url: str) -> Address:
    """Read an address.

    Raises:
        BadAddress: it is misspelt, or names no host.
    """
    scheme, behind, _ = url.partition("://")
    protocol, plus, kind = scheme.partition("+")
    if scheme in {"redis", "rediss", "unix"} and behind:
        return Address(Kind.SERVER, url)
    if protocol not in {"redis", "rediss"} or not plus or kind not in {"cluster", "sentinel"}:
        raise BadAddress(f"an address of Redis begins with {_FORMS}")
    return _cluster(url) if kind == "cluster" else _sentinel(url)


def is_cluster(url: str) -> bool:
    """Whether an address is that of a cluster; false for what is no address."""
    return url.partition("://")[0] in {"redis+cluster", "rediss+cluster"}


def _cluster(url: str) -> Address:
    parts = _split(url)
    if parts.path.strip("/") not in {"", "0"}:
        raise BadAddress("a Redis Cluster has no database but 0: name none")
    return Address(Kind.CLUSTER, url, _hosts(parts, Kind.CLUSTER), options=_options(parts, ""))


def _sentinel(url: str) -> Address:
    parts = _split(url)
    service, _, database = parts.path.strip("/").partition("/")
    if not service or not (database or "0").isdigit():
        raise BadAddress("behind the sentinels comes the name of what they watch: redis+sentinel://host:port/name[/db]")
    options = _options(parts, database)
    told = {ours: options.pop(theirs) for theirs, ours in _SENTINEL_LOGIN.items() if theirs in options}
    tls = {name: value for name, value in options.items() if name.startswith("ssl")}
    return Address(Kind.SENTINEL, url, _hosts(parts, Kind.SENTINEL), unquote(service), options, told | tls)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadAddress(_MISWRITTEN) from error
    if "@" in parts.path:  # so the login ended at a sign of its own
        raise BadAddress(_MISWRITTEN)
    return parts


def _hosts(parts: SplitResult, kind: Kind) -> tuple[tuple[str, int], ...]:
    try:
        named = [urlsplit(f"//{each}") for each in parts.netloc.rpartition("@")[2].split(",")]
        found = tuple((each.hostname or "", _PORTS[kind] if each.port is None else each.port) for each in named)
    except ValueError as error:
        raise BadAddress(_MISWRITTEN) from error
    if not all(host for host, _ in found):
        raise BadAddress(f"no host is named: {parts.scheme}://host:port[,host:port...]")
    return found


def _options(parts: SplitResult, database: str) -> dict[str, Any]:
    """What redis-py makes of login, database and query; TLS as an option, since hosts and pools are chosen later."""
    login, at, _ = parts.netloc.rpartition("@")
    server, _, kind = parts.scheme.partition("+")
    try:
        one = f"{server}://{login}{at}of-many/{database}?{parts.query}"
        options = dict(parse_url(one))  # type: ignore[no-untyped-call]
    except (TypeError, ValueError) as error:
        raise BadAddress(f"an option of the address cannot be read: {error}") from error
    for chosen_later in ("host", "port", "connection_class"):
        options.pop(chosen_later, None)
    if kind == "cluster":
        options.pop("db", None)
    return options | ({"ssl": True} if server == "rediss" else {})
