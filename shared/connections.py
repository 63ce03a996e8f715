"""How a process reaches the two servers; the one place where the protocol and time limits are set."""

from collections.abc import Callable
from dataclasses import dataclass

import redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

from shared.redaction import redact


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
    """A client for a URL (redis://, rediss:// or unix://); connects on first use.

    Answers come as bytes, since frames are bytes. Blocking reads must block for less than the
    socket's 15 s.
    """
    return redis.Redis.from_url(
        url,
        protocol=3,
        socket_timeout=15,
        socket_connect_timeout=3,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=1, base=0.05), retries=3),
    )


def connect_for_looks(url: str) -> redis.Redis:
    """A client for what only wants to know how a server does: it tries once, and waits 1 s at most."""
    return redis.Redis.from_url(
        url, protocol=3, socket_timeout=1, socket_connect_timeout=1, retry=Retry(ExponentialBackoff(), 0)
    )


def connect_for_requests(url: str) -> redis.Redis:
    """A client for who answers people: a server that hangs holds each command up for 5 s and no longer.

    A connection that has broken is made anew once; blocking reads must block for less than the 5 s.
    """
    return redis.Redis.from_url(
        url,
        protocol=3,
        socket_timeout=5,
        socket_connect_timeout=3,
        retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
    )


def connect_both(frames_url: str, state_url: str, connect: Callable[[str], redis.Redis] = connect) -> Servers:
    """Clients for both roles; one client where both roles have one address."""
    state = connect(state_url)
    return Servers(frames=state if frames_url == state_url else connect(frames_url), state=state)


def check_reachable(url: str) -> None:
    """Ping a server once.

    Raises:
        ServerUnreachable: it does not answer, refuses the login, or the URL is none.
    """
    try:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=3, socket_timeout=3, retry=Retry(ExponentialBackoff(), 0)
        )
        client.ping()
        client.close()
    except (redis.RedisError, ValueError, OSError) as error:
        raise ServerUnreachable(f"no Redis server answers at {redact(url)}: {error}") from error
