"""Nothing that is read can bring code along: no package unpickles, evaluates text or loads what may hold functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("shared", "producer", "worker", "trainer", "console", "deploy")
ROOT = Path(__file__).parents[1]
MODULES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal", "jsonpickle"}
CALLS = {"eval", "exec", "compile", "load_model", "model_from_json", "unsafe_load", "full_load", "torch.load"}


def complaints(source: str) -> Iterator[str]:
    """What may run code that it reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.partition(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            yield from _in_call(node)


def _in_call(call: ast.Call) -> Iterator[str]:
    name, options = ast.unparse(call.func), {each.arg: ast.unparse(each.value) for each in call.keywords}
    is_method = "." in name and not name.startswith(("builtins.", "keras.", "tensorflow.", "tf.", "torch.", "yaml."))
    if name in CALLS or (not is_method and name.rpartition(".")[2] in CALLS):
        yield name
    if name == "yaml.load" and not {"_Strict", "yaml.SafeLoader"} & {options.get("Loader")}:
        yield name
    if options.get("allow_pickle", "False") != "False":
        yield f"{name}(allow_pickle)"


def test_no_package_runs_what_it_reads() -> None:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(files) > 100
    found = {str(path.relative_to(ROOT)): list(complaints(path.read_text())) for path in files}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import dill.source",
        "eval(text)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "np.load(path, allow_pickle=True)",
        "keras.models.load_model(path)",
    ],
)
def test_what_would_is_noticed(source: str) -> None:
    assert list(complaints(source))
