"""Asking a camera over HTTP, with the camera's failures told apart."""

from types import TracebackType
from urllib.parse import urljoin, urlsplit

import requests
from requests import Response

from producer.sources.base import SourceLimits, TimedOut
from producer.sources.deadline import Deadline, DeadlineAdapter
from producer.sources.http_failures import FAILURES, explained, is_hang_up, refused
from producer.sources.http_login import split_login
from shared.redaction import redact

_MAX_REDIRECTS = 5
_CHUNK_BYTES = 64 << 10


class Answer:
    """A successful answer whose content is read as it comes."""

    def __init__(self, response: Response, conversation: "Conversation") -> None:
        """Take over the response."""
        self._response = response
        self._conversation = conversation
        self._held = b""
        kind, _, rest = response.headers.get("Content-Type", "").partition(";")
        self.content_type = kind.strip().lower()
        self.boundary = rest.partition("boundary=")[2].partition(";")[0].strip()

    def __enter__(self) -> "Answer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def peek(self) -> bytes:
        """Its first bytes, which ``read`` gives again."""
        self._held = self._held or self.read()
        return self._held

    def read(self) -> bytes:
        """What has arrived; empty at the end.

        Raises:
            TimedOut, SourceUnavailable: by the conversation's deadline; the camera broke off.
        """
        if self._held:
            held, self._held = self._held, b""
            return held
        if self._conversation.deadline.has_passed:
            raise self._conversation.timed_out()
        try:
            return self._response.raw.read1(_CHUNK_BYTES)
        except FAILURES as error:
            raise explained(error, self._conversation.address) from None

    def close(self) -> None:
        """Read no more of it."""
        self._response.close()


class Conversation:
    """Requests to one address, with its login and over one connection where the camera keeps it."""

    def __init__(self, url: str, limits: SourceLimits) -> None:
        """Prepare; nothing is sent yet."""
        self.address = redact(url)
        self.deadline = Deadline()
        self._limits = limits
        self._has_login = "@" in urlsplit(url).netloc
        self._url, self._login = split_login(url)
        self._session = requests.Session()
        self._session.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, DeadlineAdapter(self.deadline))

    def ask(self, wait_s: float) -> Answer:
        """The answer, its headers being here within ``wait_s`` seconds of the connection.

        Raises:
            SourceError: see ``producer.sources.base``.
        """
        self.deadline.put_off(wait_s)
        try:
            response = self._followed()
        except FAILURES as error:
            raise explained(error, self.address) from None
        if response.status_code >= 300:
            response.close()
            raise refused(response.status_code, self.address, self._has_login)
        return Answer(response, self)

    def timed_out(self) -> TimedOut:
        """What to say when the deadline has passed."""
        return TimedOut(f"{self.address} did not answer in time")

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def _followed(self) -> Response:
        """The answer behind all redirects; the login goes to no other host."""
        url = self._url
        for _ in range(_MAX_REDIRECTS):
            response = self._answer_from(url)
            if not response.is_redirect:
                return response
            response.close()
            url = urljoin(url, response.headers["Location"])
        raise requests.TooManyRedirects

    def _answer_from(self, url: str) -> Response:
        try:
            return self._get(url)
        except requests.ConnectionError as error:
            if not is_hang_up(error):
                raise
            return self._get(url)  # the camera closed a connection just when it was to serve again

    def _get(self, url: str) -> Response:
        login = self._login if _is_same_camera(self._url, url) else None
        return self._session.get(
            url,
            auth=login or (lambda request: request),  # none at all, also where a .netrc has one
            stream=True,
            timeout=(self._limits.open_timeout_s, self.deadline.left_s()),
            allow_redirects=False,
        )


def _is_same_camera(first: str, other: str) -> bool:
    """Whether a login for the first address may be told to the other: the same place, or its TLS."""
    one, two = urlsplit(first), urlsplit(other)
    is_upgrade = (one.scheme, two.scheme) == ("http", "https")
    return one.hostname == two.hostname and (is_upgrade or (one.scheme, one.port) == (two.scheme, two.port))
