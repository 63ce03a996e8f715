"""Whether this machine trusts a camera's certificate."""

import os
import socket
import ssl
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from producer.sources.base import SourceUnavailable
from shared.redaction import redact

_PORTS = {"https": 443, "rtsps": 322}


def authorities() -> str:
    """The file of the authorities that are trusted: what REQUESTS_CA_BUNDLE names, else those known to everybody."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH


def untrusted(url: str) -> SourceUnavailable:
    """What to say of a certificate that does not pass."""
    advice = "self-signed, expired or for another name; a file named in REQUESTS_CA_BUNDLE may make it trusted"
    return SourceUnavailable(f"{redact(url)} shows a certificate that is not trusted ({advice})")


def check_certificate(url: str, timeout_s: float) -> None:
    """Look at the certificate of an address with TLS, since FFmpeg does not say what it finds wrong with one.

    Raises:
        SourceUnavailable: it is not trusted. Whatever else fails is left to whoever opens the address.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return
    context = ssl.create_default_context(cafile=authorities())
    place = (parts.hostname, parts.port or _PORTS[parts.scheme.lower()])
    try:
        with socket.create_connection(place, timeout_s) as plain:
            context.wrap_socket(plain, server_hostname=parts.hostname).close()
    except ssl.SSLCertVerificationError:
        raise untrusted(url) from None
    except OSError:
        return
