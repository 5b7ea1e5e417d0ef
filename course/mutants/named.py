"""Equivalent mutants, as a solution names them in Markdown cells tagged `equivalent` and `solution`.

    - `momentum`: `mu * v` → `v * mu`: the product is the same
    - `sgd`: refuses `in place`: the text forbids it
    - `confusion`: fixed `classes`: the text says how many there are

The first line names all surviving mutants of that question with this label. The second says that a form of a
right answer is rightly refused. The third says why an argument is the same in all cases; its function may
then ignore it.
"""

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from course.errors import NotebookError

TAG = "equivalent"
LINE = re.compile(r"- `(?P<question>[a-z][a-z0-9_]*)`: (?P<what>.+)", re.DOTALL)
KINDS = {
    "mutant": re.compile(r"(?P<what>`.+` → `.*?`): (?P<why>\S.*)", re.DOTALL),
    "form": re.compile(r"refuses `(?P<what>[^`]+)`: (?P<why>\S.*)", re.DOTALL),
    "fixed": re.compile(r"fixed `(?P<what>[^`]+)`: (?P<why>\S.*)", re.DOTALL),
}


@dataclass(frozen=True)
class Named:
    """One such line."""

    question: str
    kind: str  # "mutant", "form" or "fixed"
    what: str  # a mutant's label, a form's or a parameter's name
    why: str


def named_in(notebook: NotebookNode) -> list[Named]:
    """All such lines of a notebook; a line that is none of the three is an error.

    Raises:
        NotebookError: a line of such a cell that cannot be read; the text shows it.
    """
    entries = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and TAG in cell.metadata.get("tags", []):
            if "solution" not in cell.metadata["tags"]:
                raise NotebookError(f"cell {cell.id}: tag it solution, too; else students get it")
            entries += [_read(cell.id, item) for item in re.split(r"\n(?=- )", "\n" + cell.source)[1:]]
    return entries


def _read(cell_id: str, item: str) -> Named:
    line = LINE.fullmatch(" ".join(item.split()))
    for kind, pattern in KINDS.items():
        match = line and pattern.fullmatch(line["what"])
        if match:
            return Named(line["question"], kind, match["what"], match["why"])
    raise NotebookError(f"cell {cell_id}: {item.strip()!r} is not one of the lines that the check reads")
