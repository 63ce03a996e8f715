"""The keys of ``shared.streams`` and of the queue of trainings, as patterns for all cameras, areas and webhooks."""

from collections.abc import Callable

from shared.shadow import shadow_counts
from shared.streams import HEARTBEAT_CAMERA, AreaKeys, KeySpace, WebhookKeys


def _of(key: Callable[[KeySpace, str], str], camera: str = "*") -> str:
    """A key of one camera, or of all, whatever the number of shards."""
    return key(KeySpace(), camera).replace("{s0}", "{s*}")


FRAMES = _of(KeySpace.frames)
RESULTS = _of(KeySpace.results)
RESULTS_OF_HEARTBEAT = _of(KeySpace.results, HEARTBEAT_CAMERA)
TRACKS = _of(KeySpace.tracks)
DEAD_LETTERS = _of(KeySpace.dead_letters)
FENCE = _of(KeySpace.fence)

CAPTURE = _of(KeySpace.capture)
CAPTURE_COUNTS = _of(KeySpace.capture_counts)
PRODUCER_LEASE = _of(KeySpace.producer_lease)
EVENTS_LEASE = _of(KeySpace.events_lease)
CHECKPOINT = _of(KeySpace.checkpoint)
COUNTS = _of(KeySpace.counts)  # those of epochs too, which begin alike
VIOLATIONS = _of(KeySpace.violations)
DISMISSALS = _of(KeySpace.dismissals)
VIOLATION_LOG = _of(KeySpace.violation_log)
HISTORY = _of(lambda keys, camera: keys.history(camera, 0)).removesuffix(":0")
SNAPSHOT_REQUESTS = _of(KeySpace.snapshot_requests)
SNAPSHOT_FACES = _of(KeySpace.snapshot_faces)

_AREA = AreaKeys("*")
AREA_COUNTS, AREA_CHECKPOINT, AREA_MEMBERS = _AREA.counts, _AREA.checkpoint, _AREA.members
AREA_HISTORY = _AREA.history(0).removesuffix(":0")

_WEBHOOK = WebhookKeys("*")
WEBHOOK_LEASE, WEBHOOK_STATUS, WEBHOOK_WAITING = _WEBHOOK.lease, _WEBHOOK.status, _WEBHOOK.waiting
WEBHOOK_MEMORY = _WEBHOOK.all_but_lease

SHADOW_COUNTS = shadow_counts("*")

JOBS = "rq:*"  # all of RQ's keys
JOB_MESSAGES = "rq:pubsub:*"  # channels on which a trainer is told to stop a job
SCRIPTED = "maskwatch:*"
