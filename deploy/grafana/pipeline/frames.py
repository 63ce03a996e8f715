"""What becomes of frames, and which ones wait."""

from deploy.grafana.counting import counted
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import GREEN, ORANGE, RED, bad_when, good_when, merged, one_color, words
from deploy.grafana.panels import bar_gauge, lines, stacked, stat
from deploy.grafana.promql import age, of_cameras, quantile, rate, select, total
from deploy.grafana.schema import Query
from shared import metric_names as names

NOTHING_SENT = "nothing moved, so no frame was sent"

ROW = Row(
    "Frames",
    [
        stacked(
            "What became of frames, per second",
            "Judged, dropped by reason, and dead-lettered by reason; together these are all that ended.",
            Query(rate(of_cameras(total(names.FRAMES_PROCESSED))), "judged"),
            Query(rate(of_cameras(total(names.FRAMES_DROPPED)), "reason"), "dropped: {{reason}}"),
            Query(rate(of_cameras(total(names.FRAMES_DEAD_LETTERED)), "reason"), "dead letter: {{reason}}"),
            width=12,
        ),
        lines(
            "Captured and judged, per second",
            "The difference is dropped, unchanged for the most part, or still on its way.",
            Query(rate(of_cameras(total(names.FRAMES))), "captured"),
            Query(rate(of_cameras(total(names.FRAMES_PROCESSED))), "judged"),
            width=12,
        ),
        lines(
            "Waiting frames",
            "In the camera's stream and not yet handed to a worker. Steady growth means too few workers.",
            Query(f"max by (camera) ({of_cameras(names.FRAMES_WAITING)})", "{{camera}}"),
        ),
        lines(
            "Age of the oldest waiting frame",
            "How far behind the workers are; by the clocks of Prometheus and of the frames server, as of each scrape.",
            Query(age(of_cameras(names.OLDEST_FRAME_TIMESTAMP), "camera"), "{{camera}}", may_be_empty="no frame waits"),
            unit="s",
            defaults=bad_when(10, 2),
        ),
        stat(
            "Gives way to overload",
            "The last of what gives way: keyframes of still scenes, then frame rates, then resolution.",
            Query(f"max({names.LOAD_LEVEL})", is_instant=True),
            defaults=words(
                {0: ("nothing", GREEN), 1: ("keyframes", ORANGE), 2: ("rates", ORANGE), 3: ("resolution", RED)}
            ),
        ),
        lines(
            "Share of due frames that is sent",
            "Of live cameras, by producer. Below 1 there is more to judge than there is time for.",
            Query(names.LOAD_RATE, "{{instance}}"),
            unit="percentunit",
            defaults=merged(good_when(1, 0.5), {"max": 1, "min": 0}),
        ),
        lines(
            "How late live frames are",
            "The oldest that waits for a worker, by producer. It is kept low by what is held back.",
            Query(names.LOAD_LATENESS, "{{instance}}"),
            unit="s",
            defaults=bad_when(0.5, 0.25),
        ),
        bar_gauge(
            "Dead letters",
            "Frames of the range that can never be judged, by reason. Exact.",
            Query(
                f"sum by (reason) ({counted(of_cameras(total(names.FRAMES_DEAD_LETTERED)), 'camera, reason')})",
                "{{reason}}",
                is_instant=True,
            ),
            defaults=merged(one_color(ORANGE), {"decimals": 0}),
        ),
        lines(
            "Entries moved aside, claimed and trimmed, per second",
            "Dead letters of the workers; entries that they took over from others; entries that were gone by then.",
            Query(rate(select(total(names.DEAD_LETTERS)), "reason"), "dead letter: {{reason}}"),
            Query(rate(total(names.CLAIMED)), "claimed"),
            Query(rate(total(names.TRIMMED)), "trimmed"),
        ),
        lines(
            "Frames a batch",
            "Full batches mean that workers have no time left.",
            Query(
                f"{rate(names.BATCH_FRAMES + '_sum')} / ({rate(names.BATCH_FRAMES + '_count')} > 0)",
                "mean",
                may_be_empty=NOTHING_SENT,
            ),
            Query(
                quantile(0.95, names.BATCH_FRAMES),
                "p95",
                may_be_empty=NOTHING_SENT,
            ),
        ),
        lines(
            "Share of pixels scanned",
            "Below 1 where only what moved is scanned.",
            Query(
                f"{rate(total(names.PIXELS_SCANNED))} / ({rate(total(names.PIXELS))} > 0)",
                "scanned",
                may_be_empty=NOTHING_SENT,
            ),
            unit="percentunit",
            defaults={"max": 1},
        ),
    ],
)
