from collections.abc import Iterator

import pytest

from tests.deploy.redis.servers import KINDS, Guarded, guarded_server


@pytest.fixture(scope="session", params=KINDS)
def guarded(request: pytest.FixtureRequest) -> Iterator[Guarded]:
    """A server of each kind that plays both roles; its keys are its tests' to remove."""
    with guarded_server(request.param) as server:
        yield server
