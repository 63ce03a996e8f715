"""The comparison of cascades itself, on drawn faces."""

import json
import sys
from pathlib import Path

import cv2
import pytest

from tests.benchmarks.cascade_scans import Scan, Scanner
from tests.benchmarks.cascade_variants import ALT, IN_USE, Variant
from tests.benchmarks.haar_variants import main, measured, scanned, table
from tests.worker.drawn import a_scene


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """Two drawn faces a picture, boxed as people box faces."""
    (tmp_path / "images").mkdir()
    records = []
    for number, (x, y) in enumerate([(150, 200), (190, 210), (230, 190), (170, 180)]):
        cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), a_scene((x, y, 120), (x + 250, y, 100)))
        boxes = [_a_box(x, y, 120), _a_box(x + 250, y, 100)]
        records.append({"image": f"images/{number}.png", "width": 640, "height": 480, "boxes": boxes})
    (tmp_path / "boxes.json").write_text(json.dumps(records))
    return tmp_path


def _a_box(x: float, y: float, width: float) -> dict[str, object]:
    sides = [x - 0.42 * width, y - 0.4 * width, x + 0.42 * width, y + 0.5 * width]
    return {"label": "without_mask", "box": sides}


@pytest.mark.parametrize("variant", [IN_USE, Variant("eyes", eyes="eye"), Variant("both", (ALT, Scan(channel="grey")))])
def test_a_variant_finds_what_is_drawn_and_has_a_row(photographs: Path, variant: Variant) -> None:
    row = measured(variant, scanned(photographs, variant.scans, every=1))
    assert row.recall["without_mask"] == (1.0, 1.0)
    assert len(row.fit.odds) == 1 + len(variant.scans) + bool(variant.eyes)
    assert table([row]).splitlines()[-1].startswith(f"| {variant.name} | ")


def test_a_mirrored_and_a_doubled_scan_give_windows_in_pixels_of_the_picture() -> None:
    picture = a_scene((200, 200, 120))
    for scan in (Scan(is_mirrored=True), Scan(zoom=2.0), Scan(zoom=0.5)):
        centres = [(x + side / 2, y + side / 2) for x, y, side in Scanner(scan).run(picture).squares]
        assert any(abs(x - 200) < 30 and abs(y - 200) < 30 for x, y in centres)


def test_without_its_last_stages_a_cascade_accepts_more() -> None:
    picture = a_scene((200, 200, 120), (400, 240, 60))
    whole, cut = (len(Scanner(Scan(dropped_stages=dropped)).run(picture).margins) for dropped in (0, 8))
    assert cut > whole


def test_a_folder_without_photographs_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["haar_variants", "--boxes", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert "boxes.json" in capsys.readouterr().err.splitlines()[-1]
