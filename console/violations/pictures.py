"""Where the pictures of violations lie, behind what erasing needs of it."""

from typing import Protocol

from shared.messages import Violation


class Pictures(Protocol):
    """A store of pictures."""

    def erase(self, violation: Violation) -> None:
        """Remove all pictures of a violation; nothing happens where there is none."""
