"""Expressions that several panels share. They run on Prometheus 2.42 and later."""

CAMERA = 'camera=~"$camera"'


def of_cameras(metric: str, *matchers: str) -> str:
    """The series of the cameras that are chosen on the dashboard."""
    return select(metric, CAMERA, *matchers)


def select(metric: str, *matchers: str) -> str:
    """The series of a metric, those that match."""
    return f"{metric}{{{', '.join(matchers)}}}" if matchers else metric


def total(counter: str) -> str:
    """The name of a counter's samples."""
    return f"{counter}_total"


def counted(series: str, by: str, window: str = "$__range") -> str:
    """By how much durable counters rose within ``window``, exactly.

    What ``increase`` gives is extrapolated to the window's ends, so it is no whole number. Here the newest value
    has the one at the window's start taken off, or the lowest one where there was none yet or where the counter
    began anew. ``max`` and ``min`` are of one and the same counter, scraped from a console that has moved.
    """
    newest = f"max by ({by}) (last_over_time({series}[{window}]))"
    before = f"max by ({by}) ({series} offset {window})"
    return f"({newest} - ({before} <= {newest} or {_lowest(series, by, window)}))"


def counted_ahead(series: str, by: str, window: str = "$__interval") -> str:
    """The same for the window that begins at each point, so that the bar of the running hour is drawn too."""
    newest = f"max by ({by}) (last_over_time({series}[{window}] offset -{window}))"
    lowest = f"min by ({by}) (min_over_time({series}[{window}] offset -{window}))"
    return f"({newest} - (max by ({by}) ({series}) <= {newest} or {lowest}))"


def changed(series: str, by: str, window: str = "$__range") -> str:
    """By how much something that also falls has changed within ``window``: dismissals, which can be taken back."""
    newest = f"max by ({by}) (last_over_time({series}[{window}]))"
    before = f"max by ({by}) ({series} offset {window})"
    return f"({newest} - ({before} or {_lowest(series, by, window)}))"


def _lowest(series: str, by: str, window: str) -> str:
    return f"min by ({by}) (min_over_time({series}[{window}]))"


def rate(series: str, by: str = "") -> str:
    """Per second, summed; for a glance at the speed, where the ends of the window do not matter."""
    rated = f"rate({series}[$__rate_interval])"
    return f"sum by ({by}) ({rated})" if by else f"sum({rated})"


def quantile(share: float, histogram: str, by: str = "") -> str:
    """A quantile of a histogram; none while nothing was observed."""
    labels = f"le, {by}" if by else "le"
    # A histogram without observations gives NaN, which a legend and a threshold take for a value.
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket[$__rate_interval]))) >= 0"


def age(timestamp: str) -> str:
    """Seconds since a moment; moments that never came are left out."""
    return f"time() - ({timestamp} > 0)"


def first_seen(info: str, label: str) -> str:
    """When a value of ``label`` appears that was not there before, while others were: a change, no start."""
    now, before = f"count by ({label}) ({info})", f"count by ({label}) ({info} offset $__interval)"
    return f"({now} unless {before}) and on () count({info} offset $__interval)"


def ours(series: str) -> str:
    """Of a metric that any program may have, the series of our processes."""
    return f"{series} and on (job, instance) {OUR_PROCESSES}"


OUR_PROCESSES = "maskwatch_build_info"
