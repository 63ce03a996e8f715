"""Each test that the security page points to is there."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2]
PAGE = (SOURCE / "docs" / "security.md").read_text()


@pytest.fixture(scope="module")
def functions() -> set[str]:
    files = (SOURCE / "tests").rglob("test_*.py")
    return {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text())}


def test_the_page_names_tests() -> None:
    assert len(re.findall(r"`test_\w+`", PAGE)) > 20


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_a_test_that_it_names_exists(name: str, functions: set[str]) -> None:
    assert name in functions


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`(tests/[\w/.]+)`", PAGE))))
def test_a_place_that_it_names_exists(place: str) -> None:
    assert (SOURCE / place).exists()
