"""Reading and writing YAML that people edit: strict about what it holds, and no value in its errors."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any

import yaml

from console.errors import BadInput

_LIST = "tag:yaml.org,2002:seq"


class _Strict(yaml.SafeLoader):
    """Refuses a key that is there twice, of which YAML's own loader drops one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"{key} is there twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def loaded(text: str) -> Any:  # noqa: ANN401 - whatever the text holds
    """What a text holds.

    Raises:
        BadInput: the line where it is no YAML, without what stands there: it may be a login.
    """
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise BadInput(f"{where}{error.problem or 'no YAML'}") from error
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise BadInput("this is no YAML text") from error


class OneLine(list[Any]):
    """A list that is written on one line."""


class _Legible(yaml.SafeDumper):
    """Writes what people read."""


_Legible.add_representer(OneLine, lambda dumper, value: dumper.represent_sequence(_LIST, value, flow_style=True))


def dumped(value: object) -> str:
    """A value as text, mappings in the order that they have."""
    return yaml.dump(value, Dumper=_Legible, sort_keys=False, allow_unicode=True, width=1000)


def number(value: float) -> float | int:
    """A number that is written without a fraction where it has none."""
    return int(value) if value == int(value) else value


def refuse_unknown(given: Mapping[Any, Any], known: Collection[str]) -> None:
    """Refuse fields that nothing reads, since a misspelt one is silently none.

    Raises:
        BadInput: names the field and the nearest one that exists.
    """
    for name in map(str, given):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise BadInput(f"unknown field {name}; {hint}")
