"""Thresholds, value mappings and links that panels share."""

from collections.abc import Mapping
from typing import Any

from deploy.grafana.schema import Json

GREEN, ORANGE, RED, GREY, BLUE = "green", "orange", "red", "gray", "blue"

# Below this share of the time, counts say little about what happened.
ENOUGH_COVERAGE = 0.8


def steps(*values: tuple[float | None, str]) -> Json:
    """Colours from a value upwards; the first one has no value."""
    return {
        "color": {"mode": "thresholds"},
        "thresholds": {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in values]},
    }


def good_when(at_least: float, fair_at_least: float) -> Json:
    """Green from ``at_least``, orange from ``fair_at_least``, else red."""
    return steps((None, RED), (fair_at_least, ORANGE), (at_least, GREEN))


def bad_when(at_least: float, doubtful_at_least: float | None = None) -> Json:
    """Red from ``at_least``, orange from ``doubtful_at_least``, else green."""
    doubtful = () if doubtful_at_least is None else ((doubtful_at_least, ORANGE),)
    return steps((None, GREEN), *doubtful, (at_least, RED))


def one_color(color: str) -> Json:
    """One colour for every field."""
    return {"color": {"mode": "fixed", "fixedColor": color}}


def words(values: Mapping[int, tuple[str, str]]) -> Json:
    """Numbers shown as a word in a colour."""
    options = {
        str(value): {"text": text, "color": color, "index": index}
        for index, (value, (text, color)) in enumerate(values.items())
    }
    return {"mappings": [{"type": "value", "options": options}]}


def console_link(camera: str) -> Json:
    """A link to the page with a camera's violations; ``camera`` is Grafana's word for the camera clicked at."""
    url = f"${{console:raw}}/#/violations?camera={camera}"
    return {"title": "Violations with their pictures", "url": url, "targetBlank": True}


BY_LABEL = "${__field.labels.camera}"
BY_COLUMN = "${__data.fields.camera}"


def merged(*parts: Mapping[str, Any]) -> Json:
    """Several settings of fields as one."""
    return {name: value for part in parts for name, value in part.items()}
