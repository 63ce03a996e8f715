"""Whether anything listens where a camera is said to be, asked as cheaply as can be."""

import functools
import socket
from urllib.parse import urlsplit
from urllib.request import getproxies

from requests.utils import get_environ_proxies, select_proxy

from producer.sources.http_failures import explained
from shared.redaction import redact

_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


def knock(address: str, wait_s: float) -> None:
    """Connect and hang up: of a camera that was away, before more is done about it.

    An opening takes a millisecond or more to find out that nobody is there, a knock a fiftieth of that, which
    counts where hundreds of cameras are away. Addresses of no network, and those behind a proxy, always pass.

    Raises:
        ConnectionFailed, TimedOut: nothing listens there, or nothing answered within ``wait_s`` seconds.
    """
    parts = urlsplit(address)
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname or _is_behind_a_proxy(address, scheme):
        return
    try:
        socket.create_connection((parts.hostname, parts.port or _PORTS[scheme]), wait_s).close()
    except (OSError, ValueError) as error:
        raise explained(error, redact(address)) from None


def _is_behind_a_proxy(address: str, scheme: str) -> bool:
    is_asked = scheme.startswith("http") and _are_there_proxies()
    return is_asked and select_proxy(address, get_environ_proxies(address)) is not None


@functools.cache
def _are_there_proxies() -> bool:
    return bool(getproxies())
