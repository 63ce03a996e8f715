"""The zones of a camera as a text to edit, and changes of them by name."""

from collections.abc import Sequence
from pathlib import Path

from console.cameras import zone_texts, zone_yaml
from console.cameras.yaml_texts import dumped, loaded, refuse_unknown
from console.cameras.zone_texts import check_names
from console.errors import BadInput
from shared.zones import Zone, Zones

_EXPLAINED = """\
# Zones of camera {camera}: which parts of its picture count.
#
#   include   faces count only within such areas; without any, everywhere
#   exclude   faces within such areas never count
#
# A corner is [x, y] in shares of the picture: [0, 0] is its upper left corner, [1, 1] its lower right
# one. The grid in {picture} is 0.1 apart.
# A name is of use in lists and pictures, and may be left out. An example:
#
#   - name: door
#     include: [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9], [0.1, 0.9]]
#   - name: television
#     exclude: [[0.7, 0.1], [0.9, 0.1], [0.9, 0.3], [0.7, 0.3]]
#
# Save and leave the editor to apply; leave without saving to change nothing.
"""


def text_of(camera: str, zones: Zones, picture: Path) -> str:
    """What is edited; ``picture`` is where the camera's picture with a grid is."""
    return _EXPLAINED.format(camera=camera, picture=picture) + "\n" + dumped({"zones": zone_yaml.value_of(zones)})


def parse(text: str) -> Zones:
    """The zones of an edited text.

    Raises:
        BadInput: what is wrong.
    """
    content = loaded(text)
    if content is None:
        return ()
    if not isinstance(content, dict):
        raise BadInput("the text begins with `zones:`, and under it stands a list")
    refuse_unknown(content, ("zones",))
    zones = zone_yaml.zones_of(content.get("zones"))
    check_names(zones)
    return zones


def combined(zones: Zones, added: Zones, removed: Sequence[str], *, clears: bool) -> Zones:
    """The zones without those removed, by name or number from 1, and with those added; a known name is replaced.

    Raises:
        BadInput: one that is to go is not there.
    """
    gone = [_find(zones, each) for each in removed]
    names = {zone.name for zone in added if zone.name}
    stay = () if clears else tuple(zone for zone in zones if zone not in gone and zone.name not in names)
    return (*stay, *added)


def differences(before: Zones, after: Zones) -> list[str]:
    """What changed, a line each: - for what went, + for what came."""
    gone = [f"- {zone.kind} {zone_texts.as_text(zone)}" for zone in before if zone not in after]
    return gone + [f"+ {zone.kind} {zone_texts.as_text(zone)}" for zone in after if zone not in before]


def _find(zones: Zones, name: str) -> Zone:
    for number, zone in enumerate(zones, 1):
        if name in {zone.name, None if zone.name else str(number)}:
            return zone
    known = ", ".join(zone.name or str(number) for number, zone in enumerate(zones, 1)) or "none"
    raise BadInput(f"there is no zone {name!r}; there are {known}")
