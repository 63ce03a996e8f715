"""Builds an image and runs it without an engine: the Dockerfile's own instructions, on layers over this machine's root.

This machine stands in for the base image, with the Python that runs the tests. All happens in mounts that one process
sees: nothing of it is left when that process ends.
"""

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.deploy.images.closure import SOURCE
from tests.deploy.images.dockerfile import Copy, Instruction, chain, copies, filled, last, shipped, variables

STAGES = shipped()
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OF_THE_MACHINE = {"LD_LIBRARY_PATH": "/usr/local/lib"}  # its Python may name a library where nobody else may look
_PREPARE = """
set -eu
mount -t tmpfs tmpfs {work}
layer() {{  # a stage, on the layers below it
    mkdir {work}/$1.upper {work}/$1.work {work}/$1
    mount -t overlay overlay -o lowerdir=$2,upperdir={work}/$1.upper,workdir={work}/$1.work {work}/$1
    mount --rbind /proc {work}/$1/proc
    mount --rbind /dev {work}/$1/dev
    mount -t tmpfs tmpfs {work}/$1/tmp
    test {prefix} = /usr || mount --bind {prefix} {work}/$1/usr/local
}}
take() {{  # as COPY does: what is in a folder, not the folder
    if test -d "$1"; then mkdir -p "$2" && cp -a "$1/." "$2/"; else mkdir -p "$(dirname "$2x")" && cp -a "$1" "$2"; fi
}}
"""


class Build:
    """Collects the script that builds a stage after all stages that it takes from."""

    def __init__(self, work: Path) -> None:
        """``work`` is an empty folder: the layers live there, in memory."""
        self._work = work
        self._lines = [_PREPARE.format(work=work, prefix=shlex.quote(sys.base_prefix))]
        self._layers: dict[str, str] = {}

    def script(self, target: str, command: list[str], volumes: Mapping[str, Path], env: Mapping[str, str]) -> str:
        """Build an image and run a command of it as its user, with a read-only root and no rights.

        ``volumes`` are files and folders of this machine by where the image sees them; ``env`` is added to the image's.
        """
        self._stage(target)
        root, instructions = self._work / target, chain(STAGES, target)
        user, _, group = last(instructions, "USER").partition(":")
        for place, source in volumes.items():
            self._say(f"test -d {source} && mkdir -p {root}{place} || touch {root}{place}")
            self._say(f"mount --bind {source} {root}{place}")
        self._say(f"mount -o remount,ro,bind {root}")
        nobody = (
            f"setpriv --reuid {user} --regid {group} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs"
        )
        inside = f"cd {last(instructions, 'WORKDIR')} && exec {nobody} {shlex.join(command)}"
        given = _environment(instructions) | _OF_THE_MACHINE | dict(env)
        self._say(f"exec chroot {root} env -i {_assigned(given)} sh -c {shlex.quote(inside)}")
        return "\n".join(self._lines)

    def _stage(self, name: str) -> None:
        if name in self._layers:
            return
        stage = STAGES[name]
        if stage.base in STAGES:
            self._stage(stage.base)
        below = self._layers.get(stage.base, "/")
        for each in copies(chain(STAGES, name)):
            if each.stage is not None:
                self._stage(each.stage)
        self._say(f"layer {name} {below}")
        self._layers[name] = f"{self._work / name}.upper:{below}"
        done = list(chain(STAGES, stage.base)) if stage.base in STAGES else []
        for instruction in stage.instructions:
            done.append(instruction)
            self._do(name, instruction, done)

    def _do(self, name: str, instruction: Instruction, done: list[Instruction]) -> None:
        folder = next((each.value for each in reversed(done) if each.word == "WORKDIR"), "/")
        root = self._work / name
        if instruction.word == "WORKDIR":
            self._say(f"mkdir -p {root}{folder}")
        elif instruction.word == "COPY":
            self._copy(root, folder, copies(done)[-1])
        elif instruction.word == "RUN":
            inside = f"cd {folder} && {instruction.value}"
            self._say(f"chroot {root} env {_assigned(_environment(done))} sh -c {shlex.quote(inside)} >&2")

    def _copy(self, root: Path, folder: str, copy: Copy) -> None:
        origin = SOURCE if copy.stage is None else self._work / copy.stage
        target = copy.target if copy.target.startswith("/") else f"{folder}/{copy.target}"
        for source in copy.sources:
            self._say(f"take {origin}/{source.removeprefix('/')} {root}{target}")

    def _say(self, line: str) -> None:
        self._lines.append(line)


def command_of(target: str) -> list[str]:
    """What an image starts."""
    return [str(each) for each in json.loads(last(chain(STAGES, target), "CMD"))]


def health_check_of(target: str) -> list[str]:
    """What an engine asks an image's container with."""
    return [str(each) for each in json.loads(last(chain(STAGES, target), "HEALTHCHECK").partition("CMD ")[2])]


def _environment(instructions: list[Instruction]) -> dict[str, str]:
    set_here = variables(instructions, "ARG") | variables(instructions, "ENV")
    return {name: filled(value, {"PATH": _PATH}) for name, value in set_here.items()}


def _assigned(env: Mapping[str, str]) -> str:
    return shlex.join(f"{name}={value}" for name, value in env.items())
