"""Autograder of one submission: read, compose, run, compare."""

import tempfile
from pathlib import Path

from nbformat import NotebookNode

from course import scratch
from course.errors import NotebookError
from course.notebooks.cells import asked, error_of, role
from course.notebooks.document import parse_notebook
from course.notebooks.execute import KERNEL_DIED, STARVED, TIME_LIMIT, Run, execute
from course.questions.judge import ERROR, Verdict, judge
from course.sandbox import KERNEL_NAME, Limits, environment, isolation

from ..result import BROKEN as BROKEN
from ..result import FAILED as FAILED
from ..result import GRADED as GRADED
from ..result import MISSING_FILE as MISSING_FILE
from ..result import Result as Result
from ..result import Task as Task
from ..result import not_run
from .answer_hash import answer_hash, unforeseen
from .compose import compose
from .files import FileMissing, Submission, read_content
from .forbidden_modules import forbidden


def grade(task: Task, submission: Submission) -> Result:
    """Grade a submission. Whatever is handed in, a result comes back."""
    content, trouble = read_or_say_why(submission)
    if content is None:
        return not_run(task, submission.student, *trouble)
    return grade_content(task, submission.student, content)


def read_or_say_why(submission: Submission) -> tuple[bytes | None, tuple[str, str] | None]:
    """The bytes of a submission, or the status and reason of one that has none."""
    try:
        return read_content(submission), None
    except FileMissing as error:
        return None, (MISSING_FILE, str(error))
    except NotebookError as error:
        return None, (BROKEN, str(error))
    except OSError as error:
        return None, (FAILED, f"cannot be read ({error.strerror})")


def grade_content(task: Task, student: str, content: bytes) -> Result:
    """Grade the bytes of a notebook. Status "not graded" stands for trouble of the machine, and only that."""
    try:
        try:
            submitted = parse_notebook(content)
        except NotebookError as error:
            return not_run(task, student, BROKEN, str(error))
        prefix = scratch.prefix("grade")
        with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
            run = execute(
                compose(task.released, submitted),
                parameters={"seed": task.seed, "collect": True},
                cell_timeout=task.cell_timeout,
                notebook_timeout=task.notebook_timeout,
                cwd=Path(folder),
                **kernel_for(task),
            )
            level = str(isolation())
    except Exception as error:  # the kernel did not start, the disk is full: no fault of the student
        return not_run(task, student, FAILED, f"{type(error).__name__}: {error}")
    trouble = _before_the_student(run) or _overload(run)
    if trouble:
        return not_run(task, student, FAILED, trouble)
    verdicts = _verdicts(task, run)
    return Result(
        student,
        GRADED,
        _trouble(task, run),
        verdicts,
        run.seconds,
        run.notebook,
        question_seconds=_question_seconds(run),
        isolation=level,
        finished=all("run" not in cell.metadata for cell in run.notebook.cells),
        answer_hashes={
            name: answer_hash(run.answers[name].get("answers"))
            for name, verdict in verdicts.items()
            if unforeseen(verdict) and name in run.answers
        },
    )


def kernel_for(task: Task) -> dict[str, object]:
    """The kernel that students' code runs in: kept in, and without the modules that are forbidden."""
    limits = Limits(cpu_seconds=max(int(task.notebook_timeout), 1))
    return {"kernel_name": KERNEL_NAME, "env": environment(limits, without=forbidden(task))}


def _before_the_student(run: Run) -> str:
    """What went wrong up to `begin`, where nothing of a student has run yet; "" when nothing did."""
    for cell in run.notebook.cells:
        if cell.cell_type == "code":
            error = error_of(cell)
            what = f"{error.ename}: {error.evalue}" if error else cell.metadata.get("run")
            if what:
                return f"cell {cell.id}, which is the course's own: {what}"
        if role(cell) == "begin":
            break
    return ""


def _overload(run: Run) -> str:
    """Which cell reached its time limit only because the machine was busy with others; "" for none."""
    starved = [cell.id for cell in run.notebook.cells if cell.metadata.get("run") == STARVED]
    return f"cell {starved[0]} had no time: this machine is too busy with other work" if starved else ""


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


def _question_seconds(run: Run) -> dict[str, float]:
    """How long each question cell took, as papermill measured it outside the kernel."""
    taken = {cell.id: cell.metadata.get("papermill", {}).get("duration") for cell in run.notebook.cells}
    return {item.name: taken[item.cell_id] for item in asked(run.notebook) if taken.get(item.cell_id)}
