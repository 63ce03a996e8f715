"""What the reports of all models are made of in a terminal."""

from rich.table import Table
from rich.text import Text

from shared.model_registry import GateRecord


def line(name: str, value: str) -> Text:
    """A name and its value."""
    return Text.assemble((f"{name}: ", "dim"), plain_text(value))


def table_of(first: str, *others: str) -> Table:
    """A table without lines, its first column text and the others figures."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def gate_lines(gate: GateRecord | None, told: str = "") -> Text:
    """What the gate said; reasons that were ``told`` already are left out."""
    if gate is None:
        return line("gate", "not asked")
    against = f", compared with version {gate.compared_with}" if gate.compared_with else ""
    forced = ", promoted all the same by force" if gate.forced else ""
    said = line("gate", ("passed" if gate.passed else "not passed") + against + forced)
    for reason in (each for each in gate.reasons if each not in told):
        said.append(f"\n  {plain_text(reason)}")
    return said


def plain_text(text: str) -> str:
    """Text from a registry, without what would steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
