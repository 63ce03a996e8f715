import shutil
from pathlib import Path

import pytest

from deploy.release.__main__ import main
from tests.deploy.images.closure import SOURCE

needs_git = pytest.mark.skipif(
    shutil.which("git") is None or not (SOURCE / ".git").exists(),
    reason="a release is made in a git checkout, and this is none",
)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, built for real from what is committed."""
    folder = tmp_path_factory.mktemp("release") / "dist"
    assert main(["--into", str(folder), "--audit", "none"]) == 0
    return folder
