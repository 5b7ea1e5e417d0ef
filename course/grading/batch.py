"""Grade a whole class: `course grade SESSION SUBMISSIONS -o OUT`.

OUT/run.json                 what was graded: session, seed, version
OUT/gradebook.csv            one row a student
OUT/report.html              the class report
OUT/feedback/STUDENT.html    what a student reads
OUT/notebooks/STUDENT.ipynb  the executed notebook
"""

import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from course import __version__
from course.errors import UsageError
from course.notebooks.document import read_notebook, write_notebook, write_text
from course.notebooks.public_answers import run_solution
from course.notebooks.release import release
from course.notebooks.workbook import Workbook

from .grade import Result, Task, grade
from .gradebook import write_gradebook
from .pages import write_feedback, write_report
from .submissions import Submission


def prepare(
    workbook: Workbook,
    session: str,
    seed: int | None = None,
    cell_timeout: float = 60,
    notebook_timeout: float = 600,
) -> Task:
    """Run the solution with a seed and keep what it answers.

    Args:
        seed: None draws a fresh one that nobody can know beforehand.

    Raises:
        UsageError: there is no such session.
        NotebookError: the solution does not run.
    """
    path = workbook.find("solutions", session)
    solution = read_notebook(path)
    seed = secrets.randbelow(2**63) + 1 if seed is None else seed
    records = run_solution(solution, cwd=path.parent, seed=seed).answers
    return Task(session, seed, release(solution), records, cell_timeout, notebook_timeout)


def claim_output(out: Path, session: str, submissions: Path) -> None:
    """Make sure that an output folder is new, empty, or of an earlier run of the same session.

    Raises:
        UsageError: it is a file, cannot be written, lies among the submissions, holds something else, or
            belongs to another session.
    """
    nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise UsageError(f"OUT={str(out)!r}: {nearest} is a file; name a folder")
    if not os.access(nearest, os.W_OK):
        raise UsageError(f"OUT={str(out)!r}: {nearest} cannot be written to; name another folder")
    if submissions.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(f"OUT={str(out)!r} lies in SUBMISSIONS; name a folder elsewhere")
    marker = out / "run.json"
    if not marker.is_file():
        if out.exists() and any(out.iterdir()):
            raise UsageError(
                f"OUT={str(out)!r} is not empty and no output of course grade; name a new folder"
            )
        return
    try:
        before = json.loads(marker.read_text("utf-8"))["session"]
    except (ValueError, KeyError, TypeError):
        before = "something unreadable"
    if before != session:
        raise UsageError(
            f"OUT={str(out)!r} holds the grades of {before}, not of {session}; name another folder"
        )


def grade_class(
    task: Task,
    submissions: list[Submission],
    out: Path,
    track: Callable[[Iterable[Submission]], Iterable[Submission]] = iter,
) -> list[Result]:
    """Grade every submission and write OUT. Each file appears whole; the gradebook and report come last.

    Args:
        track: wraps the submissions to show progress, such as `tqdm`.
    """
    names = {"session": task.session, "seed": task.seed, "course": __version__}
    write_text(json.dumps(names, indent=1) + "\n", out / "run.json")
    results = []
    for submission in track(submissions):
        result = grade(task, submission)
        write_feedback(task, result, out / "feedback" / f"{result.student}.html")
        if result.notebook is not None:
            write_notebook(result.notebook, out / "notebooks" / f"{result.student}.ipynb")
            result.notebook = None  # a class of a thousand must not stay in memory
        results.append(result)
    write_gradebook(task, results, out / "gradebook.csv")
    write_report(task, results, out / "report.html")
    return results
