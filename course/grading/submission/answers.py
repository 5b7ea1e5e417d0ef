"""The cells that a student wrote, question by question, read as text and never executed.

A question's section is every cell behind the question before it, up to its own; cells behind the last
question belong to no question, and are kept under "".
"""

from nbformat import NotebookNode

from course.errors import NotebookError
from course.notebooks.document import parse_notebook

from ..result import Task
from .compose import compose

LONGEST = 100_000  # characters of a cell that is looked at
MOST = 300_000  # of all cells together; a session's own have less than 50,000
UNREAD = "unread"  # a tag


def handed_in_notebook(task: Task, raw: bytes | None) -> NotebookNode | None:
    """The notebook that ran for these bytes; None when they are none."""
    if raw is None:
        return None
    try:
        notebook = compose(task.released, parse_notebook(raw))
    except (NotebookError, RecursionError):
        return None
    room = MOST
    for cell in notebook.cells:
        if "student" in cell.metadata.get("tags", ()):
            room -= len(cell.source)
            if room < 0:
                cell.metadata.tags.append(UNREAD)
    return notebook


def sections(notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The student's own code cells of a composed notebook, by question, in order."""
    found: dict[str, list[NotebookNode]] = {}
    waiting: list[NotebookNode] = []
    for cell in notebook.cells:  # the marks are those of the release and of compose; nothing is parsed
        release = cell.metadata.get("nbgrader", {})
        if release.get("grade"):
            found[release["grade_id"]], waiting = waiting, []
        elif "student" in cell.metadata.get("tags", ()):
            waiting.append(cell)
    return found | {"": waiting}


def is_read(cell: NotebookNode) -> bool:
    """Whether a cell is looked at: a hostile notebook may hold more code than there is time for."""
    return len(cell.source) <= LONGEST and UNREAD not in cell.metadata.get("tags", ())


def python_of(cell: NotebookNode) -> str:
    """A cell's text as Python: lines of magics and shell commands become blank, unread cells too."""
    if not is_read(cell) or cell.source.lstrip().startswith("%%"):
        return ""
    lines = cell.source.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines)
