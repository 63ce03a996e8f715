"""Asks a person before something is gone for good."""

import sys

import typer

from console.errors import BadInput, CommandFailed


def confirm(question: str) -> None:
    """Return where the answer is yes.

    Raises:
        BadInput: nobody can answer.
        CommandFailed: the answer is no.
    """
    if not sys.stdin.isatty():
        raise BadInput(f"{question} Nobody can answer here: give --yes")
    if not typer.confirm(question):
        raise CommandFailed("nothing was erased")
