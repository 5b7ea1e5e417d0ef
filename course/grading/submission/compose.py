"""Notebook merge: the released exercise with the student's cells in it, which is what runs.

Question cells, set-up and given functions are always the release's own; what a student did to them is
ignored. Answer cells are the student's, found by cell id, else by nbgrader's grade_id. Cells that a student
added stay behind the cell that they followed, and never run before `begin`: what they call their variables
cannot change the seed. A deleted answer cell is simply not there. A copy of a question cell is left out, for
the release's own asks already.

A question's section is every cell of the student behind the question before it, up to its own; cells behind
the last question belong to no question, and are kept under "". They are read as text, never executed.
"""

import ast
import copy

from nbformat import NotebookNode

from course.errors import NotebookError
from course.notebooks.cells import role
from course.notebooks.release import is_locked
from course.notebooks.submitted import parse_submission
from course.questions.imports import python_lines

LONGEST = 100_000  # characters of a cell that is looked at
MOST = 300_000  # of all cells together; a session's own have less than 50,000
UNREAD = "unread"  # a tag


def compose(released: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """Merge a student's notebook into the released exercise. Both are left as they are."""
    students, added = _sort_cells(released, submitted)
    composed = copy.deepcopy(released)
    cells: list[NotebookNode] = []
    waiting = list(added.get(None, []))
    begun = False
    for cell in composed.cells:
        if cell.cell_type != "code" or is_locked(cell):
            cells.append(cell)
        elif cell.id in students and students[cell.id].cell_type == "code":
            cells.append(_plain(students[cell.id], cell.id))
        waiting += added.get(cell.id, [])
        begun = begun or role(cell) == "begin"
        if begun:
            cells += waiting
            waiting = []
    composed.cells = cells + waiting
    return composed


def own_cells(released: NotebookNode, submitted: NotebookNode) -> dict[str, NotebookNode]:
    """What a student's notebook has in place of the released cells, by id; deleted ones are not there."""
    return _sort_cells(released, submitted)[0]


def _sort_cells(released: NotebookNode, submitted: NotebookNode):
    """The student's cells by the release's ids, and the added ones by the id of the cell before them."""
    ids = {cell.id for cell in released.cells}
    texts = {cell.id for cell in released.cells if cell.cell_type != "code"}
    grade_ids = {
        cell.metadata.nbgrader["grade_id"]: cell.id for cell in released.cells if "nbgrader" in cell.metadata
    }
    questions = {cell.source.strip() for cell in released.cells if _only_asks(cell)}
    claimed = {cell.get("id") for cell in submitted.cells} & ids
    students: dict[str, NotebookNode] = {}
    added: dict[str | None, list[NotebookNode]] = {}
    before: str | None = None
    for cell in submitted.cells:
        known = cell.get("id") if cell.get("id") in ids else None
        if known is None:
            same = grade_ids.get(_grade_id(cell))
            known = same if same not in claimed else None
        if known is not None and known not in students:
            students[known] = cell
            before = known
            if known not in texts:
                continue
        if (
            cell.cell_type == "code" and cell.source.strip() not in questions
        ):  # a new cell, or one of the course's texts turned into code
            number = sum(len(cells) for cells in added.values())
            added.setdefault(before, []).append(_plain(cell, f"added-{number}"))
    return students, added


def _only_asks(cell: NotebookNode) -> bool:
    """Whether a cell of the release asks a question and defines nothing else."""
    return role(cell) == "question" and all(
        getattr(item, "decorator_list", None) for item in ast.parse(cell.source).body
    )


def _grade_id(cell: NotebookNode) -> object:
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _plain(cell: NotebookNode, cell_id: str) -> NotebookNode:
    """A student's cell reduced to its text: no outputs, and no metadata but the mark whose it is."""
    return NotebookNode(
        cell_type="code",
        id=cell_id,
        source=cell.source,
        metadata=NotebookNode(tags=["student"]),
        outputs=[],
        execution_count=None,
    )


def handed_in_notebook(released: NotebookNode, raw: bytes | None) -> NotebookNode | None:
    """The notebook that ran for these bytes; None when they are none."""
    if raw is None:
        return None
    try:
        notebook = compose(released, parse_submission(raw))
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
    by_question: dict[str, list[NotebookNode]] = {}
    waiting: list[NotebookNode] = []
    for cell in notebook.cells:  # the marks are those of the release and of compose; nothing is parsed
        release = cell.metadata.get("nbgrader", {})
        if release.get("grade"):
            by_question[release["grade_id"]], waiting = waiting, []
        elif "student" in cell.metadata.get("tags", ()):
            waiting.append(cell)
    return by_question | {"": waiting}


def is_read(cell: NotebookNode) -> bool:
    """Whether a cell is looked at: a hostile notebook may hold more code than there is time for."""
    return len(cell.source) <= LONGEST and UNREAD not in cell.metadata.get("tags", ())


def python_of(cell: NotebookNode) -> str:
    """A cell's text as Python: lines of magics and shell commands become blank, unread cells too."""
    return python_lines(cell.source) if is_read(cell) else ""
