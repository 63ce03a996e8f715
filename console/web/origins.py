"""Where a request says that it comes from, and for which host it is meant: read strictly, for anybody may write it."""

import ipaddress
import re

from starlette.datastructures import Headers

_HOST = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]{2,45})\]|(?P<name>[A-Za-z0-9.-]{1,253}))(?::[0-9]{1,5})?")


def is_this_machine(host: str) -> bool:
    """Whether a Host header names this machine: a page of another site may have bound its own name to our address."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = (found["v6"] or found["name"]).lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a request comes from elsewhere; what is no browser says nothing."""
    if headers.get("sec-fetch-site", "none").lower() in {"cross-site", "same-site"}:
        return True
    host = headers.get("host", "").lower()
    # Each of them, for who writes several has something in mind.
    return any(not host or each.lower().partition("://")[2] != host for each in headers.getlist("origin"))
