"""The loss over the steps of a fitting, kept on disk so that it survives whatever ends the process."""

import csv
from dataclasses import dataclass, fields
from pathlib import Path

LOSSES_FILE = "losses.csv"


@dataclass(frozen=True)
class LossRow:
    """The mean loss of the steps up to ``step``, from the row before on."""

    step: int
    seconds: float  # of fitting that were spent
    loss: float
    learning_rate: float


class LossLog:
    """Rows in a file."""

    def __init__(self, work: Path) -> None:
        """Nothing is written until there is a row."""
        self._path = work / LOSSES_FILE

    def append(self, row: LossRow) -> None:
        """Add a row."""
        is_new = not self._path.is_file()
        with self._path.open("a", newline="", encoding="utf-8") as lines:
            rows = csv.writer(lines, lineterminator="\n")
            if is_new:
                rows.writerow([each.name for each in fields(LossRow)])
            rows.writerow([row.step, f"{row.seconds:.1f}", f"{row.loss:.5f}", f"{row.learning_rate:.6g}"])

    def rows(self) -> list[LossRow]:
        """All that is there; a line that a killed process left unfinished is none."""
        if not self._path.is_file():
            return []
        with self._path.open(newline="", encoding="utf-8") as lines:
            return [row for line in csv.DictReader(lines) if (row := _row(line)) is not None]

    def keep_to(self, step: int) -> None:
        """Forget what came after the checkpoint of a step, since those steps are made again."""
        kept = [row for row in self.rows() if row.step <= step]
        self._path.unlink(missing_ok=True)
        for row in kept:
            self.append(row)


def _row(line: dict[str, str | None]) -> LossRow | None:
    try:
        step, *others = (line[each.name] or "" for each in fields(LossRow))
        return LossRow(int(step), *map(float, others))
    except (KeyError, ValueError):
        return None
