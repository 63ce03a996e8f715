"""A Redis Cluster behind the calls that one server knows; what differs between the two is here and nowhere else.

Commands, transactions and scripts go to the node of their keys, which must share a slot; pipelines without a
transaction may go to several. What a cluster answers while a node is away, is replaced or gives a slot away is
followed, or comes out as a ``redis.RedisError`` like that of any server which is away.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import redis
from redis._parsers import CommandsParser
from redis.cluster import ClusterNode, ClusterPipeline, RedisCluster
from redis.commands.core import Script
from redis.exceptions import NoScriptError, RedisClusterException
from redis.retry import Retry

# ruff: noqa: ANN401 - what may be given is redis-py's to say

_T = TypeVar("_T")


class _KeysOfCommands(CommandsParser):
    """Finds the keys of our commands without asking a node, which redis-py does before each read of streams.

    That node is not one that has the keys: while it is away, no other could be read.
    """

    def __init__(self, known: CommandsParser) -> None:
        """Take over what another one has learnt."""
        self.commands = known.commands

    def get_keys(self, redis_conn: redis.Redis, *args: Any) -> Any:
        name = str(args[0]).upper()
        if name in {"EVAL", "EVALSHA"}:
            return args[3 : 3 + int(args[2])]
        if name in {"XREAD", "XREADGROUP"}:
            streams = args[args.index(b"STREAMS") + 1 :]
            return streams[: len(streams) // 2]
        return super().get_keys(redis_conn, *args)  # type: ignore[no-untyped-call]


class _ClusterScript(Script):
    """A script that each node learns when it is first run there: a node that is away keeps no other from it."""

    def __call__(self, keys: Any = None, args: Any = None, client: Any = None) -> Any:
        cluster = client or self.registered_client
        arguments = (len(keys or ()), *(keys or ()), *(args or ()))
        if isinstance(cluster, ClusterPipeline):
            return cluster.execute_command("EVAL", self.script, *arguments)  # type: ignore[no-untyped-call]
        try:
            return cluster.evalsha(self.sha, *arguments)
        except NoScriptError:
            return cluster.eval(cast("str", self.script), *arguments)


class _ClusterPipeline(ClusterPipeline):
    def eval(self, script: str, numkeys: int, *keys_and_args: Any) -> Any:  # type: ignore[override]
        return self.execute_command("EVAL", script, numkeys, *keys_and_args)  # type: ignore[no-untyped-call]

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        return _told_as_away(lambda: super(_ClusterPipeline, self).execute(raise_on_error))


class ClusterClient(RedisCluster):
    """A client of all nodes, which it learns from those that are named; for any number of threads."""

    def __init__(self, hosts: Iterable[tuple[str, int]], retry: Retry, **options: Any) -> None:
        """Ask the nodes for the others.

        Raises:
            redis.ConnectionError: none of them answers, or they are no cluster.
        """
        nodes = [ClusterNode(host, port) for host, port in hosts]  # type: ignore[no-untyped-call]
        _told_as_away(lambda: super(ClusterClient, self).__init__(startup_nodes=nodes, retry=retry, **options))
        self.commands_parser = _KeysOfCommands(self.commands_parser)

    def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        """Send one command to the node of its keys.

        Raises:
            redis.RedisError: as one server would; ``redis.ConnectionError`` where no node has the slot now.
        """
        return _told_as_away(lambda: super(ClusterClient, self).execute_command(*args, **kwargs))  # type: ignore[no-untyped-call]

    def ping(self, **kwargs: Any) -> bool:
        """Whether each primary answers: a replica that is away keeps nobody from anything."""
        return bool(super().ping(target_nodes=kwargs.pop("target_nodes", self.PRIMARIES), **kwargs))

    def register_script(self, script: Any) -> Any:
        """A script to be called with keys of one slot."""
        return _ClusterScript(self, script)

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> _ClusterPipeline:
        """Commands that go out together: with a transaction to one slot, else to any."""
        return _ClusterPipeline(
            nodes_manager=self.nodes_manager,
            commands_parser=self.commands_parser,
            startup_nodes=list(self.nodes_manager.startup_nodes.values()),
            result_callbacks=self.result_callbacks,
            cluster_response_callbacks=self.cluster_response_callbacks,
            reinitialize_steps=self.reinitialize_steps,
            retry=self.retry,
            lock=self._lock,
            transaction=bool(transaction),
        )


def nodes(server: redis.Redis) -> list[redis.Redis]:
    """The servers of which each has a share of the keys: a cluster's primaries, else the one.

    For what only a single server can tell, as its memory.
    """
    cluster: object = server
    if not isinstance(cluster, ClusterClient):
        return [server]
    return [cluster.get_redis_connection(node) for node in cluster.get_primaries()]  # type: ignore[no-untyped-call]


def by_slot(server: redis.Redis, keys: Iterable[str]) -> list[list[str]]:
    """The keys in groups that one command may name together: all of them, but in a cluster those of a slot."""
    cluster: object = server
    if not isinstance(cluster, ClusterClient):
        return [list(keys)]
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for key in keys:
        groups[cluster.keyslot(key)].append(key)  # type: ignore[no-untyped-call]
    return list(groups.values())


def _told_as_away(do: Callable[[], _T]) -> _T:
    try:
        return do()
    except RedisClusterException as error:  # which is no RedisError
        raise redis.ConnectionError(f"the Redis Cluster is not whole: {error}") from error
