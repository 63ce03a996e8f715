"""How a process reaches the two servers; the one place where the protocol and time limits are set."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry
from redis.sentinel import SentinelConnectionPool

from shared.addresses import BadAddress, Kind, is_cluster, parse
from shared.cluster import ClusterClient
from shared.reconnecting import reconnecting
from shared.redaction import redact
from shared.sentinels import connect_to_primary

# The library's own bound of 100 is met by a producer with a hundred cameras, each with a connection of its own.
_MOST_CONNECTIONS = 10_000


class ServerUnreachable(Exception):
    """A server did not answer; start it, or correct its address."""


@dataclass(frozen=True)
class Servers:
    """Clients of the frames server (volatile) and the state server (durable); both may be one."""

    frames: redis.Redis
    state: redis.Redis

    def close(self) -> None:
        """Give the connections back."""
        self.frames.close()
        self.state.close()


def connect(url: str) -> redis.Redis:
    """A client for an address (see ``shared.addresses``); connects on first use, to a cluster at once.

    Answers come as bytes, since frames are bytes. Blocking reads must block for less than the
    socket's 15 s.

    Raises:
        BadAddress: it is none.
        ServerUnreachable: it is that of a cluster, of which no node answers.
    """
    retry = Retry(ExponentialBackoff(cap=1, base=0.05), retries=3)
    return _client(url, retry, socket_timeout=15, socket_connect_timeout=3, health_check_interval=15)


def connect_for_looks(url: str) -> redis.Redis:
    """A client for what only wants to know how a server does: it tries once, and waits 1 s at most.

    Raises:
        BadAddress, ServerUnreachable: as ``connect``.
    """
    return _client(url, Retry(ExponentialBackoff(), 0), socket_timeout=1, socket_connect_timeout=1)


def connect_for_requests(url: str) -> redis.Redis:
    """A client for who answers people: a server that hangs holds each command up for 5 s and no longer.

    A connection that has broken is made anew once; blocking reads must block for less than the 5 s.

    Raises:
        BadAddress, ServerUnreachable: as ``connect``.
    """
    retry = Retry(NoBackoff(), 1, (redis.ConnectionError,))
    return _client(url, retry, socket_timeout=5, socket_connect_timeout=3)


def _client(url: str, retry: Retry, **limits: float) -> redis.Redis:
    """A client that knows the protocol: of one server, of all nodes of a cluster, or of what sentinels name now."""
    address = parse(url)
    common: dict[str, Any] = {"protocol": 3, "max_connections": _MOST_CONNECTIONS, **limits}
    if address.kind is Kind.SERVER:
        return reconnecting(redis.Redis.from_url(url, retry=retry, **common))
    options = common | address.options
    if address.kind is Kind.CLUSTER:
        try:
            # It has a client's calls, though none of its classes.
            return cast("redis.Redis", ClusterClient(address.hosts, retry, **options))
        except redis.RedisError as error:
            raise ServerUnreachable(f"no Redis server answers at {redact(url)}: {error}") from error
    return connect_to_primary(address, retry, **options)


def for_one_thread(client: redis.Redis) -> redis.Redis:
    """A client with one connection that it keeps, for a thread that would queue for those that all share.

    In a cluster it is the client itself: each node has connections of its own.
    """
    if not isinstance(client, redis.Redis):
        return client
    return redis.Redis(connection_pool=client.connection_pool, single_connection_client=True)


def host_of(client: redis.Redis) -> str:
    """The host of one server; behind sentinels, of the one that they name now.

    Raises:
        redis.ConnectionError: no sentinel answers.
    """
    pool = client.connection_pool
    if isinstance(pool, SentinelConnectionPool):
        return str(pool.get_master_address()[0])  # type: ignore[no-untyped-call]
    return str(client.get_connection_kwargs().get("host", "localhost"))


def connect_both(frames_url: str, state_url: str, connect: Callable[[str], redis.Redis] = connect) -> Servers:
    """Clients for both roles; one client where both roles have one address."""
    state = connect(state_url)
    return Servers(frames=state if frames_url == state_url else connect(frames_url), state=state)


def role_mark(role: str) -> str:
    """A key that nobody writes and only the logins of a role may ask for (see ``deploy.redis``)."""
    return f"maskwatch:role:{role}"


def check_servers(frames_url: str | None, state_url: str | None, role: str | None = None) -> None:
    """See once that both servers can play their part, and that their logins are those of a role, if one is named.

    ``None`` is not looked at.

    Raises:
        ServerUnreachable: one does not answer, an address or a login is none, or the state would be in a cluster.
    """
    if state_url is not None and is_cluster(state_url):
        raise ServerUnreachable(
            f"{redact(state_url)} is a Redis Cluster, which can hold frames only: "
            "give the state one server or redis+sentinel:// (--state-redis, MASKWATCH_STATE_REDIS)"
        )
    for url in {frames_url, state_url} - {None}:
        check_reachable(cast("str", url), role)


def check_reachable(url: str, role: str | None = None) -> None:
    """Ping a server once, or each primary of a cluster; with a role, see that the login is one for it.

    Raises:
        ServerUnreachable: it does not answer, refuses the login, or the URL is none.
    """
    try:
        with closing(
            _client(url, Retry(ExponentialBackoff(), 0), socket_connect_timeout=3, socket_timeout=3)
        ) as client:
            client.ping()
            if role is not None:
                client.exists(role_mark(role))
    except BadAddress as error:
        raise ServerUnreachable(f"{redact(url)}: {error}") from error
    except redis.AuthenticationError as error:
        raise ServerUnreachable(f"the Redis server at {redact(url)} refuses the login: {error}") from error
    except redis.exceptions.NoPermissionError as error:
        what = f"do what {role} does (EXISTS {role_mark(role)})" if role is not None else "PING"
        raise ServerUnreachable(
            f"the Redis server at {redact(url)} does not let this login {what}: "
            f"give it the rules of `maskwatch acl` ({error})"
        ) from error
    except (redis.RedisError, ValueError, OSError) as error:
        raise ServerUnreachable(f"no Redis server answers at {redact(url)}: {error}") from error


def is_reachable(url: str) -> bool:
    """Whether ``check_reachable`` finds nothing wrong."""
    try:
        check_reachable(url)
    except ServerUnreachable:
        return False
    return True
