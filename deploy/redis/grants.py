"""What a Redis user may do, in the words of Redis 7's access control lists."""

from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """What the commands of a grant may do to what its patterns match."""

    READ = "%R~"
    WRITE = "%W~"
    BOTH = "~"
    CHANNEL = "&"


@dataclass(frozen=True)
class Grant:
    """Commands, and the keys or channels on which they may be used; a selector of its own in Redis."""

    commands: tuple[str, ...]
    access: Access
    patterns: tuple[str, ...]

    @property
    def selector(self) -> str:
        """The selector; nothing else of the user adds to it."""
        names = (f"{self.access}{each}" for each in self.patterns)
        commands = (f"+{each}" for each in self.commands)
        return f"(resetchannels -@all {' '.join((*names, *commands))})"


def reads(commands: str, *patterns: str) -> Grant:
    """Commands that find out what keys hold, or whether they are there."""
    return Grant(tuple(commands.split()), Access.READ, patterns)


def writes(commands: str, *patterns: str) -> Grant:
    """Commands that put into keys, or take out of them, and tell nothing of what is there."""
    return Grant(tuple(commands.split()), Access.WRITE, patterns)


def changes(commands: str, *patterns: str) -> Grant:
    """Commands that do both."""
    return Grant(tuple(commands.split()), Access.BOTH, patterns)


def publishes(*channels: str) -> Grant:
    """Telling whoever listens."""
    return Grant(("publish",), Access.CHANNEL, channels)


def listens(*channels: str) -> Grant:
    """Hearing what is told."""
    return Grant(("subscribe",), Access.CHANNEL, channels)


@dataclass(frozen=True)
class Rights:
    """All that a role may do on one server: commands that name no key, and grants."""

    commands: tuple[str, ...]
    grants: tuple[Grant, ...]

    def __add__(self, other: "Rights") -> "Rights":
        """The rights of a user who plays both roles, or one role on both servers."""
        return Rights(
            tuple(dict.fromkeys((*self.commands, *other.commands))),
            tuple(dict.fromkeys((*self.grants, *other.grants))),
        )

    @property
    def rules(self) -> str:
        """The rules as a server reads them."""
        # The category has commands that older servers do not know by name and newer clients send.
        words = ["resetchannels", "-@all", "+@connection", "-@dangerous"]
        words += [f"+{each}" for each in self.commands]
        return " ".join([*words, *(each.selector for each in self.grants)])
