"""What users can set, see and call is documented."""

from pathlib import Path

import pytest

from shared import metric_names
from shared.settings import known_variables

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("variable", sorted(known_variables()))
def test_every_setting_is_documented(variable: str) -> None:
    assert f"`{variable}`" in (DOCS / "settings.md").read_text()


@pytest.mark.parametrize("name", sorted(value for name, value in vars(metric_names).items() if name.isupper()))
def test_every_metric_is_documented(name: str) -> None:
    assert f"`{name}`" in (DOCS / "metrics.md").read_text()


def test_every_decision_is_listed() -> None:
    index = (DOCS / "decisions" / "README.md").read_text()
    pages = {page.name for page in (DOCS / "decisions").glob("0*.md")}
    assert pages
    assert all(f"({name})" in index for name in pages)
