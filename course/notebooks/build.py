"""`course build`: fill the quotes of lectures, cut the exercises, renew the public answers, normalize,
and write the rooms of the library into docs/architecture.md.

Running it twice changes nothing: every file it writes depends on the sources alone. What a person wrote, an
answer in an exercise or a change of a quote, is left and named; so is a file that was saved meanwhile.
"""

from dataclasses import dataclass, field
from pathlib import Path

from course.errors import NotebookError

from .document import ChangedMeanwhileError, held, normalize, read_notebook, write_notebook, write_text
from .public_answers import renew_public
from .quote import fill_quotes
from .release import mark, release
from .rooms import PAGE, with_rooms
from .workbook import Workbook
from .written import OVERWRITE, written_in


@dataclass
class Built:
    """The files that changed, and a line for each one that was left because of what a person wrote."""

    changed: list[Path] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def build(workbook: Workbook, overwrite: bool = False) -> Built:
    """Build everything.

    Args:
        overwrite: also replace what a person wrote into exercises and quotes.

    Raises:
        NotebookError: a notebook that cannot be read, a quote that leads nowhere, a solution that fails.
    """
    parts = [build_lecture(workbook, stem, overwrite) for stem in workbook.stems("lectures")]
    parts += [build_exercise(workbook, stem, overwrite) for stem in workbook.stems("solutions")]
    parts.append(Built(build_rooms(workbook.root)))
    return Built(
        [path for part in parts for path in part.changed], [line for part in parts for line in part.left]
    )


def build_rooms(root: Path) -> list[Path]:
    """Write today's rooms into docs/architecture.md, if there is one."""
    path = root / PAGE
    return [path] if path.is_file() and write_text(with_rooms(path.read_text("utf-8"), root), path) else []


def build_lecture(workbook: Workbook, stem: str, overwrite: bool = False) -> Built:
    """Fill a lecture's quotes and normalize it."""
    path, name = workbook.path("lectures", stem), f"lectures/{stem}.ipynb"
    seen = held(path)
    lecture = read_notebook(path)
    left = [
        f"{name}: cell {cell.id}, which quotes {source}, was edited by hand; {OVERWRITE} replaces it"
        for cell, source in fill_quotes(workbook.root, lecture, overwrite)
    ]
    try:
        return Built([path] if write_notebook(lecture, path, seen) else [], left)
    except ChangedMeanwhileError:
        return Built(left=[_saved_meanwhile(name)])


def build_exercise(workbook: Workbook, stem: str, overwrite: bool = False) -> Built:
    """Cut an exercise from its solution; run the solution, if its code changed, for answers and outputs."""
    path = workbook.path("solutions", stem)
    seen = held(path)
    solution = normalize(read_notebook(path))
    mark(solution)
    public = workbook.public_answers / f"{stem}.json"
    answers = held(public)
    try:
        exercise = release(solution)
        changed = [public] if renew_public(solution, public, cwd=path.parent) else []
    except NotebookError as error:
        raise NotebookError(f"solutions/{stem}.ipynb: {error}") from None
    try:
        changed += [path] if write_notebook(solution, path, seen) else []
    except ChangedMeanwhileError:
        _put_back(answers, public)  # so the next build runs the solution again
        return Built(left=[_saved_meanwhile(f"solutions/{stem}.ipynb")])
    target, name = workbook.path("exercises", stem), f"exercises/{stem}.ipynb"
    seen = held(target)
    person = None if overwrite else written_in(target, exercise)
    if person is not None:
        return Built(changed, [f"{name}: {person}; {OVERWRITE} replaces it"])
    try:
        return Built(changed + ([target] if write_notebook(exercise, target, seen) else []))
    except ChangedMeanwhileError:
        return Built(changed, [_saved_meanwhile(name)])


def _saved_meanwhile(name: str) -> str:
    return f"{name}: somebody saved it while it was being built; build again"


def _put_back(content: bytes, path: Path) -> None:
    if content:
        write_text(content.decode("utf-8"), path)
    else:
        path.unlink(missing_ok=True)
