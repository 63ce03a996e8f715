"""What failed in talking to a camera over HTTP, by what to do about it."""

import socket
import ssl

import requests
import urllib3.exceptions

from producer.sources.base import ConnectionFailed, SourceUnavailable, TimedOut, WrongPassword
from producer.sources.certificates import untrusted

FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)

_Kinds = tuple[type[BaseException], ...]

_TLS: _Kinds = (ssl.SSLCertVerificationError,)
_TIMEOUTS: _Kinds = (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)
# The first that applies; urllib3 and requests wrap one error into several others.
_MEANINGS: tuple[tuple[_Kinds, type[SourceUnavailable], str], ...] = (
    ((socket.gaierror, UnicodeError), ConnectionFailed, "names a host that nobody knows: correct its name"),
    ((ConnectionRefusedError,), ConnectionFailed, "refuses the connection: nothing listens there"),
    (_TIMEOUTS, TimedOut, "did not answer in time"),  # behind these two, which urllib3 calls timeouts as well
    (
        (requests.exceptions.InvalidSchema, requests.TooManyRedirects),
        SourceUnavailable,
        "redirects to where no camera is: give the final address",
    ),
    ((ValueError,), ConnectionFailed, "is no address that can be asked: correct it"),
    ((ssl.SSLError,), ConnectionFailed, "does not speak TLS as it should: is it http rather than https?"),
    ((BaseException,), ConnectionFailed, "broke the connection off or cannot be reached"),
)


def explained(error: Exception, address: str) -> SourceUnavailable:
    """The error of a library; its own text, which may name more than may be shown, is not kept."""
    causes = _causes(error)
    if any(isinstance(each, _TLS) for each in causes):
        return untrusted(address)
    meaning = next(each for each in _MEANINGS if any(isinstance(cause, each[0]) for cause in causes))
    return meaning[1](f"{address} {meaning[2]}")


def is_hang_up(error: Exception) -> bool:
    """Whether the camera closed the connection instead of answering."""
    return any(isinstance(each, ConnectionResetError | BrokenPipeError) for each in _causes(error))


def refused(status: int, address: str, has_login: bool) -> SourceUnavailable:
    """An answer with a status that is no success."""
    if status in {401, 403}:
        if has_login:
            return WrongPassword(f"{address} refuses the login (wrong user name or password)")
        return WrongPassword(f"{address} asks for a login: put user:password@ before the host")
    if status == 404:
        return SourceUnavailable(f"{address} has no such stream (404): correct the path of the address")
    return SourceUnavailable(f"{address} answers with error {status}: look whether the camera's stream is switched on")


def _causes(error: BaseException) -> list[BaseException]:
    """The error and all that it was raised for; urllib3 hides some in arguments."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found
