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


def rate(series: str, by: str = "") -> str:
    """Per second, summed; for a glance at the speed, where the ends of the window do not matter."""
    rated = f"rate({series}[$__rate_interval])"
    return f"sum by ({by}) ({rated})" if by else f"sum({rated})"


def quantile(share: float, histogram: str, by: str = "") -> str:
    """A quantile of a histogram; none while nothing was observed."""
    labels = f"le, {by}" if by else "le"
    # A histogram without observations gives NaN, which a legend and a threshold take for a value.
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket[$__rate_interval]))) >= 0"


def age(moments: str, by: str) -> str:
    """Seconds since the newest of some moments, as of the scrape that told of it; those that never came are left out.

    By ``time()`` it would swing with the time since the scrape.
    """
    return f"clamp_min(min by ({by}) (timestamp({moments}) - ({moments} > 0)), 0)"


def first_seen(info: str, label: str) -> str:
    """When a value of ``label`` appears that was not there before, while others were: a change, no start."""
    now, before = f"count by ({label}) ({info})", f"count by ({label}) ({info} offset $__interval)"
    return f"({now} unless {before}) and on () count({info} offset $__interval)"


def ours(series: str) -> str:
    """Of a metric that any program may have, the series of our processes."""
    return f"{series} and on (job, instance) {OUR_PROCESSES}"


OUR_PROCESSES = "maskwatch_build_info"
