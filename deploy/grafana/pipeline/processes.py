"""Workers, the processes of all roles, and the Redis servers."""

from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, GREEN, RED, good_when, merged, one_color, steps, words
from deploy.grafana.panels import lines, name_of, stat, timeline
from deploy.grafana.promql import OUR_PROCESSES, ours
from deploy.grafana.schema import Query
from shared import metric_names as names

_headroom = f"clamp_min(1 - rate({names.BUSY_SECONDS}_total[5m]), 0)"
_used = f"max by (server) ({names.REDIS_MEMORY})"
_limit = f"max by (server) ({names.REDIS_MEMORY_LIMIT})"

WORKERS = Row(
    "Workers and processes",
    [
        stat(
            "Workers wanted",
            "On each machine, as `maskwatch scale` was told; nothing where somebody else scales them.",
            Query(
                f"max({names.WORKERS_WANTED})",
                is_instant=True,
                may_be_empty="nobody said how many: somebody else scales",
            ),
            defaults=merged(one_color(BLUE), {"decimals": 0}),
        ),
        stat(
            "Workers running",
            "On all machines together.",
            Query(f'max({names.PROCESSES}{{role="worker"}})', is_instant=True),
            defaults=merged(steps((None, RED), (1, GREEN)), {"decimals": 0, "noValue": "0"}),
        ),
        stat(
            "Room for more cameras",
            "Like the present ones, as busy as in the last minute; nothing while too little was seen to tell.",
            Query(f"max({names.HEADROOM_CAMERAS})", is_instant=True, may_be_empty="not enough seen yet to tell"),
            defaults=merged(steps((None, RED), (1, GREEN)), {"decimals": 0}),
        ),
        lines(
            "Headroom of each worker",
            "Share of the last five minutes in which it waited for frames. Near 0 frames begin to wait: scale up.",
            Query(_headroom, "{{instance}}"),
            unit="percentunit",
            defaults=merged(good_when(0.2, 0.1), {"max": 1}),
            width=12,
        ),
        lines(
            "Processes by role",
            "Those that spoke within the last seconds.",
            Query(f"max by (role) ({names.PROCESSES})", "{{role}}"),
        ),
        lines(
            "Memory of each process",
            "Resident. A worker that loads another model version needs some 30 MiB more for a moment.",
            Query(ours("process_resident_memory_bytes"), "{{role}} {{instance}}"),
            unit="bytes",
        ),
        lines(
            "Processor of each process",
            "In cores.",
            Query(ours("rate(process_cpu_seconds_total[$__rate_interval])"), "{{role}} {{instance}}"),
        ),
        timeline(
            "Targets that can be scraped",
            "What Prometheus reaches in the jobs that our processes are in.",
            Query(f"up and on (job) {OUR_PROCESSES}", "{{role}} {{instance}}"),
            defaults=words({0: ("away", RED), 1: ("there", GREEN)}),
            width=20,
        ),
        name_of(
            "Releases",
            "More than one while an update is under way.",
            Query(f"count by (version) ({names.BUILD_INFO})", "{{version}}", is_instant=True),
        ),
    ],
)

SERVERS = Row(
    "Redis",
    [
        stat(
            "Servers",
            "Whether each one answers the console.",
            Query(f"max by (server) ({names.REDIS_UP})", "{{server}}", is_instant=True),
            defaults=merged(steps((None, RED), (1, GREEN)), words({0: ("away", RED), 1: ("answers", GREEN)})),
            names=True,
        ),
        stat(
            "Keys of a wrong kind",
            "Of cameras, on the frames server: these stand still until somebody removes the keys that logs name.",
            Query(f"max({names.FOREIGN_KEYS})", is_instant=True),
            defaults=merged(steps((None, GREEN), (1, RED)), {"decimals": 0}),
        ),
        lines(
            "Memory",
            "In use, and the limit: maxmemory, or without one the memory of the machine.",
            Query(_used, "{{server}}"),
            Query(_limit, "{{server}} limit"),
            unit="bytes",
            width=8,
        ),
        lines(
            "Share of the limit",
            "At 100% a server refuses to take more: frames are lost, and counting waits.",
            Query(f"{_used} / {_limit}", "{{server}}"),
            unit="percentunit",
            defaults=merged(steps((None, GREEN), (0.8, RED)), {"max": 1}),
            width=8,
        ),
    ],
)
