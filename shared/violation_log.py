"""An entry of a camera's violation log, which areas are counted from and webhooks are sent from."""

from dataclasses import dataclass

from shared.messages import Violation


@dataclass(frozen=True)
class Logged:
    """One change of a violation; ``violation`` is ``None`` where it cannot be understood."""

    camera: str
    entry_id: str
    violation: Violation | None

    @property
    def at_ms(self) -> int:
        """When it was counted, Unix milliseconds of the state server."""
        return int(self.entry_id.partition("-")[0])
