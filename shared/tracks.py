"""What the events stage saw of one camera's people in one frame, for those who watch live."""

from pydantic import AwareDatetime, Field

from shared.messages import Box, CameraId, Confidence, Label, Message, PersonOutcome

MAX_TRACKS_ENTRIES = 64  # of one camera: a few seconds


class SeenTrack(Message):
    """One face that is followed, where it was found in this frame.

    ``label`` and ``confidence`` are those of this frame, ``None`` where nothing moved and the face is taken to be
    still there. ``outcome`` is what all frames so far say of the person, ``violation`` the id of the violation that is
    open, ``is_counted`` whether the face is where faces count.
    """

    id: str
    box: Box
    label: Label | None
    confidence: Confidence | None
    outcome: PersonOutcome
    violation: str | None = None
    is_counted: bool = True


class FrameTracks(Message):
    """One judged frame: which picture it was, its size in pixels, and who was in it."""

    camera: CameraId
    epoch: int = Field(ge=0)
    sequence: int = Field(ge=0)
    captured_at: AwareDatetime
    frame_entry_id: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    tracks: tuple[SeenTrack, ...] = ()
