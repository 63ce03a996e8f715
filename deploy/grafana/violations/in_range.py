"""The numbers of the range that is shown."""

from deploy.grafana.counting import counted
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, ENOUGH_COVERAGE, GREEN, GREY, ORANGE, RED, good_when, merged, one_color, steps
from deploy.grafana.panels import stat
from deploy.grafana.promql import of_cameras
from deploy.grafana.schema import Query
from deploy.grafana.violations.series import CANNOT_TELL, CONFIRMED, EXACT, PEOPLE, VIOLATIONS
from shared import metric_names as names

ROW = Row(
    "In the range that is shown",
    [
        stat(
            "Violations",
            f"People without a mask, once each spell, of the cameras chosen. {EXACT}",
            Query(f"sum({counted(VIOLATIONS, 'camera')})", is_instant=True),
            defaults=merged(one_color(ORANGE), {"decimals": 0, "noValue": "0"}),
        ),
        stat(
            "Confirmed",
            "Violations less those that a person found to be none. A dismissal counts when it is made, so one of an "
            f"earlier violation lowers this too. {EXACT}",
            Query(f"sum({CONFIRMED})", is_instant=True),
            defaults=merged(one_color(RED), {"decimals": 0, "noValue": "0"}),
        ),
        stat(
            "People",
            f"People whose track ended, masked or not. {EXACT}",
            Query(f"sum({counted(PEOPLE, 'camera, outcome')})", is_instant=True),
            defaults=merged(one_color(BLUE), {"decimals": 0, "noValue": "0"}),
        ),
        stat(
            "Nobody can tell",
            "Share of the people of whom nobody can tell whether they wore a mask. They are no violations and no "
            "compliant people either.",
            Query(
                f"sum({counted(CANNOT_TELL, 'camera')}) / (sum({counted(PEOPLE, 'camera, outcome')}) > 0)",
                is_instant=True,
                may_be_empty="nobody passed within the range",
            ),
            defaults=merged(steps((None, GREEN), (0.2, ORANGE), (0.5, RED)), {"unit": "percentunit", "decimals": 0}),
        ),
        stat(
            "Lowest coverage",
            "Of the cameras chosen, the one that saw least in the last 24 hours. Where this is low, few violations do "
            "not mean few people without a mask.",
            Query(f"min({of_cameras(names.COVERAGE)})", is_instant=True),
            defaults=merged(good_when(0.95, ENOUGH_COVERAGE), {"unit": "percentunit", "decimals": 1}),
        ),
        stat(
            "Bias to expect",
            "By how much the detector in use reports compliance too high (too low below 0), as measured before it was "
            "shipped. The corrected compliance below has it taken off.",
            Query(f"max by (detector) ({names.DETECTOR_BIAS})", "{{detector}}", is_instant=True),
            defaults=merged(one_color(GREY), {"unit": "percentunit", "decimals": 1}),
        ),
    ],
)
