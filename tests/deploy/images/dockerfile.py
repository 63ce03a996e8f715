"""The Dockerfile, read as an engine reads it: stages, each with its instructions in their order."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.images.closure import SOURCE

FOLDER = SOURCE / "deploy" / "images"
ROLES = ("producer", "worker", "events", "trainer", "console")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


@dataclass(frozen=True)
class Instruction:
    """One instruction, continued lines joined; ``word`` in capitals."""

    word: str
    value: str


@dataclass(frozen=True)
class Stage:
    """What one FROM begins, variables as they stand in the file."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Copy:
    """One COPY: what, from which stage (none: the source tree), and where to."""

    stage: str | None
    sources: tuple[str, ...]
    target: str


def stages(text: str) -> dict[str, Stage]:
    """The stages by name, in their order."""
    found: dict[str, Stage] = {}
    begun: list[Instruction] = []
    for each in _instructions(text):
        begun.append(each)
        if each.word == "FROM":
            base, _, name = each.value.partition(" AS ")
            begun = []
        if found or each.word == "FROM":
            found[name] = Stage(name, base, tuple(begun))
    return found


def chain(all_stages: dict[str, Stage], name: str) -> list[Instruction]:
    """All that an image is made by: the instructions of what it is based on, then its own."""
    stage = all_stages[name]
    return [*(chain(all_stages, stage.base) if stage.base in all_stages else ()), *stage.instructions]


def variables(instructions: list[Instruction], word: str) -> dict[str, str]:
    """What ENV or ARG set, the last one of a name; variables in values are filled in."""
    found: dict[str, str] = {}
    for each in instructions:
        if each.word == word:
            pairs = re.findall(r'(\w+)=("[^"]*"|\S+)', each.value)
            found |= {name: filled(value.strip('"'), found) for name, value in pairs}
    return found


def copies(instructions: list[Instruction]) -> list[Copy]:
    """Every COPY, with its variables filled in."""
    known = variables(instructions, "ARG") | variables(instructions, "ENV")
    found = []
    for each in (each for each in instructions if each.word == "COPY"):
        words = filled(each.value, known).split()
        stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
        found.append(Copy(stage, tuple(words[:-1]), words[-1]))
    return found


def last(instructions: list[Instruction], word: str) -> str:
    """What counts of an instruction of which the last one does."""
    return next(each.value for each in reversed(instructions) if each.word == word)


def filled(text: str, known: dict[str, str]) -> str:
    """A text with the variables that are known in place of their names."""
    return _VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    return [Instruction(word.upper(), value) for word, _, value in (line.partition(" ") for line in joined)]


def shipped() -> dict[str, Stage]:
    """The stages of the Dockerfile that is ours."""
    return stages((FOLDER / "Dockerfile").read_text())


def locked(role: str) -> dict[str, set[str]]:
    """The packages that a role's image installs, each with its versions (for releases of Python)."""
    return _versions(FOLDER / "requirements" / f"{role}.txt")


def locked_everywhere() -> dict[str, set[str]]:
    """The same of the whole project."""
    return _versions(SOURCE / "requirements.txt")


def _versions(file: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", file.read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found
