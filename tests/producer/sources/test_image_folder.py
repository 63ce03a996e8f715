import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from producer.pictures.encoding import encode, size_of
from producer.sources.base import NoPictures, Picture, SourceMissing
from producer.sources.image_folder import ImageFolder
from tests.producer.builders import decoded, numbered_jpeg, numbered_picture, shown_number


def _pictures(folder: Path, fps: float | None = None, start_at: int = 0) -> list[Picture]:
    return list(ImageFolder(folder, fps, start_at).pictures())


def test_pictures_come_sorted_by_name_and_jpeg_bytes_stay_as_they_are(tmp_path: Path) -> None:
    for number in (2, 0, 1):
        (tmp_path / f"{number}.JPG").write_bytes(numbered_jpeg(number))
    assert [picture.jpeg for picture in _pictures(tmp_path)] == [numbered_jpeg(number) for number in range(3)]


def test_other_formats_are_encoded(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered_picture(5))
    (picture,) = _pictures(tmp_path)
    assert shown_number(decoded(encode(picture, quality=90))) == 5


def test_a_broken_picture_keeps_its_number_and_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "0.jpg").write_bytes(numbered_jpeg(0))
    (tmp_path / "1.jpg").write_bytes(b"no picture")
    (tmp_path / "2.png").write_bytes(b"")
    (tmp_path / "3.jpg").write_bytes(numbered_jpeg(3))
    pictures = _pictures(tmp_path)
    encoded = [encode(picture, quality=90) for picture in pictures]
    assert encoded == [numbered_jpeg(0), b"no picture", b"", numbered_jpeg(3)]
    assert [size_of(picture) for picture in pictures] == [(160, 64), (1, 1), (1, 1), (160, 64)]


def a_png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header states another size, with the checksum that belongs to it."""
    honest = cv2.imencode(".png", numbered_picture(0))[1].tobytes()
    header = b"IHDR" + struct.pack(">II", width, height) + honest[24:29]
    return honest[:12] + header + struct.pack(">I", zlib.crc32(header)) + honest[33:]


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_file_that_claims_more_than_any_camera_has_is_not_decoded(
    tmp_path: Path, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0.png").write_bytes(a_png_claiming(side, side))
    (tmp_path / "1.png").write_bytes(a_png_claiming(160, 64))
    decoder, given = cv2.imdecode, list[int]()

    def decode(data: npt.NDArray[np.uint8], flags: int) -> object:
        given.append(data.size)
        return decoder(data, flags)

    monkeypatch.setattr(cv2, "imdecode", decode)
    bomb, honest = _pictures(tmp_path)
    assert given == [len(a_png_claiming(160, 64))]
    assert size_of(bomb) == (1, 1)
    assert size_of(honest) == (160, 64)


def test_a_photograph_taken_sideways_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(numbered_picture(1)).save(tmp_path / "sideways.jpg", exif=exif)
    (picture,) = _pictures(tmp_path)
    assert size_of(picture) == (64, 160)
    assert decoded(encode(picture, quality=90)).shape == (160, 64, 3)


def test_pictures_are_a_fifth_of_a_second_apart_unless_a_rate_is_given(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(numbered_jpeg(number))
    assert [picture.time_s for picture in _pictures(tmp_path)] == pytest.approx([0, 0.2, 0.4, 0.6])
    assert [picture.time_s for picture in _pictures(tmp_path, fps=2, start_at=2)] == pytest.approx([1.0, 1.5])


def test_a_folder_without_pictures_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(NoPictures, match="holds no pictures"):
        ImageFolder(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        ImageFolder(tmp_path / "nowhere")
