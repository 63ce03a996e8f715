"""Cameras that speak RTSP, with or without TLS."""

from producer.sources.base import SourceLimits
from producer.sources.network_video import NetworkVideo
from shared.cameras import Transport

# Of what the system allows: a key frame comes in one burst.
_UDP_BUFFER_BYTES = 4 << 20


def open_rtsp(url: str, limits: SourceLimits, transport: Transport = "tcp") -> NetworkVideo:
    """Connect over TCP, or over UDP, where packets that are lost smear pictures; with TLS always over TCP.

    Raises:
        SourceUnavailable: which one, see ``producer.sources.base``.
    """
    if transport == "udp" and not url.lower().startswith("rtsps:"):
        options = {"rtsp_transport": "udp", "buffer_size": str(_UDP_BUFFER_BYTES)}
        return NetworkVideo(url, limits, options, may_lose_packets=True, is_in_real_time=True)
    return NetworkVideo(url, limits, {"rtsp_transport": "tcp"}, is_in_real_time=True)
