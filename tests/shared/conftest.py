from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared.s3 import a_bucket, aws_variables, running_s3


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a real S3-compatible server."""
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket that this process may use, with a cache of its own."""
    for name, value in aws_variables(s3_endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MASKWATCH_MODEL_CACHE", str(tmp_path / "cache"))
    return a_bucket(s3_endpoint)
