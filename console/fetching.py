"""Fetches one small file whose checksum is known: the whole of it, the right one, or nothing."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError

from console.errors import BadInput, CommandFailed
from shared.redaction import redact

MAX_BYTES = 4_000_000
MAX_REDIRECTS = 5
CHUNK_BYTES = 16_384
ELSEWHERE = "set MASKWATCH_YUNET_URL to where the file is, or give one that you have with --yunet-weights"
BY_HAND = "fetch it where there is a network, copy it here and give it with --yunet-weights"

Progress = Callable[[int, int | None], None]  # bytes that are here, of how many if that is known


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for the server to answer or to go on, and for the whole file."""

    silence_s: float = 10.0
    whole_s: float = 120.0


@dataclass(frozen=True)
class WantedFile:
    """A file's address (http, https or file) and the sha256 that its content must have, in lower-case hex."""

    url: str
    sha256: str

    @property
    def shown(self) -> str:
        """The address without credentials."""
        return redact(self.url)


def fetch(wanted: WantedFile, patience: Patience, progress: Progress) -> bytes:
    """The file's content, once it is known to be the right one.

    Raises:
        CommandFailed: it does not come, or is another file; the message says what to do.
    """
    try:
        content = b"".join(_chunks(wanted, patience, progress))
    except (OSError, HTTPException, ValueError) as error:
        raise CommandFailed(f"{wanted.shown} {_problem(error)}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.sha256:
        what = f"its sha256 is {found}, expected was {wanted.sha256}"
        raise CommandFailed(f"{wanted.shown} is another file ({what}) and was not kept: {ELSEWHERE}")
    return content


def _chunks(wanted: WantedFile, patience: Patience, progress: Progress) -> Iterator[bytes]:
    started, size = time.monotonic(), 0
    asked = request.Request(wanted.url, headers={"User-Agent": "maskwatch"})  # noqa: S310 - _opener takes no other schemes
    with _opener().open(asked, timeout=patience.silence_s) as answer:
        stated = int(answer.headers.get("Content-Length") or 0) or None
        # What has come is passed on at once: a server that sends a byte now and then must not hold us for ever.
        while chunk := answer.read1(CHUNK_BYTES):
            size += len(chunk)
            if max(size, stated or 0) > MAX_BYTES:
                raise _TooLarge
            if time.monotonic() - started > patience.whole_s:
                raise TimeoutError
            progress(size, stated)
            yield chunk
        if stated is not None and size < stated:
            raise _CutOff


class _TooLarge(ValueError):
    """It is no such file, whatever it is."""


class _CutOff(ValueError):
    """The connection ended before the file did."""


class _FewRedirects(request.HTTPRedirectHandler):
    max_redirections = MAX_REDIRECTS


def _opener() -> request.OpenerDirector:
    """Speaks http, https and file, and goes through the proxy that the environment names."""
    opener = request.OpenerDirector()
    handlers: tuple[Any, ...] = (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.FileHandler(),
        request.UnknownHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        _FewRedirects(),
    )
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _problem(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    if isinstance(cause, HTTPError):
        cause.close()
        if cause.code in {301, 302, 303, 307, 308}:
            return f"leads from one address to the next without an end: {ELSEWHERE}"
        return f"answers {cause.code} {cause.reason}: {ELSEWHERE}"
    if isinstance(cause, TimeoutError):
        return f"does not answer in time: try again later, or {BY_HAND}"
    if isinstance(cause, _TooLarge):
        return f"is more than {MAX_BYTES // 1_000_000} MB, so it is another file: {ELSEWHERE}"
    if isinstance(cause, (_CutOff, HTTPException)):
        return f"ended before all of it came: try again, or {BY_HAND}"
    return f"cannot be reached ({getattr(cause, 'strerror', None) or cause}): {BY_HAND}"


def check_place(target: Path) -> None:
    """See that a file can be put somewhere, before it is fetched.

    Raises:
        BadInput: it cannot.
    """
    if target.is_dir():
        raise BadInput(f"{target} is a folder: name the file with --to")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise _unwritable(target, error) from error


def keep(content: bytes, target: Path) -> None:
    """Put content into a file, all of it or nothing, whatever ends this process or the machine.

    Raises:
        BadInput: the place cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".fetched-", delete=False) as staged:
            staged.write(content)
            staged.flush()
            os.fchmod(staged.fileno(), 0o644)  # workers may run as another user
            os.fsync(staged.fileno())
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        Path(staged.name).replace(target)
    except OSError as error:
        Path(staged.name).unlink(missing_ok=True)
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> BadInput:
    return BadInput(f"{target} cannot be written: {error.strerror}; choose another place with --to")


def sha256_of(path: Path) -> str:
    """A file's checksum in lower-case hex; empty where there is no file.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; choose another place with --to") from error
