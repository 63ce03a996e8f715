"""The dashboard on how frames get through: cameras, stages, workers, servers, and what leaves the system."""

from deploy.grafana.dashboard import Dashboard
from deploy.grafana.pipeline import cameras as of_cameras
from deploy.grafana.pipeline import frames, heartbeat, leaving, processes, stages
from deploy.grafana.variables import CHANGES, CONSOLE, SOURCE_VARIABLE, cameras

DASHBOARD = Dashboard(
    "maskwatch-pipeline",
    "Maskwatch: pipeline",
    "Whether cameras, workers and servers keep up. Rates and quantiles are Prometheus's, over its scrapes.",
    [
        of_cameras.ROW,
        frames.ROW,
        stages.LATENCY,
        stages.STAGES,
        processes.WORKERS,
        processes.SERVERS,
        heartbeat.ROW,
        leaving.ROW,
        of_cameras.TROUBLE,
    ],
    [SOURCE_VARIABLE, cameras(), CONSOLE],
    CHANGES,
)
