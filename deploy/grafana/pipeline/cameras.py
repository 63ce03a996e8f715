"""Which cameras are live, and what befell them."""

from deploy.grafana.counting import counted_ahead
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, BY_LABEL, GREEN, GREY, ORANGE, RED, bad_when, console_link, merged, steps, words
from deploy.grafana.panels import bars, lines, stat, timeline
from deploy.grafana.promql import age, of_cameras, total
from deploy.grafana.schema import Query
from shared import metric_names as names
from shared.cameras import CameraState

COLORS = {
    CameraState.CONNECTING: BLUE,
    CameraState.LIVE: GREEN,
    CameraState.STALLED: ORANGE,
    CameraState.BACKING_OFF: ORANGE,
    CameraState.FAILED: RED,
    CameraState.STOPPED: GREY,
}
_NUMBERS = {state: number for number, state in enumerate(CameraState, start=1)}


def _state_of_each() -> str:
    """The number of the state that each camera is in: a timeline shows numbers, and gives them words."""
    numbered = (
        of_cameras(names.CAMERA_STATE, f'state="{state}"') + f" * {number}" for state, number in _NUMBERS.items()
    )
    return f"max by (camera) ({' or '.join(numbered)})"


_up = f"max by (camera) ({of_cameras(names.CAMERA_UP)})"

ROW = Row(
    "Cameras",
    [
        stat(
            "Live",
            "Cameras that give pictures, and files that are read.",
            Query(f"sum({_up})", is_instant=True),
            defaults=merged(steps((None, GREEN)), {"decimals": 0, "noValue": "0"}),
        ),
        stat(
            "Not live",
            "Cameras in any other state; those that somebody stopped too.",
            Query(f"count({_up}) - sum({_up})", is_instant=True),
            defaults=merged(bad_when(1), {"decimals": 0, "noValue": "0"}),
        ),
        timeline(
            "State of each camera",
            "As `maskwatch status` tells it.",
            Query(_state_of_each(), "{{camera}}"),
            defaults=merged(
                words({number: (state.value, COLORS[state]) for state, number in _NUMBERS.items()}),
                {"links": [console_link(BY_LABEL)]},
            ),
        ),
        lines(
            "Cameras by state",
            "How many are in each state.",
            Query(f"sum by (state) (max by (camera, state) ({of_cameras(names.CAMERA_STATE)}))", "{{state}}"),
        ),
        lines(
            "Pictures a second",
            "What each camera gives, as its producer measures it.",
            Query(f"max by (camera) ({of_cameras(names.CAMERA_FRAMES_PER_SECOND)})", "{{camera}}"),
        ),
        lines(
            "Age of the newest picture",
            "Grows while a camera is silent, also where nothing else has noticed yet.",
            Query(age(of_cameras(names.LAST_FRAME_TIMESTAMP), "camera"), "{{camera}}"),
            unit="s",
            defaults=bad_when(10),
        ),
    ],
)

TROUBLE = Row(
    "What befell cameras",
    [
        bars(
            "Stalls per hour",
            "silent: it gave no picture; same_picture: it gave one and the same. Exact.",
            Query(
                f"sum by (reason) ({counted_ahead(of_cameras(total(names.CAMERA_STALLS)), 'camera, reason')})",
                "{{reason}}",
            ),
            width=8,
        ),
        bars(
            "Faults of pictures and clocks per hour",
            "The camera goes on; what was wrong with what it gave. Exact.",
            Query(
                f"sum by (fault) ({counted_ahead(of_cameras(total(names.CAMERA_FAULTS)), 'camera, fault')})",
                "{{fault}}",
            ),
            width=8,
        ),
        bars(
            "Changes of state per hour",
            "How often cameras came into each state; live counts connections that gave a picture. Exact.",
            Query(
                f"sum by (state) ({counted_ahead(of_cameras(total(names.CAMERA_TRANSITIONS)), 'camera, state')})",
                "{{state}}",
            ),
            width=8,
        ),
    ],
)
