"""Fresh kernels: when a cell ends the kernel, the notebook runs again without that cell.

So who kills the kernel in one question keeps the points of the others. Everything stays within the time of
the whole notebook, and a notebook gets `MOST_KERNELS` kernels. What a cell gave first counts: of the next run
only those cells are taken that no run before has come to.
"""

import copy
import time

from nbformat import NotebookNode

from course.notebooks.execute import KERNEL_DIED, NOT_RUN, STARVED, TIME_LIMIT, Run, execute
from course.sandbox import LOST, NO_MEMORY

FRESH_KERNEL = "the cells below it ran in a fresh kernel"
MOST_KERNELS = 10  # one that ends in a function also ends wherever the student tried that function


def execute_to_the_end(notebook: NotebookNode, *, notebook_timeout: float, **options) -> Run:
    """Execute a notebook, in fresh kernels without the cells that ended the one before.

    Args:
        notebook, notebook_timeout, options: as in `course.notebooks.execute.execute`.
    """
    began = time.monotonic()
    run = last = execute(notebook, notebook_timeout=notebook_timeout, **options)
    left_out: set[str] = set()
    for _ in range(MOST_KERNELS - 1):
        fatal = fatal_cell(last.notebook)
        left = notebook_timeout - (time.monotonic() - began)
        if fatal is None or left <= 0:
            break
        left_out.add(fatal.id)
        last = execute(_without(notebook, left_out), notebook_timeout=left, **options)
        run = _joined(run, last)
    run.seconds = time.monotonic() - began
    return run


def fatal_cell(notebook: NotebookNode) -> NotebookNode | None:
    """The cell of an executed notebook that ended the kernel, so that later ones were not run; else None.

    None too when a cell had no processor, the machine no memory, or somebody else killed the kernel: then the
    notebook runs another time.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    states = [cell.metadata.get("run") for cell in cells]
    if STARVED in states or NOT_RUN not in states:
        return None
    if any(cell.metadata.get("ended") in (NO_MEMORY, LOST) for cell in cells):
        return None
    place = states.index(NOT_RUN) - 1
    return cells[place] if place >= 0 and states[place] in (KERNEL_DIED, TIME_LIMIT) else None


def _without(notebook: NotebookNode, ids: set[str]) -> NotebookNode:
    """A copy of a notebook in which these cells are empty, and so are not run."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.id in ids:
            cell.source = ""
    return notebook


def _joined(run: Run, again: Run) -> Run:
    """A run, with the next one's cells in place of those that it did not come to."""
    cells = [
        fresh if cell.metadata.get("run") == NOT_RUN else cell
        for cell, fresh in zip(run.notebook.cells, again.notebook.cells, strict=True)
    ]
    run.notebook.cells = cells
    return Run(run.notebook, run.seconds, again.answers | run.answers)
