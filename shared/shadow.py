"""How a candidate model judges live faces beside the one that is served: the order and what comes of it.

Whoever wants a check writes a ``ShadowOrder``; every worker that sees it loads the version, lets it
judge the same crops as its own until the order ends, and adds to the counts. Nothing else changes.
"""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from shared.messages import Message

SHADOW_ORDER = "maskwatch:shadow"  # string with an expiry on the state server: ShadowOrder


class ShadowOrder(Message):
    """Which version is to judge beside the served one, and until when."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    version: int = Field(ge=1)
    ends_at: AwareDatetime


class ShadowField:
    """Fields of the counts; each but the last carries the camera behind a colon."""

    FACES = "faces"
    BARE = "bare"  # by the version served
    CANDIDATE_BARE = "candidate_bare"
    DISAGREEMENTS = "disagreements"  # faces of which the two say different things
    REFUSED = "refused"  # refused:<reason>, workers that cannot load the candidate


def shadow_counts(order_id: str) -> str:
    """Hash with an expiry on the state server: what the workers have counted for an order."""
    return f"{SHADOW_ORDER}:{order_id}"
