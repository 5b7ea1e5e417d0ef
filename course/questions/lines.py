"""The line of a student's that led to an error."""

import linecache
from types import TracebackType


def students_line(traceback: TracebackType | None, question: object, given: frozenset[str]) -> str:
    """The source of the deepest line that the student wrote; empty when there is none.

    Where a function that the exercise gives fails, that is the line that called it.

    Args:
        traceback: of the error.
        question: the question's function, whose own lines are passed over.
        given: functions and classes of the notebook that the student has not written.
    """
    line = ""
    while traceback is not None:
        frame, code = traceback.tb_frame, traceback.tb_frame.f_code
        outer = code.co_qualname.split(".")[0]  # the class of a method, the function around a function
        if (
            frame.f_globals is question.__globals__
            and code.co_filename != question.__code__.co_filename
            and outer not in given
        ):
            line = linecache.getline(code.co_filename, traceback.tb_lineno, frame.f_globals).strip()
        traceback = traceback.tb_next
    return line
