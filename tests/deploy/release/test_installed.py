"""The wheel of a release, installed where there is no source tree. All other packages are those of the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.release.conftest import needs_git
from tests.drills.drawn_people import draw_people
from tests.drills.kill_runs import SCENES
from tests.integration.system import assert_every_frame_is_accounted_for

pytestmark = [needs_git, pytest.mark.long, pytest.mark.timeout(300)]

# What would lead Python to the source tree.
_ENV = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
_ASK = "import console, shared.process_metrics as m; print(console.__file__, m.release())"


@pytest.fixture(scope="module")
def installed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of the environment are."""
    folder = tmp_path_factory.mktemp("installed")
    commands = folder / "bin"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    wheel = str(next(made.glob("*.whl")))
    subprocess.run([commands / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel], check=True, env=_ENV)
    # Behind its own, and without what an editable installation there says of our code.
    others = next(each for each in sys.path if each.endswith("site-packages"))
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "others.pth").write_text(f"{others}\n")
    return commands


def run(command: Path, *arguments: str, folder: Path) -> str:
    """What a command prints, which has to end well."""
    answer = subprocess.run([command, *arguments], capture_output=True, text=True, check=False, cwd=folder, env=_ENV)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_it_is_the_code_of_the_wheel_and_knows_its_version(installed: Path, tmp_path: Path) -> None:
    place, version = run(installed / "python", "-c", _ASK, folder=tmp_path).split()
    assert Path(place).is_relative_to(installed.parent)
    assert version == "0.1.0"


def test_its_command_explains_itself_and_makes_users(installed: Path, tmp_path: Path) -> None:
    assert "up" in run(installed / "maskwatch", "--help", folder=tmp_path)
    assert "user default reset off" in run(
        installed / "maskwatch", "acl", "--secrets", "passwords.json", folder=tmp_path
    )


def test_its_command_judges_a_file_with_processes_servers_and_models_of_its_own(
    installed: Path, tmp_path: Path
) -> None:
    clip = draw_people(tmp_path / "yard.mp4", SCENES["yard"], 3)
    options = ["--data", "data", "--port", "0", "--no-trainer", "--exit-when-done", "--json", "out.json"]
    run(installed / "maskwatch", "up", *options, "--camera", f"yard={clip}", folder=tmp_path)
    (camera,) = json.loads((tmp_path / "out.json").read_text())["cameras"].values()
    assert camera["frames_processed"] == 30
    assert_every_frame_is_accounted_for(camera)
