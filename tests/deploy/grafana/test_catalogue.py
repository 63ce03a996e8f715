import re
import string
from pathlib import Path

import pytest

from deploy.grafana.__main__ import main
from deploy.grafana.catalogue import DASHBOARDS, FOLDER, text_of
from deploy.grafana.dashboard import Dashboard
from deploy.grafana.schema import SOURCE_UID, Panel
from tests.deploy.grafana.provisioning import data_source, provider

PANELS = [
    pytest.param(panel, id=f"{dashboard.uid}: {panel.title}")
    for dashboard in DASHBOARDS
    for panel in dashboard.panels()
]


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_the_json_is_what_the_code_makes(dashboard: Dashboard) -> None:
    assert (FOLDER / dashboard.file).read_text() == text_of(dashboard), "run: python -m deploy.grafana"


def test_the_command_writes_all_files_and_there_are_no_others(tmp_path: Path) -> None:
    assert main(tmp_path) == 0
    assert {path.name for path in FOLDER.iterdir()} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_panels_have_numbers_of_their_own_and_lie_beside_each_other(dashboard: Dashboard) -> None:
    panels = dashboard.as_json()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
        assert not taken & cells, panel["title"]
        taken |= cells


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_links_lead_to_the_others_with_time_and_variables(dashboard: Dashboard) -> None:
    made = dashboard.as_json()
    (link,) = made["links"]
    assert (link["type"], link["keepTime"], link["includeVars"]) == ("dashboards", True, True)
    assert all(set(link["tags"]) <= set(other.as_json()["tags"]) for other in DASHBOARDS)
    # Each knows the camera, if only to hand it on.
    assert "camera" in {variable["name"] for variable in made["templating"]["list"]}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_every_variable_that_is_used_is_there(dashboard: Dashboard) -> None:
    known = {variable.name for variable in dashboard.variables}
    used = set(re.findall(r"\$\{?(\w+)", text_of(dashboard)))
    assert {name for name in used if not name.startswith("__")} <= known


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_a_dashboard_is_shown_in_the_time_zone_of_whoever_looks(dashboard: Dashboard) -> None:
    assert dashboard.as_json()["timezone"] == "browser"


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_says_what_it_shows(panel: Panel) -> None:
    assert panel.description.endswith(".")
    assert panel.title[0] in string.ascii_uppercase + "$"


def test_the_data_source_that_is_provisioned_is_the_one_that_dashboards_take_first() -> None:
    assert data_source()["uid"] == SOURCE_UID
    assert data_source()["url"] == "$PROMETHEUS_URL"
    for dashboard in DASHBOARDS:
        (variable,) = (each for each in dashboard.as_json()["templating"]["list"] if each["type"] == "datasource")
        assert variable["current"]["value"] == SOURCE_UID


def test_dashboards_are_provisioned_into_one_folder() -> None:
    assert (provider()["folder"], provider()["type"]) == ("Maskwatch", "file")
