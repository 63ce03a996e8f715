"""The classic loop in a process of its own, since it loads TensorFlow."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from console.benching.source_tree import CHILD
from console.benching.tying import tied_to_this
from console.errors import CommandFailed
from shared.messages import Box, Detection, Label


class _Face(BaseModel):
    box: Box
    label: Label
    confidence: float


class LoopFrame(BaseModel):
    """A frame that the loop judged: wall-clock and processor seconds, and the faces in it."""

    frame: int
    seconds: float
    cpu_seconds: float
    faces: tuple[_Face, ...]

    @property
    def detections(self) -> list[Detection]:
        """The faces, each as sure a face as the others."""
        return [Detection(box=each.box, label=each.label, confidence=each.confidence) for each in self.faces]


class _Answer(BaseModel):
    frames: tuple[LoopFrame, ...]


@dataclass(frozen=True)
class Loop:
    """How the loop is run: from which folder, on which clip, with which model."""

    repository: Path
    clip: Path
    model: Path

    def judge(self, first: int, every: int, into: Path) -> Sequence[LoopFrame]:
        """Every ``every``-th frame from ``first`` on; the answer passes through the file ``into``.

        Raises:
            CommandFailed: it ends early.
        """
        command = [sys.executable, "-m", CHILD, str(self.clip), "--model", str(self.model), "--json", str(into)]
        command += ["--first", str(first), "--every", str(every)]
        ended = subprocess.run(tied_to_this(command), cwd=self.repository, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            said = ended.stderr.strip().splitlines() or ["without a word"]
            raise CommandFailed(f"the classic loop ended with exit code {ended.returncode}: {said[-1]}")
        return _Answer.model_validate(json.loads(into.read_text())).frames
