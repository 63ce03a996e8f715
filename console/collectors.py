"""All that the console tells Prometheus of the system."""

from prometheus_client import CollectorRegistry

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


def register(registry: CollectorRegistry, context: ApiContext) -> None:
    """Let a registry collect it; each part by itself, so that one that fails silences no other."""
    state = context.system.servers.state
    registry.register(SystemCollector(context.overview, ToldFrames(state).never_falling))
    registry.register(RedisCollector(context.settings.frames_redis, context.settings.state_redis))
    registry.register(ModelCollector(ModelReader(context.models()).read))
    registry.register(TrainingCollector(lambda: trainings.read(state)))
    registry.register(AreaCollector(lambda: areas.read_all(state)))
    registry.register(HeartbeatCollector(lambda: heartbeat.read(state)))
    registry.register(WebhookCollector(lambda: webhooks.read_all(state)))
