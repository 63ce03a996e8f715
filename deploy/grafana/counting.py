"""By how much durable counters rose, exactly.

What ``increase`` gives is extrapolated to the ends of its window, so it is no whole number. Here the newest value
within the window has that at its start taken off. ``max`` and ``min`` are of one and the same counter, scraped from
several consoles or from one that has moved.
"""

from deploy.grafana.promql import of_cameras, total
from shared import metric_names as names

# A camera that was watched for no longer than this when Prometheus first saw its counters was new then, and what
# they had counted is of the window; those of an older one had counted things of long ago.
NEW_S = 120


def counted(series: str, by: str, window: str = "$__range") -> str:
    """By how much counters rose in the ``window`` before each point."""
    return _risen(series, by, window, start=f" offset {window}", end="")


def counted_ahead(series: str, by: str, window: str = "$__interval") -> str:
    """The same of the window that begins at each point, so that the bar of the running hour is drawn too."""
    return _risen(series, by, window, start="", end=f" offset -{window}")


def _risen(series: str, by: str, window: str, start: str, end: str) -> str:
    newest = f"max by ({by}) (last_over_time({series}[{window}]{end}))"
    # One that began anew is lower now than it was: then its start does not count.
    before = f"max by ({by}) ({series}{start}) <= {newest}"
    lowest = f"min by ({by}) (min_over_time({series}[{window}]{end}))"
    if "camera" in by:
        watched = of_cameras(total(names.WATCHED_SECONDS))
        new = f"min by (camera) (min_over_time({watched}[{window}]{end})) < {NEW_S}"
        lowest = f"{lowest} unless on (camera) {new} or {newest} * 0"
    return f"({newest} - ({before} or {lowest}))"


def changed(series: str, by: str, window: str = "$__range") -> str:
    """By how much what also falls has changed in the ``window``: dismissals, which can be taken back."""
    newest = f"max by ({by}) (last_over_time({series}[{window}]))"
    before = f"max by ({by}) ({series} offset {window})"
    return f"({newest} - ({before} or min by ({by}) (min_over_time({series}[{window}]))))"
