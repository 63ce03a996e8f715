"""A camera as an operator wishes for it."""

from dataclasses import dataclass, field, replace

from console.cameras.logins import is_hidden
from shared.cameras import LOSSLESS_KINDS, Camera, Motion, Transport, kind_of
from shared.redaction import has_secret, redact
from shared.zones import Zones


@dataclass(frozen=True)
class Wish:
    """A camera to watch. ``source`` may hold a login; ``sealed_source`` goes with one whose login is hidden."""

    id: str
    source: str = field(repr=False)
    fps: float | None = None
    login: str | None = None
    transport: Transport = "tcp"
    motion: Motion | None = None
    zones: Zones = ()
    sealed_source: str = field(default="", repr=False)

    @property
    def is_lossless(self) -> bool:
        """Whether it has an end: a file or a folder."""
        return kind_of(self.source) in LOSSLESS_KINDS

    @property
    def has_login_to_seal(self) -> bool:
        """Whether the source cannot be stored as it is."""
        return has_secret(self.source)

    @property
    def is_hidden(self) -> bool:
        """Whether its login stands as ``***``."""
        return is_hidden(self.source)


def of_camera(camera: Camera) -> Wish:
    """The wish that an attached camera fulfils."""
    return Wish(
        camera.id,
        camera.source,
        fps=camera.fps,
        login=camera.login,
        transport=camera.transport,
        motion=camera.motion,
        zones=camera.zones,
        sealed_source=camera.sealed_source,
    )


def kept_options(wish: Wish, known: Camera | None) -> Wish:
    """The wish of a bare ID=SOURCE with what was said of the same source before, so that a new start forgets nothing.

    A file's rate is not kept: it decides which frames there are, so a run says it or takes all of them.
    """
    if known is None or known.source != redact(wish.source):
        return wish
    return replace(
        wish,
        fps=wish.fps if wish.fps or wish.is_lossless else known.fps,
        login=None if wish.has_login_to_seal else known.login,
        transport=known.transport,
        motion=known.motion,
        zones=known.zones,
    )
