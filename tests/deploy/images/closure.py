"""What a process may import, read from its source: also what it imports only when it is asked for."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

SOURCE = Path(__file__).parents[3]
OURS = ("shared", "producer", "worker", "trainer", "console", "deploy")


def reached_from(*modules: str) -> set[str]:
    """Every module of ours that these may import, themselves and the packages around them included."""
    reached: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in reached or file_of(name) is None:
            continue
        reached.add(name)
        waiting += [name.rpartition(".")[0], *(each for each in _imports(name) if each.split(".")[0] in OURS)]
    return reached


def foreign(modules: set[str]) -> dict[str, set[str]]:
    """Top-level names of other people's packages, with the modules that import them."""
    found: dict[str, set[str]] = {}
    for module in modules:
        for name in _imports(module):
            top = name.split(".")[0]
            if top not in OURS and top not in sys.stdlib_module_names:
                found.setdefault(top, set()).add(module)
    return found


@cache
def file_of(module: str) -> Path | None:
    """Where a module of ours is written; ``None`` for a name in a module, or one that does not exist."""
    path = SOURCE.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if module and file.is_file():
            return file
    return None


@cache
def _imports(module: str) -> tuple[str, ...]:
    return tuple(_read_imports(module))


def _read_imports(module: str) -> Iterator[str]:
    file = file_of(module)
    assert file is not None, module
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in _run(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            yield origin
            yield from (f"{origin}.{each.name}" for each in node.names)


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from _run(node)
