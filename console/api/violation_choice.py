"""Which violations a request asks for: parameters that several routes take."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from console.api.bodies import Line
from console.violations.choice import Choice, choice_of


def asked(  # noqa: PLR0913 - each is a parameter
    *,
    camera: Annotated[list[Line], Query(description="Only of this camera; several times.")] = [],  # noqa: B006 - read only
    since: Annotated[Line | None, Query(description="Only opened from then on: 2h, 7d, or 2026-11-23T08:00.")] = None,
    until: Annotated[Line | None, Query(description="Only opened before then, likewise.")] = None,
    zone: Annotated[Line | None, Query(description="Only those that opened in this zone.")] = None,
    label: Annotated[Literal["without_mask", "incorrect_mask"] | None, Query(description="Only these.")] = None,
    is_open: Annotated[
        bool | None, Query(alias="open", description="Only those that go on, or only the others.")
    ] = None,
    dismissed: Annotated[bool | None, Query(description="Only those dismissed, or only the others.")] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1, description="Only as sure as that.")] = 0.0,
) -> Choice:
    """The choice that parameters make.

    Raises:
        BadInput: a parameter's text is none.
    """
    state = None if is_open is None else "open" if is_open else "ended"
    return choice_of(camera, (since, until), (zone, label, state), dismissed, min_confidence, prefix="")


Asked = Annotated[Choice, Depends(asked)]
