import pytest

from deploy.grafana.catalogue import DASHBOARDS, FOLDER, text_of
from deploy.grafana.dashboard import Dashboard
from tests.deploy.grafana.typescript import TYPES, errors_in, install

MISTAKES = {
    "a misspelt field of the dashboard": ('"timezone":', '"timeZone":'),
    "a misspelt field of a panel": ('"gridPos":', '"gridPosition":'),
    "a query without an expression": ('"expr":', '"expression":'),
    "a misspelt setting of fields": ('"unit":', '"units":'),
    "a misspelt setting of one kind of panel": ('"lineWidth": 0', '"lineWith": 0'),
    "a misspelt override": ('"id": "custom.fillBelowTo"', '"id": "custom.fillBelow"'),
    "a misspelt threshold": ('"steps":', '"step":'),
    "a number as text": ('"decimals": 0', '"decimals": "0"'),
    "a wrong type of an option": ('"wideLayout": true', '"wideLayout": "yes"'),
    "a word that means nothing": ('"colorMode": "value"', '"colorMode": "valu"'),
    "a number that means nothing": ('"barAlignment": 1', '"barAlignment": 2'),
    "a kind of panel that there is not": ('"type": "stat"', '"type": "stats"'),
    "a variable that is never refreshed": ('"refresh": 2', '"refresh": 7'),
    "a misspelt field of a link": ('"keepTime":', '"keepTimes":'),
}


def wrong(mistake: str) -> str:
    """The first dashboard with one mistake."""
    right, wrong = MISTAKES[mistake]
    assert right in text_of(DASHBOARDS[0])
    return text_of(DASHBOARDS[0]).replace(right, wrong, 1)


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is wrong with each dashboard, and with one for each mistake."""
    ours = {each.uid: (FOLDER / each.file).read_text() for each in DASHBOARDS}
    made = {mistake.replace(" ", "-"): wrong(mistake) for mistake in MISTAKES}
    return errors_in(ours | made, install(), tmp_path_factory.mktemp("types"))


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.uid)
def test_a_dashboard_has_grafana_s_types(dashboard: Dashboard, errors: dict[str, list[str]]) -> None:
    assert errors[dashboard.uid] == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_dashboard_has_not(mistake: str, errors: dict[str, list[str]]) -> None:
    assert len(errors[mistake.replace(" ", "-")]) > 0


def test_the_lock_names_no_registry() -> None:
    assert "http" not in (TYPES / "package-lock.json").read_text()
