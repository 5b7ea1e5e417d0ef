"""Placeholders: what `course new` left to be filled in, and nobody has."""

from collections.abc import Iterator, Sequence

from course.errors import NotebookError

from .document import read_notebook
from .new import template_cells
from .workbook import Workbook, chosen

GAP = "…"


def placeholders(workbook: Workbook, sessions: Sequence[str] = ()) -> Iterator[str]:
    """A line for each notebook that still holds sentences of the template, or its sample question.

    Args:
        sessions: as `check` takes them.

    Raises:
        UsageError: there is no such session.
    """
    for folder in ("lectures", "solutions"):
        for stem in chosen(workbook.stems(folder), sessions) if workbook.stems(folder) else ():
            try:
                cells = read_notebook(workbook.path(folder, stem)).cells
            except NotebookError:  # which is a fault of its own
                continue
            template = template_cells(folder)
            left = [part for cell in cells if cell.id in template for part in _left(cell, template[cell.id])]
            if left:
                yield f"{folder}/{stem}.ipynb: still to be filled in: {'; '.join(left)}"


def _left(cell, template) -> list[str]:
    """What a cell still says as its template did."""
    if cell.cell_type == "code":
        same = cell.id.endswith("-question") and cell.source == template.source
        return [f"the sample question {cell.id.removesuffix('-question')}"] if same else []
    gaps = [line for line in template.source.splitlines() if GAP in line]
    return [repr(line) for line in cell.source.splitlines() if line in gaps]
