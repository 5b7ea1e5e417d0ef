"""Import check for modules that a question does without: `@question("adam", without=("torch.optim",))`.

The student's cells are read as text (see `course.questions.imports`), never run. What is found takes no
points off; but the sandbox does not let these modules be imported, so an answer that needs one fails there.
"""

from dataclasses import dataclass

from nbformat import NotebookNode

from course.questions.imports import MODULE_LIMIT, imported, parse, uses

from ..result import Task
from .compose import is_read, python_of, sections

TOO_LONG = "so much code that this cell was not looked at"


@dataclass(frozen=True)
class Use:
    """A forbidden module in a student's cell: where, and the line as it stands there."""

    question: str
    module: str
    line: str


def forbidden(task: Task) -> tuple[str, ...]:
    """All modules that some question of the session does without; sorted."""
    return tuple(sorted({module for record in task.records.values() for module in record.get("without", ())}))


def find_uses(task: Task, notebook: NotebookNode) -> list[Use]:
    """The uses of forbidden modules in a composed notebook, each line once, in reading order."""
    if not forbidden(task):
        return []
    trees = {cell.id: parse(python_of(cell)) for cell in notebook.cells if cell.cell_type == "code"}
    names: dict[str, str] = {}
    for tree in trees.values():
        names |= imported(tree)
    found: dict[Use, None] = {}
    for question, cells in sections(notebook).items():
        modules = task.records[question].get("without", ()) if question else ()
        for cell in cells if modules else ():
            lines = cell.source.split("\n")
            if not is_read(cell):
                found[Use(question, TOO_LONG, lines[0][:MODULE_LIMIT])] = None
            for module, number in uses(trees[cell.id], names, modules):
                found[Use(question, module, lines[number - 1].strip()[:MODULE_LIMIT])] = None
    return list(found)
