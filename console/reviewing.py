"""What an operator does with the faces in a review folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.errors import BadInput, CommandFailed, NotFound
from console.finding import data_folder
from console.violation_log import ViolationLog, parse_since
from shared.face_crops import face_in_crop
from shared.jpegs import stated_size
from shared.messages import Label
from shared.review import ReviewFolder
from shared.review_item import NOT_A_FACE, REVIEW_LABELS, ReviewItem, ReviewLabel, wrong_item
from shared.settings import EventsSettings, load


def find_folder(folder: Path | None, data: Path | None) -> ReviewFolder:
    """The review folder of an option, of the settings, or of the data folder.

    Raises:
        BadInput: the option names no folder.
    """
    if folder is not None and not folder.is_dir():
        raise BadInput(f"there is no folder {folder}")
    settings = load(EventsSettings).review if data is None else None
    return ReviewFolder((folder or settings or data_folder(data).review).expanduser().resolve())


@contextmanager
def usable(folder: ReviewFolder) -> Iterator[None]:
    """Says in one line that a folder cannot be read or written.

    Raises:
        BadInput: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise BadInput(f"the review folder {folder.root} cannot be used: {error.strerror}") from error


def parse_label(text: str) -> ReviewLabel:
    """A label as an operator gives it.

    Raises:
        BadInput: it is none.
    """
    if text not in REVIEW_LABELS:
        raise BadInput(f"{text!r} is no label: give one of {', '.join(REVIEW_LABELS)}")
    return NOT_A_FACE if text == NOT_A_FACE else Label(text)


def find_items(folder: ReviewFolder, ids: Sequence[str]) -> list[ReviewItem]:
    """All of these items.

    Raises:
        BadInput: one is not there.
    """
    found = {item_id: folder.item(item_id) for item_id in ids}
    for item_id, item in found.items():
        if item is None:
            raise NotFound(f"there is no face {item_id!r} in {folder.root}; see `maskwatch review list`")
    return [item for item in found.values() if item is not None]


@dataclass(frozen=True)
class Choice:
    """Which items are meant; what is ``None`` or empty does not matter."""

    camera: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: Sequence[str] = ()
    is_unlabelled: bool = False

    def includes(self, item: ReviewItem) -> bool:
        """Whether an item is one of them."""
        return (
            (self.camera is None or item.camera == self.camera)
            and (self.since is None or item.captured_at >= self.since)
            and (self.until is None or item.captured_at <= self.until)
            and (not self.ids or item.id in self.ids)
            and not (self.is_unlabelled and item.label is not None)
        )

    def among(self, folder: ReviewFolder) -> list[ReviewItem]:
        """The items of a folder that are meant, oldest first."""
        return [item for item in folder.items() if self.includes(item)]


def parse_choice(camera: str | None, since: str | None, until: str | None, ids: Sequence[str]) -> Choice:
    """A choice as options give it.

    Raises:
        BadInput: an instant is none.
    """
    now = datetime.now(UTC)
    return Choice(
        camera=camera,
        since=parse_since(since, now) if since else None,
        until=parse_since(until, now, "--until") if until else None,
        ids=ids,
    )


def as_line(item: ReviewItem) -> str:
    """For people."""
    when = item.captured_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    said = item.label or "unlabelled"
    return f"{when}  {item.camera}  {item.model_label} {item.confidence:.0%} sure  {said}  {item.why}  {item.id}"


def mark_wrong(log: ViolationLog, folder: ReviewFolder, violation_id: str, now: datetime) -> ReviewItem:
    """Put a violation's snapshot into the folder; one that is there already stays as it is.

    Raises:
        BadInput: there is no such violation.
        CommandFailed: its picture is gone.
    """
    violation = log.find(violation_id)
    if violation is None:
        raise NotFound(f"there is no violation {violation_id!r}; see `maskwatch violations`")
    jpeg = log.snapshot(violation)
    if jpeg is None:
        raise CommandFailed(
            f"the picture of {violation_id} has expired; pictures are kept MASKWATCH_SNAPSHOT_DAYS days"
        )
    try:
        item = wrong_item(violation, face_in_crop(violation.box, stated_size(jpeg)[0]))
    except ValueError as error:
        raise CommandFailed(f"the picture of {violation_id} is damaged") from error
    folder.add(item, jpeg)
    settings = load(EventsSettings)
    folder.prune(now, settings.review_max_items, timedelta(days=settings.review_days))
    return folder.item(item.id) or item
