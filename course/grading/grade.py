"""Grade one submission: read, compose, run, compare."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from course.errors import NotebookError
from course.notebooks.cells import asked, error_of
from course.notebooks.document import read_notebook
from course.notebooks.execute import KERNEL_DIED, TIME_LIMIT, Run, execute
from course.questions.judge import ERROR, MISSING, Verdict, judge

from .compose import compose
from .submissions import Submission

GRADED, MISSING_FILE, BROKEN, FAILED = "graded", "missing", "broken", "not graded"


@dataclass(frozen=True)
class Task:
    """What a grading run needs to know: the released exercise, the records for its seed, the limits."""

    session: str
    seed: int
    released: NotebookNode
    records: dict[str, dict]
    cell_timeout: float = 60
    notebook_timeout: float = 600

    @property
    def points(self) -> int:
        """The points of all questions together."""
        return sum(record["points"] for record in self.records.values())


@dataclass
class Result:
    """One row of the gradebook, and what the feedback page tells.

    `status` is "graded"; "missing" or "broken" for a notebook that cannot be run, which earns nothing;
    "not graded" when the machine failed, which is no score at all.
    """

    student: str
    status: str
    reason: str = ""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    notebook: NotebookNode | None = None

    def points(self, task: Task) -> dict[str, int]:
        """Points by question; names and points are the solution's."""
        verdicts = self.verdicts
        return {
            name: record["points"] if name in verdicts and verdicts[name].right else 0
            for name, record in task.records.items()
        }


def grade(task: Task, submission: Submission) -> Result:
    """Grade a submission. Whatever is handed in, a result comes back."""
    try:
        submitted = read_notebook(submission.path)
    except NotebookError as error:
        gone = not os.path.lexists(submission.path)
        reason = str(error).removeprefix(f"{submission.path}: ")
        verdicts = dict.fromkeys(task.records, Verdict(MISSING, reason))
        return Result(submission.student, MISSING_FILE if gone else BROKEN, reason, verdicts)
    try:
        composed = compose(task.released, submitted)
        with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as folder:
            run = execute(
                composed,
                parameters={"seed": task.seed, "collect": True},
                cell_timeout=task.cell_timeout,
                notebook_timeout=task.notebook_timeout,
                cwd=Path(folder),
            )
    except Exception as error:  # the kernel did not start, the disk is full: no fault of the student
        return Result(submission.student, FAILED, f"{type(error).__name__}: {error}"[:300])
    verdicts = _verdicts(task, run)
    return Result(submission.student, GRADED, _trouble(task, run), verdicts, run.seconds, run.notebook)


def _verdicts(task: Task, run: Run) -> dict[str, Verdict]:
    cells = {question.name: question.cell_id for question in asked(run.notebook)}
    by_id = {cell.id: cell for cell in run.notebook.cells}
    verdicts = {}
    for name, record in task.records.items():
        cell = by_id[cells[name]]
        if name in run.answers and "run" not in cell.metadata:
            verdicts[name] = judge(record, run.answers[name].get("answers"))
        else:
            verdicts[name] = Verdict(ERROR, _why_no_answer(task, cell))
    return verdicts


def _why_no_answer(task: Task, cell: NotebookNode) -> str:
    happened = cell.metadata.get("run")
    if happened == TIME_LIMIT:
        return f"no answer within {task.cell_timeout:g} s; is there a loop without an end?"
    if happened == KERNEL_DIED:
        return "the kernel ended while it answered"
    if happened is not None:
        return "not run: the kernel had ended, or the time of the whole notebook was used up"
    error = error_of(cell)
    return f"{error.ename}: {error.evalue}"[:300] if error else "the question cell gave no answer"


def _trouble(task: Task, run: Run) -> str:
    """What an instructor should know about the run besides the points."""
    parts = []
    for cell in run.notebook.cells:
        if cell.metadata.get("run") == TIME_LIMIT:
            parts.append(f"cell {cell.id} reached the limit of {task.cell_timeout:g} s")
        elif cell.metadata.get("run") == KERNEL_DIED:
            parts.append(f"cell {cell.id} ended the kernel")
        elif error_of(cell) is not None:
            parts.append(f"cell {cell.id}: {error_of(cell).ename}")
    return "; ".join(parts)[:500]
