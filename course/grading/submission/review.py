"""Review of a submission, what a person should look at: forbidden modules, and fingerprints to compare by.

The student's cells are read as text (see `course.questions.imports`), never run. `@question("adam",
without=("torch.optim",))` forbids a module. A use takes no points off; but the sandbox does not let the
module be imported, so an answer that needs it fails there.
"""

import json
from dataclasses import astuple, dataclass, field

from nbformat import NotebookNode

from course.questions.imports import MODULE_LIMIT, imported, parse, uses

from ..result import Task
from .compose import handed_in_notebook, is_read, python_of, sections
from .plagiarism import fingerprints_by_question

TOO_LONG = "so much code that this cell was not looked at"


@dataclass(frozen=True)
class Use:
    """A forbidden module in a student's cell: where, and the line as it stands there."""

    question: str
    module: str
    line: str


@dataclass(frozen=True)
class Review:
    """Uses of forbidden modules, and fingerprints by question to compare students by; empty for rubbish."""

    uses: list[Use] = field(default_factory=list)
    prints: dict[str, set[int]] = field(default_factory=dict)

    def pack(self) -> tuple[str, str]:
        """Uses and fingerprints as JSON."""
        prints = {question: sorted(marks) for question, marks in self.prints.items()}
        return json.dumps([astuple(use) for use in self.uses]), json.dumps(prints)


def unpack_uses(packed: str | None) -> list[Use]:
    """The uses that `Review.pack` wrote."""
    return [Use(*fields) for fields in json.loads(packed or "[]")]


def unpack_prints(packed: str | None) -> dict[str, set[int]]:
    """The fingerprints that `Review.pack` wrote."""
    return {question: set(marks) for question, marks in json.loads(packed or "{}").items()}


def review(task: Task, handed_in: bytes | None) -> Review:
    """Read what a student handed in."""
    notebook = handed_in_notebook(task.released, handed_in)
    if notebook is None:
        return Review()
    return Review(find_uses(task, notebook), fingerprints_by_question(notebook))


def find_uses(task: Task, notebook: NotebookNode) -> list[Use]:
    """The uses of forbidden modules in a composed notebook, each line once, in reading order."""
    if not task.forbidden:
        return []
    trees = {cell.id: parse(python_of(cell)) for cell in notebook.cells if cell.cell_type == "code"}
    names: dict[str, str] = {}
    for tree in trees.values():
        names |= imported(tree)
    kept: dict[Use, None] = {}
    for question, cells in sections(notebook).items():
        modules = task.records[question].get("without", ()) if question else ()
        for cell in cells if modules else ():
            lines = cell.source.split("\n")
            if not is_read(cell):
                kept[Use(question, TOO_LONG, lines[0][:MODULE_LIMIT])] = None
            for module, number in uses(trees[cell.id], names, modules):
                kept[Use(question, module, lines[number - 1].strip()[:MODULE_LIMIT])] = None
    return list(kept)
