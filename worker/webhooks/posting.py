"""One HTTP POST that ends in time, whatever is at the other end.

A library's time limits start anew with each byte, so that a receiver that drips holds them for ever. Here
a watchdog, or whoever wants this process to end, cuts the connection.
"""

import email.utils
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from worker.webhooks.routes import Route, route_to

_MAX_BODY = 16_384  # of an answer; nobody reads it, but a receiver may mind if it cannot write
_BODY_S = 0.5


@dataclass(frozen=True)
class Answer:
    """What a receiver said: its status, and how many seconds to wait before another try."""

    status: int
    retry_after_s: float = 0.0


class NoAnswer(Exception):
    """There was none that is HTTP; the message says why, without the address."""


class Post:
    """A POST to an http or https address."""

    def __init__(self, address: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> None:
        """Nothing is sent yet. ``timeout_s`` is for connecting; twice as much for everything."""
        self._address = address
        self._body = body
        self._headers = {"Connection": "close", **headers}
        self._timeout_s = timeout_s
        self._route: Route | None = None
        self._socket: socket.socket | None = None
        self._was_cut = self._was_late = False

    def send(self) -> Answer:
        """Send it and read the answer's head; a redirect is an answer as any other.

        Raises:
            NoAnswer: nothing came, or nothing that is HTTP, or not in time, or its certificate is not good.
        """
        watchdog = threading.Timer(2 * self._timeout_s, self._give_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._route = route_to(self._address, self._timeout_s)
            return self._exchange(self._route)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(self._reason(error)) from error
        finally:
            watchdog.cancel()
            if self._route is not None:
                self._route.connection.close()

    def cut(self) -> None:
        """End it now, from another thread; ``send`` then raises."""
        self._was_cut = True
        current = self._socket or (self._route.connection.sock if self._route else None)
        if current is not None:
            try:
                current.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has ended by itself
                return

    def _give_up(self) -> None:
        self._was_late = True
        self.cut()

    def _exchange(self, route: Route) -> Answer:
        route.connection.connect()
        # http.client forgets the socket once the answer says that the connection closes.
        self._socket = route.connection.sock
        if self._was_cut:
            raise TimeoutError
        route.connection.request("POST", route.target, self._body, self._headers | route.headers)
        response = route.connection.getresponse()
        if self._was_cut:  # http.client takes half a head for a whole one
            raise TimeoutError
        answer = Answer(response.status, _retry_after(response.headers.get("Retry-After")))
        self._drain(response)
        return answer

    def _drain(self, response: http.client.HTTPResponse) -> None:
        """Take what is there of the body: the status is known, and nothing in it can change that."""
        try:
            if self._socket is not None:
                self._socket.settimeout(_BODY_S)
            response.read1(_MAX_BODY)
        except (OSError, http.client.HTTPException, ValueError):
            return
        finally:
            response.close()

    def _reason(self, error: Exception) -> str:
        if self._was_late or isinstance(error, TimeoutError):
            return "does not answer in time"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"shows a certificate that is not trusted ({error.verify_message})"
        if isinstance(error, socket.gaierror):
            return "has a name that cannot be resolved"
        if isinstance(error, ssl.SSLError):
            return "does not speak TLS"
        if isinstance(error, OSError):
            return f"cannot be reached ({error.strerror or 'the connection was closed without an answer'})"
        return "answers with something that is no HTTP"


def _retry_after(value: str | None) -> float:
    """The seconds of a Retry-After header, which holds seconds or a date; 0 for anything else."""
    if value is None:
        return 0.0
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError, TypeError):
        return 0.0
