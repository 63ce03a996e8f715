"""What is sent of a camera: to attach it, to change it, to test it."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, model_validator

from console.api.bodies import Body, Line
from console.cameras.changes import Changes
from console.cameras.logins import Login
from console.cameras.messages import ZonePolygon
from console.cameras.wishes import Wish
from shared.cameras import Motion, Transport
from shared.messages import CameraId
from shared.zones import MAX_ZONES, Zones

Fps = Annotated[float, Field(ge=0.01, le=240, description="Frames a second to take.")]
Polygons = Annotated[tuple[ZonePolygon, ...], Field(max_length=MAX_ZONES)]
Source = Annotated[Line, Field(description="What `maskwatch camera add` takes; loop:PATH and watch:PATH too.")]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=256)]


class LoginBody(Body):
    """A camera's login: stored encrypted for producers, and never given back."""

    user: Secret
    password: Secret

    @property
    def as_login(self) -> Login:
        """As the command line takes it."""
        return Login(typed=(self.user.get_secret_value(), self.password.get_secret_value()))


class NewCamera(Body):
    """A camera to watch."""

    id: CameraId
    source: Source
    fps: Fps | None = Field(default=None, description="Frames a second to take; null is the default of its kind.")
    motion: Motion | None = Field(default=None, description="How readily a change sends a frame.")
    transport: Transport = Field(default="tcp", description="How RTSP pictures travel.")
    zones: Polygons = ()
    login: LoginBody | None = None

    @property
    def as_wish(self) -> Wish:
        """The wish, without its login."""
        return Wish(
            self.id,
            self.source,
            fps=self.fps,
            motion=self.motion,
            transport=self.transport,
            zones=_zones(self.zones) or (),
        )


class CameraChanges(Body):
    """What is given is changed, the rest stays; ``default`` takes back what was said of a thing."""

    source: Source | None = None
    fps: Fps | Literal["default"] | None = None
    motion: Motion | Literal["default"] | None = None
    transport: Transport | None = None
    zones: Polygons | None = Field(default=None, description="In the place of all others; [] is the whole picture.")
    login: LoginBody | None = None
    drops_login: bool = Field(default=False, description="Open the camera without a login.")

    @model_validator(mode="after")
    def _has_one_login(self) -> "CameraChanges":
        if self.drops_login and self.login is not None:
            raise ValueError("give login or drops_login, not both")
        return self

    @property
    def as_changes(self) -> Changes:
        """As the command line has them."""
        return Changes(
            source=self.source,
            fps=self.fps,
            motion=self.motion,
            transport=self.transport,
            zones=_zones(self.zones),
            login=None if self.login is None else self.login.as_login,
            drops_login=self.drops_login,
        )


class TestRequest(Body):
    """A source to open, or the id of an attached camera."""

    source: Source | None = None
    transport: Transport | None = Field(default=None, description="How RTSP pictures travel; tcp by default.")
    login: LoginBody | None = None
    camera: CameraId | None = Field(default=None, description="An attached camera, in place of source and login.")

    @model_validator(mode="after")
    def _names_one(self) -> "TestRequest":
        if (self.source is None) == (self.camera is None):
            raise ValueError("give source or camera")
        if self.camera is not None and self.login is not None:
            raise ValueError("a login goes with source: an attached camera has its own")
        return self


def _zones(polygons: tuple[ZonePolygon, ...] | None) -> Zones | None:
    return None if polygons is None else tuple(each.as_zone for each in polygons)
