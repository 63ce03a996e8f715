"""How an address is reached: straight, or over the proxy that the environment names, as other programs do."""

import base64
import http.client
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass


@dataclass(frozen=True)
class Route:
    """A connection that is not yet open, what to ask it for, and headers for the proxy."""

    connection: http.client.HTTPConnection
    target: str
    headers: dict[str, str] = field(default_factory=dict)


def route_to(address: str, timeout_s: float) -> Route:
    """The way to an http or https address; a certificate on it must be good.

    Raises:
        ValueError: the address of the proxy is none.
    """
    url = urlsplit(address)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    proxy = _proxy(url)
    host, port = (str(url.hostname), url.port) if proxy is None else (str(proxy.hostname), proxy.port)
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())
        if proxy is not None:
            connection.set_tunnel(str(url.hostname), url.port, _login(proxy))
        return Route(connection, path)
    plain = http.client.HTTPConnection(host, port, timeout=timeout_s)
    if proxy is None:
        return Route(plain, path)
    return Route(plain, f"http://{url.netloc}{path}", _login(proxy))  # a proxy takes the whole address


def _proxy(url: SplitResult) -> SplitResult | None:
    address = getproxies().get(url.scheme)
    if not address or proxy_bypass(url.netloc):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _login(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
