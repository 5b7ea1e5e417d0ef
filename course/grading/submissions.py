"""Find what a class has handed in: nbgrader's tree or a flat folder.

STUDENT/06_optimizers/06_optimizers.ipynb    a folder a student
STUDENT.ipynb                                a file a student
"""

from dataclasses import dataclass
from pathlib import Path

from course.errors import UsageError


@dataclass(frozen=True)
class Submission:
    """One student's notebook; `path` may lead to nothing or to rubbish, which `grade` finds out."""

    student: str
    path: Path


def find_submissions(folder: Path, session: str) -> list[Submission]:
    """All submissions of a session in a folder, sorted by student.

    Of a student who has both a file and a folder with a notebook, the folder's counts.

    Raises:
        UsageError: the folder does not exist or holds no submission.
    """
    if not folder.is_dir():
        raise UsageError(f"SUBMISSIONS={str(folder)!r} is no folder")
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    files = {entry.stem: entry for entry in entries if entry.suffix == ".ipynb"}
    folders = {
        entry.name: entry / session / f"{session}.ipynb"
        for entry in entries
        if entry.suffix != ".ipynb" and entry.is_dir()
    }
    found = folders | files | {name: path for name, path in folders.items() if path.exists()}
    if not found:
        raise UsageError(
            f"SUBMISSIONS={str(folder)!r} holds neither STUDENT.ipynb nor STUDENT/{session}/{session}.ipynb"
        )
    return [Submission(student, path) for student, path in sorted(found.items())]
