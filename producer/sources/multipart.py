"""Takes the pictures out of a ``multipart/x-mixed-replace`` answer, as lenient as browsers are."""

import re
from collections.abc import Iterator

MAX_PART_BYTES = 16 << 20
_MAX_HEADER_BYTES = 16 << 10
_MAX_BOUNDARY_BYTES = 256  # with its dashes and line ends
_END_OF_HEADERS = re.compile(rb"\A\r?\n|\r?\n\r?\n")  # a part may have none
_CONTENT_LENGTH = re.compile(rb"^content-length:\s*(\d{1,12})\s*$", re.IGNORECASE | re.MULTILINE)
_CONTENT_TYPE = re.compile(rb"^content-type:\s*([^\s;]+)", re.IGNORECASE | re.MULTILINE)
_ANY_BOUNDARY = rb"--[^\r\n]{1,70}"


class PartTooLarge(Exception):
    """A part is larger than any picture, or its end is never marked."""


class Multipart:
    """Parts out of pieces that arrive in any lengths.

    ``boundary`` is as the header states it; with or without its leading dashes, quoted or empty, it is
    found in the stream. A part ends where its Content-Length says, or else before the next boundary.
    """

    def __init__(self, boundary: str) -> None:
        """Begin before the first part."""
        core = re.escape(boundary.strip("\"' ").lstrip("-").encode("latin-1", "replace"))
        named = rb"-*" + core if core else _ANY_BOUNDARY
        # A pattern that begins with one certain byte is looked for fifty times faster.
        self._boundary = re.compile(rb"\n" + named + rb"(?:--)?[ \t]*\r?\n")
        self._held = bytearray(b"\n")
        self._is_inside = False  # behind a boundary, before the end of the part's headers
        self._searched = 0  # bytes that hold no boundary for sure

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The pictures that are whole with this piece; empty parts and other kinds of content are passed over.

        Raises:
            PartTooLarge: see there.
        """
        self._held += piece
        while (found := self._next()) is not None:
            content, is_picture = found
            if content and is_picture:
                yield content
        if len(self._held) > MAX_PART_BYTES + _MAX_HEADER_BYTES:
            raise PartTooLarge

    def _next(self) -> tuple[bytes, bool] | None:
        if not self._is_inside and not self._skip_to_headers():
            return None
        end = _END_OF_HEADERS.search(self._held, 0, _MAX_HEADER_BYTES)
        if end is None:
            if len(self._held) > _MAX_HEADER_BYTES:
                raise PartTooLarge
            return None
        headers = bytes(self._held[: end.start()])
        content = self._content(end.end(), headers)
        return None if content is None else (content, _is_picture(headers))

    def _skip_to_headers(self) -> bool:
        """Drop what lies before the next boundary and the boundary; junk there belongs to no part."""
        boundary = self._boundary.search(self._held)
        if boundary is None:
            del self._held[:-_MAX_BOUNDARY_BYTES]
            return False
        del self._held[: boundary.end()]
        self._is_inside, self._searched = True, 0
        return True

    def _content(self, begin: int, headers: bytes) -> bytes | None:
        stated = _CONTENT_LENGTH.search(headers + b"\n")
        if stated is not None:
            return self._of_length(begin, int(stated[1]))
        boundary = self._boundary.search(self._held, max(begin - 1, self._searched))
        if boundary is None:
            self._searched = max(begin - 1, len(self._held) - _MAX_BOUNDARY_BYTES)  # a boundary may be there in part
            return None
        end = boundary.start() - self._held.endswith(b"\r", begin, boundary.start())
        return self._taken(begin, max(begin, end), boundary.start())

    def _of_length(self, begin: int, length: int) -> bytes | None:
        if length > MAX_PART_BYTES:
            raise PartTooLarge
        return self._taken(begin, begin + length, begin + length) if len(self._held) >= begin + length else None

    def _taken(self, begin: int, end: int, drop: int) -> bytes:
        content = bytes(self._held[begin:end])
        self._held[:drop] = b"\n"  # the next boundary may follow at once
        self._is_inside = False
        return content


def _is_picture(headers: bytes) -> bool:
    stated = _CONTENT_TYPE.search(headers)
    return stated is None or stated[1].lower().startswith((b"image/", b"application/octet-stream"))
