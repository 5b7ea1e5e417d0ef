"""`course build`: fill the quotes of lectures, cut the exercises, renew the public answers, normalise.

Running it twice changes nothing: every file it writes depends on the sources alone.
"""

from pathlib import Path

from .document import read_notebook, write_notebook
from .public_answers import write_public
from .quote import fill_quotes
from .release import mark, release
from .workbook import Workbook


def build(workbook: Workbook) -> list[Path]:
    """Build everything. Returns the files that changed.

    Raises:
        NotebookError: a notebook that cannot be read, a quote that leads nowhere, a solution that fails.
    """
    changed = []
    for stem in workbook.stems("lectures"):
        changed += build_lecture(workbook, stem)
    for stem in workbook.stems("solutions"):
        changed += build_exercise(workbook, stem)
    return changed


def build_lecture(workbook: Workbook, stem: str) -> list[Path]:
    """Fill a lecture's quotes and normalise it."""
    path = workbook.path("lectures", stem)
    lecture = read_notebook(path)
    fill_quotes(workbook.root, lecture)
    return [path] if write_notebook(lecture, path) else []


def build_exercise(workbook: Workbook, stem: str) -> list[Path]:
    """Cut an exercise from its solution, and run the solution for the public answers if its code changed."""
    path = workbook.path("solutions", stem)
    solution = read_notebook(path)
    mark(solution)
    exercise = release(solution)
    public = workbook.public_answers / f"{stem}.json"
    changed = [path] if write_notebook(solution, path) else []
    if write_public(read_notebook(path), public, cwd=path.parent):
        changed.append(public)
    target = workbook.path("exercises", stem)
    if write_notebook(exercise, target):
        changed.append(target)
    return changed
