"""All that the console tells Prometheus of the system."""

from prometheus_client import CollectorRegistry

from console import overview
from console.areas import reading as areas
from console.areas.exporter import AreaCollector
from console.exporter import SystemCollector
from console.heartbeat import reading as heartbeat
from console.heartbeat.exporter import HeartbeatCollector
from console.model_exporter import ModelCollector, ModelReader
from console.redis_exporter import RedisCollector
from console.told_frames import ToldFrames
from console.training import exporter as trainings
from console.training.exporter import TrainingCollector
from console.web.context import ApiContext
from console.webhooks import reading as webhooks
from console.webhooks.exporter import WebhookCollector
from shared.connections import Servers, connect_for_looks


def register(registry: CollectorRegistry, context: ApiContext) -> None:
    """Let a registry collect it; each part by itself, so that one that fails silences no other.

    A server that hangs holds each part up for a second at most: what is told of the other parts comes in time.
    """
    looks = Servers(connect_for_looks(context.settings.frames_redis), connect_for_looks(context.settings.state_redis))
    keys, state = context.system.keys, looks.state
    registry.register(
        SystemCollector(lambda: overview.read(looks, keys, context.last_day), ToldFrames(state).never_falling)
    )
    registry.register(RedisCollector(looks))
    registry.register(ModelCollector(ModelReader(context.models()).read))
    registry.register(TrainingCollector(lambda: trainings.read(state)))
    registry.register(AreaCollector(lambda: areas.read_all(state)))
    registry.register(HeartbeatCollector(lambda: heartbeat.read(state)))
    registry.register(WebhookCollector(lambda: webhooks.read_all(state)))
