"""Bounds how many tokens anybody may try, without shutting out those who have the right one."""

import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

TOO_MANY = "too many wrong tokens from this address: wait a minute"

_MOST, _FORGOTTEN_AFTER_S = 20, 60.0
_MAX_ADDRESSES = 1_000
_V6_PREFIX = 64  # what one customer of a provider has

_Tried = dict[bytes, float]


class Attempts:
    """Wrong tokens of the last minute by the address that sent them; of one thread.

    One and the same wrong token counts once: a script that was not told of a new token finds nothing, and
    must not keep the people behind its address from signing in.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """None yet."""
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._tried: OrderedDict[str, _Tried] = OrderedDict()

    def are_too_many(self, address: str) -> bool:
        """Whether nobody at an address may try for a while."""
        return len(self._of(_network(address))) >= _MOST

    def add(self, address: str, token: str) -> None:
        """A wrong one."""
        network = _network(address)
        tried = self._of(network)
        tried[blake2b(token.encode(errors="replace"), key=self._key, digest_size=8).digest()] = self._clock()
        self._tried[network] = tried
        self._tried.move_to_end(network)
        if len(self._tried) > _MAX_ADDRESSES:
            self._tried.popitem(last=False)

    def _of(self, network: str) -> _Tried:
        now = self._clock()
        return {each: at for each, at in self._tried.get(network, {}).items() if now - at < _FORGOTTEN_AFTER_S}


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), _V6_PREFIX), strict=False))
