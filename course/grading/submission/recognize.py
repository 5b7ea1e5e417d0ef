"""Recognizer of files that are not the notebook that was asked for: what they are, in one short sentence.

Not a notebook: an unfinished merge, a web page, a script, an archive, half a file, another encoding.
Not this notebook: another session's, a lecture, another release's, one without cells.
"""

import ast
import json
import re

from nbformat import NotebookNode

from course.errors import NotebookError
from course.notebooks.release import is_locked
from course.notebooks.submitted import parse_submission
from course.notebooks.written import listed
from course.questions.imports import parse

from ..result import Task

LOOKED_AT = 4096  # bytes at the beginning
MERGE_MARK = re.compile(rb"^(<{7}|>{7})( |\r?$)", re.MULTILINE)
RELEASED = re.compile(rb'"course":\s*\{\s*"released":\s*"([0-9a-f]{16})"')  # in the notebook's metadata
BEGINNINGS = {
    b"PK\x03\x04": "is a zip archive, not a notebook",
    b"%PDF": "is a PDF, not a notebook",
    b"\x1f\x8b": "is a gzip archive, not a notebook",
    b"\x89PNG": "is a picture, not a notebook",
    b"\xd0\xcf\x11\xe0": "is an Office document, not a notebook",
}
UTF16 = (b"\xff\xfe", b"\xfe\xff")
WEB_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
PYTHON = re.compile(rb"^(import \w|from [\w.]+ import |def \w+\(|class \w+[:(]|#!|# %%|# In\[)", re.MULTILINE)
LECTURE = re.compile(r"# Session \d+: ")  # how each lecture's first cell begins; an exercise's says so
MOST_NAMED = 3  # questions in a sentence


def recognize(task: Task, content: bytes) -> tuple[NotebookNode, str]:
    """The notebook that was handed in, and what an instructor should know of where it comes from, or "".

    Raises:
        NotebookError: it is no notebook, has no cells, or is another session's.
    """
    try:
        notebook = parse_submission(content)
    except NotebookError as error:
        raise NotebookError(what_it_is(content) or str(error)) from None
    if not notebook.cells:
        raise NotebookError("is a notebook without cells")
    if not any(cell.source.strip() for cell in notebook.cells):
        raise NotebookError("is a notebook whose cells are all empty")
    return notebook, _origin(task, notebook, RELEASED.search(content))


def what_it_is(content: bytes) -> str:
    """What bytes are that cannot be read as a notebook; "" when they look like nothing that is known here.

    >>> what_it_is(b"<!DOCTYPE html><title>Log in</title>")
    'is a web page, such as a login page, not a notebook'
    """
    start = content[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    for beginning, words in BEGINNINGS.items():
        if start.startswith(beginning):
            return words
    if (
        start.startswith(UTF16)
        or start[1::2].count(0) > len(start) // 4
        or start[::2].count(0) > len(start) // 4
    ):
        return "is in another encoding, UTF-16, not UTF-8: save it anew from JupyterLab"
    if mark := MERGE_MARK.search(content):
        line = content[: mark.start()].count(b"\n") + 1
        return f"holds the marks of a merge that was not finished ({mark[1].decode()} in line {line})"
    if WEB_PAGE.match(start):
        return "is a web page, such as a login page, not a notebook"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return f"is in another encoding, not UTF-8 (line {line}): save it anew from JupyterLab"
    return _of_text(text, start)


def _of_text(text: str, start: bytes) -> str:
    if not text.lstrip().startswith("{"):
        return "is a Python script, not a notebook" if PYTHON.search(start) else ""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        ends = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        if ends and not text.rstrip().endswith("}"):
            return f"is cut off in line {text.count(chr(10)) + 1}: only a part of the file is there"
    except (ValueError, RecursionError):  # a number of thousands of digits, or lists without end: no notebook
        pass
    return ""


def _origin(task: Task, notebook: NotebookNode, release: re.Match | None) -> str:
    """What tells that the notebook is of another release, or that questions of it were deleted.

    A question that this release does not have tells the first; one that is missing does only where the
    notebook says that it is of another release.

    Raises:
        NotebookError: it is another session's, or a lecture.
    """
    sessions, questions = _declared(notebook)
    strange = [name for name in questions if name not in task.records]
    known = [name for name in questions if name in task.records]
    others = [name for name in sessions if name != task.session]
    few = len(known) <= len(strange) or len(known) < len(task.records) - len(known)  # names may be shared
    if others and task.session not in sessions and few:
        raise NotebookError(f"is the notebook of session {others[0]}; hand in {task.session}")
    ids = {cell.id for cell in task.released.cells if cell.cell_type == "code" and not is_locked(cell)}
    own = any(cell.id in ids for cell in notebook.cells)
    if strange and not known and not own and task.session not in sessions:
        asks = listed(strange, MOST_NAMED)
        raise NotebookError(f"is another notebook: it asks {asks}, no question of {task.session}")
    if not (sessions or questions or own) and LECTURE.match(notebook.cells[0].source):
        raise NotebookError(f"is the notebook of a lecture; hand in the exercise {task.session}")
    missing = [name for name in task.records if name not in known]
    ours = task.released.metadata.get("course", {}).get("released")
    if not strange and not (missing and release and ours and release[1].decode() != ours):
        cells = "cell that asks" if len(missing) == 1 else "cells that ask"
        return f"without the {cells} {listed(missing, MOST_NAMED)}, put back for grading" if missing else ""
    says = [f"asks {listed(strange, MOST_NAMED)}"] if strange else []
    says += [f"does not ask {listed(missing, MOST_NAMED)}"] if missing else []
    return f"of another release: it {' and '.join(says)}"


def _declared(notebook: NotebookNode) -> tuple[list[str], list[str]]:
    """The sessions that `begin` names in a notebook, and the questions that it asks; nothing is run."""
    sessions, questions = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code" or not re.search(r"\bbegin\b|@question\b", cell.source):
            continue
        for statement in parse(cell.source).body:
            if isinstance(statement, ast.Expr):
                sessions += _first_text(statement.value, "begin")
            for decorator in getattr(statement, "decorator_list", []):
                questions += _first_text(decorator, "question")
    return sessions, questions


def _first_text(node: ast.expr, function: str) -> list[str]:
    """The text that a call of this function has as its first argument, as a list of one or none."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function):
        return []
    values = [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
    return [value[:80] for value in values if isinstance(value, str)]
