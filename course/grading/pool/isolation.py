"""Isolation check: no worker runs students' code that it cannot keep in."""

from course.sandbox import isolation


class IsolationTooLow(Exception):
    """Students' code would not be kept in well enough."""


def measured() -> tuple[int, str, str]:
    """The isolation of this process's kernels: level, in words, and what could be done. Warms them up."""
    found = isolation()
    return found.level, str(found), found.advice


def refuse_low(levels: list[tuple[int, str, str]], least: int) -> None:
    """Check what `measured` gave for some processes.

    Raises:
        IsolationTooLow: kernels there are kept in less well than the level `least` of course.sandbox.
    """
    level, words, advice = min(levels)
    if level < least:
        raise IsolationTooLow(f"isolation {words} is below {least}; {advice}")
