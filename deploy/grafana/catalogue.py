"""All dashboards, and where their JSON lies."""

import json
from pathlib import Path

from deploy.grafana import models, pipeline, violations
from deploy.grafana.dashboard import Dashboard

DASHBOARDS: tuple[Dashboard, ...] = (violations.DASHBOARD, pipeline.DASHBOARD, models.DASHBOARD)
FOLDER = Path(__file__).parent / "dashboards"


def text_of(dashboard: Dashboard) -> str:
    """The content of a dashboard's file."""
    return json.dumps(dashboard.as_json(), indent=2) + "\n"
