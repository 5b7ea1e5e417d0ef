"""Exception hierarchy: what can go wrong, and the one line that a person reads about it.

    ValueError, TypeError    a bad argument of a library function: name, value, what is allowed
    CourseError              trouble outside the code: files, notebooks, data, network
    ├── UsageError           a command was asked for something that does not exist
    ├── NotebookError        a notebook that cannot be read, cut, filled or run
    └── DataError            a data set that is neither here nor to be had

The command line prints a CourseError as one line and exits with 2.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class CourseError(Exception):
    """Trouble that a person can mend; the text says what happened, where, and what to do next."""


class UsageError(CourseError):
    """A command was asked for something that does not exist."""


class NotebookError(CourseError):
    """A notebook that cannot be read, cut, filled or run."""


class DataError(CourseError):
    """A data set that is neither on this machine nor to be had."""


def quantity(number: int, one: str, more: str | None = None) -> str:
    """A number with its word, which is "ones" for more than one, or for none, unless `more` says another.

    >>> quantity(1, "file"), quantity(2, "file"), quantity(2, "axis", "axes")
    ('1 file', '2 files', '2 axes')
    """
    return f"{number} {one if number == 1 else more or one + 's'}"


def unknown_name(argument: str, value: object, known: Iterable[str]) -> str:
    """The line for a name that is not in a list: argument, value, what is allowed, the closest.

    >>> unknown_name("model", "resnet43", ["resnet34", "vgg_d"])
    "model='resnet43' is unknown; choose from resnet34, vgg_d (did you mean 'resnet34'?)"
    """
    known = list(known)
    line = f"{argument}={value!r} is unknown; choose from {', '.join(known)}"
    close = get_close_matches(str(value), known, n=1)
    return f"{line} (did you mean {close[0]!r}?)" if close else line
