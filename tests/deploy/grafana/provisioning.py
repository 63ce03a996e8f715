"""What Grafana is told to set up."""

from typing import Any, cast

import yaml

from deploy.grafana.catalogue import FOLDER

PROVISIONING = FOLDER.parent / "provisioning"


def data_source() -> dict[str, Any]:
    """The one data source."""
    return _only("datasources")


def provider() -> dict[str, Any]:
    """The one source of dashboards."""
    return _only("dashboards", "providers")


def _only(folder: str, key: str = "") -> dict[str, Any]:
    (file,) = (PROVISIONING / folder).glob("*.yaml")
    content = yaml.safe_load(file.read_text())
    assert content["apiVersion"] == 1
    (only,) = content[key or folder]
    return cast("dict[str, Any]", only)
