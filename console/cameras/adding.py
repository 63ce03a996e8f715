"""A camera comes into a system: what is seen to before anything is stored."""

from dataclasses import replace

from console import attaching
from console.attaching import Known, Plan
from console.cameras import logins, parsing
from console.cameras.logins import Login
from console.cameras.sources import check_source
from console.cameras.wishes import Wish
from console.errors import AlreadyThere, BadInput
from console.finding import RunningSystem
from shared.cameras import Camera


def checked(wish: Wish) -> Wish:
    """The wish with absolute paths, when it can be fulfilled.

    Raises:
        BadInput: it cannot, or there is nothing to see in its source.
    """
    wish = parsing.checked(wish)
    check_source(wish)
    return wish


def with_login(wish: Wish, login: Login | None) -> Wish:
    """The wish with a login that stands beside its source.

    Raises:
        BadInput: it takes none, or has one.
    """
    if login is None:
        return wish
    try:
        source, place = logins.joined(wish.source, login)
    except BadInput as error:
        raise BadInput(f"camera {wish.id}: {error}") from error
    return replace(wish, source=source, login=place)


def add_new(system: RunningSystem, wish: Wish) -> Camera:
    """Attach a camera whose id stands for none yet.

    Raises:
        AlreadyThere: there is a camera with this id.
        BadInput: its login is hidden.
        CommandFailed: the system has no key for its login.
    """

    def plan(known: Known) -> Plan:
        if wish.id in known:
            raise AlreadyThere(f"there is a camera {wish.id!r} already: change it, or choose another id")
        return Plan([wish])

    (settled,) = attaching.settle(system.servers.state, system.keys, plan, repeats_files=True)
    return settled.camera
