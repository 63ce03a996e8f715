"""How a command fails: one line for the operator and an exit code."""


class BadInput(Exception):
    """What was given cannot be used; the message says what to correct. Exit code 2."""


class NotFound(BadInput):
    """What was named is not there; the message says what is, or how to see it."""


class AlreadyThere(BadInput):
    """What was to be made stands for something else already; the message says how to change that."""


class CommandFailed(Exception):
    """The command could not do its work; the message says why. Exit code 1."""


class Unavailable(CommandFailed):
    """A server or a store is away: the same may work later."""
