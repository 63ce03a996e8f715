"""How many files and connections the process may have open."""

import resource


def allow_as_many_as_the_system_does() -> None:
    """Raise the limit to what the system allows: often 1,024 at first, and a camera takes two or three."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
