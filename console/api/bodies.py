"""What all bodies of requests have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

_LONGEST = 4_096

# Whatever names a file, an address or a thing: one line without control characters.
Line = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Body(BaseModel):
    """A body: what it does not know is refused, since a misspelt field would silently do nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)
