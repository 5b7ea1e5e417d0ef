"""`course build`: fill the quotes of lectures, cut the exercises, renew the public answers, normalise,
and write the tree into README.md.

Running it twice changes nothing: every file it writes depends on the sources alone.
"""

from pathlib import Path

from .document import normalize, read_notebook, write_notebook, write_text
from .public_answers import renew_public
from .quote import fill_quotes
from .readme import with_tree
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
    return changed + build_readme(workbook.root)


def build_readme(root: Path) -> list[Path]:
    """Write today's tree into README.md, if there is one."""
    path = root / "README.md"
    return [path] if path.is_file() and write_text(with_tree(path.read_text("utf-8"), root), path) else []


def build_lecture(workbook: Workbook, stem: str) -> list[Path]:
    """Fill a lecture's quotes and normalise it."""
    path = workbook.path("lectures", stem)
    lecture = read_notebook(path)
    fill_quotes(workbook.root, lecture)
    return [path] if write_notebook(lecture, path) else []


def build_exercise(workbook: Workbook, stem: str) -> list[Path]:
    """Cut an exercise from its solution; run the solution, if its code changed, for answers and outputs."""
    path = workbook.path("solutions", stem)
    solution = normalize(read_notebook(path))
    mark(solution)
    exercise = release(solution)
    public, target = workbook.public_answers / f"{stem}.json", workbook.path("exercises", stem)
    changed = [public] if renew_public(solution, public, cwd=path.parent) else []
    changed += [path] if write_notebook(solution, path) else []
    changed += [target] if write_notebook(exercise, target) else []
    return changed
