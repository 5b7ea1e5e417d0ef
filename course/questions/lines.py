"""Source line of an error: the student's own line that led to it, and the names on it."""

import linecache
from types import TracebackType


def students_line(traceback: TracebackType | None, question: object, given: frozenset[str]) -> tuple:
    """The source of the deepest line that the student wrote, and its local names; empty when there is none.

    Where a function that the exercise gives fails, that is the line that called it.

    Args:
        traceback: of the error.
        question: the question's function, whose own lines are passed over.
        given: functions and classes of the notebook that the student has not written.
    """
    line, names = "", {}
    while traceback is not None:
        frame, code = traceback.tb_frame, traceback.tb_frame.f_code
        outer = code.co_qualname.split(".")[0]  # the class of a method, the function around a function
        if (
            frame.f_globals is question.__globals__
            and code.co_filename != question.__code__.co_filename
            and outer not in given
        ):
            line = linecache.getline(code.co_filename, traceback.tb_lineno, frame.f_globals).strip()
            names = frame.f_locals
        traceback = traceback.tb_next
    return line, names


def place_in_cell(traceback: TracebackType | None, namespace: dict) -> tuple[int, str | None]:
    """The number of the deepest line of a failed cell itself, and the name under which IPython compiled it.

    Args:
        traceback: of the error.
        namespace: the notebook's.
    """
    number, file = 0, None
    while traceback is not None:
        frame = traceback.tb_frame
        if file is None and frame.f_globals is namespace:
            file = frame.f_code.co_filename
        if file is not None and frame.f_code.co_filename == file:
            number = traceback.tb_lineno
        traceback = traceback.tb_next
    return number, file
