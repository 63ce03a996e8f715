"""Clients of the server that sentinels name as the primary, wherever it is."""

from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel, SentinelManagedConnection, SentinelManagedSSLConnection

from shared.addresses import Address

_SENTINEL_S = 1.0  # for which one that is away holds up the question to the next


class _Sentinels(Sentinel):
    """Those who are asked; where none can tell, why not is said as of any server, without all settings of each."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        silent = []
        for place, sentinel in enumerate(self.sentinels):
            try:
                primary = cast("dict[str, Any]", sentinel.sentinel_masters()).get(service_name)
            except (redis.ConnectionError, redis.TimeoutError) as error:
                silent.append(str(error))
                continue
            if primary and self.check_master_state(primary, service_name):  # type: ignore[no-untyped-call]
                self.sentinels[0], self.sentinels[place] = sentinel, self.sentinels[0]  # asked first from now on
                return primary["ip"], primary["port"]
        said = "; ".join(silent)
        raise MasterNotFoundError(f"no sentinel names a primary of {service_name!r}{f': {said}' if said else ''}")


class _AskingAgain(SentinelManagedConnection):
    """A connection that breaks while somebody holds it is made anew to the primary of that moment.

    redis-py asks the sentinels only when a connection is taken from its pool: who keeps one, as a subscriber does,
    would go on looking for the server that is gone.
    """

    def connect_check_health(self, check_health: bool = True, retry_socket_connect: bool = True) -> None:
        if retry_socket_connect and not self._sock:
            self.connect()  # type: ignore[no-untyped-call]  # which comes back here for the server that it was told
        else:
            super().connect_check_health(check_health, retry_socket_connect)

    def read_response(self, disable_decoding: bool = False, **how: Any) -> Any:  # noqa: ANN401 - redis-py's own
        # An answer that was not waited for must not be taken for the next one's; redis-py sees to that elsewhere.
        return super().read_response(disable_decoding, **{"disconnect_on_error": True, **how})


class _AskingAgainOverTls(_AskingAgain, SentinelManagedSSLConnection):
    pass


def connect_to_primary(address: Address, retry: Retry, **options: Any) -> redis.Redis:  # noqa: ANN401 - redis-py's own
    """A client of the primary of an address's service; connects on first use, and asks the sentinels then."""
    limits = {"socket_timeout": _SENTINEL_S, "socket_connect_timeout": _SENTINEL_S, "retry": Retry(NoBackoff(), 0)}
    sentinel = _Sentinels(address.hosts, sentinel_kwargs=limits | address.sentinel_options)  # type: ignore[no-untyped-call]
    connection = _AskingAgainOverTls if options.get("ssl") else _AskingAgain
    return cast(
        "redis.Redis",
        sentinel.master_for(address.service, retry=retry, connection_class=connection, **options),  # type: ignore[no-untyped-call]
    )
