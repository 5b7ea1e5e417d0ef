"""Guard of a kernel that is graded: what a student's cell does to the kernel costs no later question.

To shut the kernel down is an error of the line that does it: else the kernel ends a while later, in a cell
that did nothing. Before a question runs, `question` and what the release's cells defined are there, whatever
was overwritten or removed; a recursion limit that leaves IPython itself no room does not last.
"""

import sys

from IPython import get_ipython

from .cell_errors import KernelExit, defined_names

LEAST_DEPTH = 1000  # Python's own recursion limit

_given: frozenset[str] = frozenset()
_kept: dict[str, object] | None = None  # None: before the first cell came to its end


def guard(given: frozenset[str]) -> None:
    """Guard this kernel from now on.

    Args:
        given: the functions and classes that the exercise gives.
    """
    global _given, _kept
    _given, _kept = given, None
    shell = get_ipython()
    if shell is not None:
        shell.events.register("pre_run_cell", _before_cell)  # once, however often it is asked
        shell.events.register("post_run_cell", _after_cell)
        shell.unobserve_all("exit_now")
        shell.observe(_refuse_shutdown, "exit_now")


def _before_cell(info) -> None:
    """Put back what a question needs of the release: names that are gone, and `question` in any case."""
    if _kept and "@question(" in info.raw_cell:
        namespace = get_ipython().user_ns
        for name, value in _kept.items():
            if name == "question" or name not in namespace:
                namespace[name] = value


def _after_cell(result) -> None:
    """Keep what the release's cells defined: all that is there after `begin`, later what is given."""
    global _kept
    if sys.getrecursionlimit() < LEAST_DEPTH:
        sys.setrecursionlimit(LEAST_DEPTH)
    namespace = get_ipython().user_ns
    if _kept is None:
        _kept = {name: value for name, value in namespace.items() if not name.startswith("_")}
    else:
        names = _given & defined_names(result.info.raw_cell) & namespace.keys()
        _kept |= {name: namespace[name] for name in names}


def _refuse_shutdown(change) -> None:
    if change["new"]:
        change["owner"].exit_now = False
        raise KernelExit("this would end the kernel; take the line out")
