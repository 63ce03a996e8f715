"""What `maskwatch camera set` changes of a camera."""

from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from console.cameras.logins import Login, bare, is_hidden, is_other_host, joined
from console.cameras.wishes import Wish
from console.errors import BadInput
from shared.cameras import Motion, Transport
from shared.redaction import has_secret
from shared.zones import Zones

Default = Literal["default"]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Changes:
    """What is given; ``None`` leaves a thing as it is, and ``default`` takes back what was said of it."""

    source: str | None = field(default=None, repr=False)
    fps: float | Default | None = None
    motion: Motion | Default | None = None
    transport: Transport | None = None
    zones: Zones | None = None
    login: Login | None = None
    drops_login: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is given."""
        return self == Changes()

    def applied_to(self, wish: Wish) -> Wish:
        """The wish with these changes.

        Raises:
            BadInput: they do not go with each other, or with what the camera is.
        """
        if self.source is not None:
            wish = self._moved(wish, self.source)
        if self.login is not None:
            wish = _with_login(wish, self.login, is_new_source=self.source is not None)
        elif self.drops_login:
            wish = _without_login(wish)
        return replace(
            wish,
            fps=_chosen(self.fps, wish.fps),
            motion=_chosen(self.motion, wish.motion),
            transport=self.transport or wish.transport,
            zones=wish.zones if self.zones is None else self.zones,
        )

    def _moved(self, wish: Wish, source: str) -> Wish:
        if source == wish.source:
            return wish
        if has_secret(source) or is_hidden(source):
            return replace(wish, source=source, sealed_source="", login=None)
        if wish.is_hidden and self.login is None and not self.drops_login:
            raise BadInput(
                f"camera {wish.id}: its login is in its old address: give it with the new one, or --no-login for none"
            )
        if wish.login and self.login is None and not self.drops_login and is_other_host(wish.source, source):
            raise BadInput(
                f"camera {wish.id}: its login is for another host: give it with the new address, or --no-login for none"
            )
        return replace(wish, source=source, sealed_source="")


def _with_login(wish: Wish, login: Login, *, is_new_source: bool) -> Wish:
    source = wish.source if is_new_source else _bare(wish)
    source, place = joined(source, login)
    return replace(wish, source=source, login=place, sealed_source="")


def _without_login(wish: Wish) -> Wish:
    return replace(wish, source=_bare(wish), login=None, sealed_source="")


def _bare(wish: Wish) -> str:
    try:
        return bare(wish.source)
    except BadInput as error:
        raise BadInput(f"camera {wish.id}: {error}") from error


def _chosen(given: _T | Default | None, before: _T | None) -> _T | None:
    if given is None:
        return before
    return None if given == "default" else given
