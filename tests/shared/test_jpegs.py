import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shared.jpegs import NoJpeg, stated_size


def a_jpeg(width: int = 40, height: int = 30) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height)).save(written, "JPEG")
    return written.getvalue()


def test_the_size_is_the_headers_and_nothing_is_decoded() -> None:
    honest = a_jpeg()
    at = honest.index(b"\xff\xc0") + 5
    bomb = honest[:at] + struct.pack(">HH", 65_500, 65_500) + honest[at + 4 :]
    assert stated_size(honest) == (40, 30)
    assert stated_size(bomb) == (65_500, 65_500)


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0\x00", b"GIF89a", b"x" * 5_000])
def test_other_bytes_are_no_jpeg(content: bytes) -> None:
    with pytest.raises(NoJpeg):
        stated_size(content)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=6), st.integers(0, 700))
def test_whatever_is_broken_is_a_size_or_no_jpeg(changes: list[tuple[int, int]], length: int) -> None:
    broken = bytearray(a_jpeg())
    for at, value in changes:
        broken[at % len(broken)] = value
    try:
        width, height = stated_size(bytes(broken[:length]))
    except NoJpeg:
        return
    assert width >= 0
    assert height >= 0
