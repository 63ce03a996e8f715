"""Spans of time as people write them: 90s, 5m, 12h, 7d."""

import re

from console.errors import BadInput

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,12})?)(?P<unit>[smhdw])")


def is_span(text: str) -> bool:
    """Whether a text looks like a span of time."""
    return _SPAN.fullmatch(text.strip()) is not None


def seconds(text: str, option: str) -> float:
    """The seconds of a span.

    Raises:
        BadInput: the text is none.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"{option} is {text!r}: give a number with s, m, h, d or w, such as 5m")
    return float(match["number"]) * _UNITS[match["unit"]]
