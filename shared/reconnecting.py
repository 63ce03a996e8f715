"""Connections that are made anew where their server has become a replica.

Behind an address that stays (a proxy, a service, a virtual IP), connections made before a takeover lead to the
old primary for as long as they last. It answers, and refuses every write.
"""

from typing import Any

import redis
from redis.exceptions import ReadOnlyError


class _Reconnecting:
    """Beside a class of connections."""

    def read_response(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is there
        """As there; a server that refuses writes counts as one that is gone."""
        try:
            return super().read_response(*args, **options)  # type: ignore[misc]
        except ReadOnlyError as error:
            self.disconnect()  # type: ignore[attr-defined]
            raise redis.ConnectionError(str(error)) from error


class _Tcp(_Reconnecting, redis.Connection):
    pass


class _Tls(_Reconnecting, redis.SSLConnection):
    pass


class _Socket(_Reconnecting, redis.UnixDomainSocketConnection):
    pass


_CLASSES: dict[type, type] = {
    redis.Connection: _Tcp,
    redis.SSLConnection: _Tls,
    redis.UnixDomainSocketConnection: _Socket,
}


def reconnecting(client: redis.Redis) -> redis.Redis:
    """The client, whose connections from now on are of this kind; before its first use."""
    pool = client.connection_pool
    pool.connection_class = _CLASSES[pool.connection_class]
    return client
