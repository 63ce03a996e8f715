"""What a benchmark needs from beside the installed product: the source tree, a model, annotated photographs."""

from pathlib import Path

import console
from console.errors import BadInput

CHILD = "tests.benchmarks.classic_loop"
_BESIDE = Path("shared") / "data"


def repository() -> Path:
    """The folder of the source tree, from which the classic loop is run.

    Raises:
        BadInput: the product was installed without it.
    """
    root = Path(console.__file__).parents[1]
    if not (root / CHILD.replace(".", "/") / "__main__.py").is_file():
        raise BadInput("bench seed runs a loop of the source tree's tests, which are not installed: run it there")
    return root


def opponent_model(given: Path | None) -> Path:
    """The published model that the loop calls.

    Raises:
        BadInput: there is none.
    """
    found = given or _beside("baseline", "seed_architecture.keras")
    if not found.is_file():
        raise BadInput(f"there is no model {found} for the classic loop: give --model FILE")
    return found.resolve()


def photographs(given: Path | None) -> Path:
    """The folder of annotated photographs.

    Raises:
        BadInput: there is none.
    """
    found = given or _beside("boxes", "test")
    if not found.is_dir():
        raise BadInput(
            f"there are no annotated photographs in {found}: give --boxes DIR, or --clip FILE for speed alone"
        )
    return found.resolve()


def _beside(*parts: str) -> Path:
    return Path(console.__file__).parents[2].joinpath(_BESIDE, *parts)
