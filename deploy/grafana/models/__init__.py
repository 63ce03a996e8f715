"""The dashboard on models: what is served and how good it is, trainings, and the faces that they learn from."""

from deploy.grafana.dashboard import Dashboard
from deploy.grafana.models import faces, serving, training
from deploy.grafana.variables import CHANGES, CONSOLE, PART, SOURCE_VARIABLE, cameras

DASHBOARD = Dashboard(
    "maskwatch-models",
    "Maskwatch: models and training",
    "Which model versions and which detector judge, how good they are, and what trainings come to.",
    [serving.ROW, serving.ACCURACY, training.ROW, faces.DETECTOR, faces.ROW],
    [SOURCE_VARIABLE, PART, cameras(is_hidden=True), CONSOLE],
    CHANGES,
    since="now-7d",
    refresh="1m",
)
