"""Cell errors: how the cells of this notebook ended when they ran last, by the names that they define.

A question sees only that a function is missing, or is the one from before; the cause lies in the cell that
was to define it: a SyntaxError, an import that failed. `begin` asks IPython to tell how each cell ended.
"""

import ast
import re
import sys
from dataclasses import dataclass, field
from types import FunctionType

from IPython import get_ipython

from course.errors import CourseError

from .diagnosis_errors import meant_by
from .lines import place_in_cell

DEFINED = re.compile(r"^(?:(?:async +)?(?:def|class) +(\w+)|(\w+) *(?::[^=\n]+)?=(?!=))", re.MULTILINE)
LONGEST = 100_000  # characters of a cell that is looked at


class KernelExit(CourseError):
    """Raised by `exit` and `quit` in a notebook of the course."""


@dataclass(frozen=True)
class CellError:
    """How a cell ended: the error, its message, the line of the cell that led to it.

    `file` is the name under which IPython compiled the cell; None when it could not be compiled. `meant` is
    what may be meant by a name behind a dot.
    """

    error: str
    message: str
    line: str
    file: str | None = None
    meant: str = ""


@dataclass
class CellErrors:
    """The errors of the cells that ran since `begin`, by the names that a cell defines."""

    errors: dict[str, CellError] = field(default_factory=dict)

    def note(self, source: str, error: BaseException | None, compiled: bool, namespace: dict) -> None:
        """Note how a cell ended; one that came to its end takes the errors of its names away.

        Args:
            error: None when it came to its end.
            compiled: whether it could be compiled, and so began to run.
        """
        names = defined_names(source)
        if error is None:
            for name in names & self.errors.keys():
                del self.errors[name]
        elif names:
            self.errors |= dict.fromkeys(names, _cell_error(source, error, compiled, namespace))

    def of_missing(self, error: BaseException) -> CellError | None:
        """How the cell ended that was to define the name which a NameError misses."""
        return self.errors.get(error.name) if type(error) is NameError else None

    def of_older(self, names: set[str], namespace: dict) -> tuple[str, CellError] | None:
        """The first of these names that stands for an older definition, as its newest cell failed."""
        for name in sorted(names & self.errors.keys() & namespace.keys()):
            error, file = self.errors[name], _file_of(namespace[name])
            if error.file is None or file not in (None, error.file):
                return name, error
        return None


def defined_names(source: str) -> set[str]:
    """The functions, classes and variables that a cell defines, read line by line: it may be no Python."""
    return {name for pair in DEFINED.findall(source[:LONGEST]) for name in pair if name}


def _cell_error(source: str, error: BaseException, compiled: bool, namespace: dict) -> CellError:
    if compiled:
        number, file = place_in_cell(error.__traceback__, namespace)
        told = (type(error).__name__[:100], str(error)[:500], _line(source, number))
        return CellError(*told, file, meant_by(error))
    error = _complete(source, error)
    line = _line(source, getattr(error, "lineno", None) or 0)
    return CellError(type(error).__name__[:100], str(getattr(error, "msg", None) or error)[:500], line)


def _complete(source: str, error: BaseException) -> BaseException:
    """Python's own words for a text that ends too early, of which IPython says only "incomplete input"."""
    if getattr(error, "msg", None) == "incomplete input":
        try:
            ast.parse(source.lstrip("\n"))
        except SyntaxError as plain:
            return plain
    return error


def _line(source: str, number: int) -> str:
    """A line of a cell as it was written; IPython counts from the first that is not empty."""
    lines = source.lstrip("\n").split("\n")
    return lines[number - 1].strip() if 1 <= number <= len(lines) else ""


def _file_of(value: object) -> str | None:
    """Where a function, or the first method of a class, was written; None for other values."""
    for item in (value, *getattr(value, "__dict__", {}).values()):
        item = getattr(item, "__func__", item)
        if isinstance(item, FunctionType):
            return item.__code__.co_filename
    return None


_errors = CellErrors()


def listen(errors: CellErrors) -> None:
    """Have IPython note the error of each cell, and let `exit()` be an error.

    In a notebook `exit()` only asks the kernel to end soon: some cells still run, and nobody knows how many.
    """
    global _errors
    _errors, shell = errors, get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _after_cell)  # once, however often it is asked
        shell.ask_exit = _refuse_exit


def _after_cell(result) -> None:
    error, namespace = result.error_before_exec or result.error_in_exec, get_ipython().user_global_ns
    _errors.note(result.info.raw_cell, error, result.error_before_exec is None, namespace)


def _refuse_exit() -> None:
    namespace, frame, inside = get_ipython().user_global_ns, sys._getframe(), False
    while frame is not None:
        inside = inside or (frame.f_globals is namespace and frame.f_code.co_name != "<module>")
        frame = frame.f_back
    instead = "leave a function with return" if inside else "take the line out"
    raise KernelExit(f"exit() would end the kernel; {instead}")


def not_a_function(error: BaseException, question: FunctionType) -> str:
    """Which name holds a value where a question calls a function; "" for any other error."""
    kind = re.fullmatch(r"'(\w+)' object is not callable", str(error))
    if type(error) is not TypeError or not kind:
        return ""
    values = {name: question.__globals__.get(name, print) for name in question.__code__.co_names}
    names = [name for name, value in values.items() if type(value).__name__ == kind[1]]
    if len(names) != 1:
        return ""
    line = f"def {names[0]}(...):"
    return f"{names[0]} is a value ({kind[1]}), not a function; keep its line {line} as it was given"
