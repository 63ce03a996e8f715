"""Small model versions for the tests of registries."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from shared.messages import Label
from shared.model_registry import Manifest, ModelInput

Describe = Callable[[int, Path], Manifest]


def a_version(content: bytes = b"weights") -> Describe:
    """Makes a version of three files, one of them in a folder."""

    def describe(version: int, folder: Path) -> Manifest:
        (folder / "model.tflite").write_bytes(content)
        (folder / "golden").mkdir()
        (folder / "golden" / "0.png").write_bytes(b"picture")
        return Manifest(
            name="mask",
            version=version,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            model_file="model.tflite",
            labels=(Label.WITH_MASK, Label.WITHOUT_MASK),
            input=ModelInput(width=96, height=96, scale=1 / 127.5, offset=-1, crop_margin=0.1),
            files={},
        )

    return describe
