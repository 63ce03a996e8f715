"""The variables of the dashboards, and the annotations that several of them have."""

from deploy.grafana.dashboard import Annotation, Variable
from deploy.grafana.promql import first_seen
from deploy.grafana.schema import SOURCE, SOURCE_UID, Json
from shared import metric_names as names

NEEDS_TRAINING = "nothing was trained or promoted yet"

SOURCE_VARIABLE = Variable(
    "datasource",
    {
        "type": "datasource",
        "label": "Prometheus",
        "query": "prometheus",
        "current": {"text": "Maskwatch", "value": SOURCE_UID},
        "multi": False,
        "includeAll": False,
        "refresh": 1,
        "regex": "",
        "hide": 0,
    },
)

CONSOLE = Variable(
    "console",
    {
        "type": "textbox",
        "label": "Console",
        "description": "Address of the page that shows violations with their pictures; links on panels lead there",
        "query": "http://127.0.0.1:8686",
        "current": {"text": "http://127.0.0.1:8686", "value": "http://127.0.0.1:8686"},
        "hide": 0,
    },
)


def _values_of(label: str, metric: str) -> Json:
    """The values of a label in the time range that is shown."""
    return {
        "type": "query",
        "datasource": SOURCE,
        "query": {
            "qryType": 1,
            "query": f"label_values({metric},{label})",
            "refId": "PrometheusVariableQueryEditor-VariableQuery",
        },
        "refresh": 2,
        "sort": 7,
        "regex": "",
    }


def cameras(is_hidden: bool = False) -> Variable:
    """The cameras that are chosen; hidden where a dashboard only hands them on."""
    metric = f"{names.FRAMES}_total"
    content: Json = {
        **_values_of("camera", metric),
        "label": "Camera",
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 2 if is_hidden else 0,
    }
    return Variable("camera", content, metric)


PART = Variable(
    "part",
    {
        **_values_of("part", names.MODEL_ACCURACY),
        "label": "Part of the data",
        "multi": False,
        "includeAll": False,
        "current": {"text": "test", "value": "test"},
        "hide": 0,
    },
    names.MODEL_ACCURACY,
)

CHANGES = (
    Annotation(
        "Model version",
        first_seen(names.MODEL_INFO, "version"),
        "Version {{version}} is served",
        "purple",
        "no version was changed within the range",
    ),
    Annotation(
        "Detector",
        first_seen(names.DETECTOR_INFO, "detector"),
        "Detector {{detector}} is used",
        "blue",
        "no detector was changed within the range",
    ),
)
