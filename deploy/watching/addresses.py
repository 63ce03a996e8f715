"""Where the watched and the watching listen."""

import socket
from dataclasses import dataclass

HOST = "127.0.0.1"  # whoever may see and silence alerts, and ask for any metric, needs no login


class PortTaken(Exception):
    """Something else listens there: stop it, or choose another port."""


@dataclass(frozen=True)
class Addresses:
    """The console's URL without a path, and a port on this machine for each that watches."""

    console: str
    prometheus_port: int
    alertmanager_port: int
    grafana_port: int

    @property
    def prometheus(self) -> str:
        """Prometheus's URL."""
        return f"http://{HOST}:{self.prometheus_port}"

    @property
    def alertmanager(self) -> str:
        """Alertmanager's URL."""
        return f"http://{HOST}:{self.alertmanager_port}"

    @property
    def grafana(self) -> str:
        """Grafana's URL, whether it runs or not."""
        return f"http://{HOST}:{self.grafana_port}"


def check_free(port: int, name: str) -> None:
    """See that ``name`` can listen on a port.

    Raises:
        PortTaken: it cannot.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(f"{name} cannot listen on port {port} of {HOST} ({error.strerror})") from error
