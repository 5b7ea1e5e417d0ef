"""Autograder of one submission: read, compose, run, compare.

A worker gets the task and a submission as bytes (`run_job`), and sends verdicts and the executed notebook
back as JSON and bytes. It never sees the database: only the process that called `course grade` writes.
"""

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode

from course import scratch
from course.errors import NotebookError
from course.notebooks.cells import asked, error_of, role
from course.notebooks.execute import STARVED, Run
from course.questions.judge import ERROR, Verdict
from course.questions.manual import verdict_on
from course.sandbox import KERNEL_NAME, LOST, NO_MEMORY, Limits, close, environment, isolation

from ..result import BROKEN, FAILED, GRADED, MISSING_FILE, Job, Packed, Result, Task, not_run, unpack_task
from .answer_hash import answer_hash, unforeseen
from .causes import Causes, own_lines, with_own_lines
from .compose import compose
from .files import FileMissing, Submission, read_content
from .fresh_kernel import execute_to_the_end
from .modules import with_modules
from .recognize import recognize
from .review import review

FROM_OUTSIDE = "its kernel was killed from outside"
_task = lru_cache(maxsize=1)(unpack_task)


def run_job(packed_task: bytes, job: Job) -> Packed:
    """Run one submission; after trouble of the machine the next one gets a fresh warm process."""
    task = _task(packed_task)
    result = grade_content(task, job.student, job.content, job.modules)
    try:
        packed = result.pack(*review(task, job.content).pack())
    except Exception as error:
        result = not_run(task, job.student, FAILED, f"{type(error).__name__}: {error}")
        packed = result.pack()
    if result.status == FAILED:
        close()
    return packed


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


def grade_content(
    task: Task, student: str, content: bytes, modules: dict[str, bytes] | None = None
) -> Result:
    """Grade the bytes of a notebook. Status "not graded" stands for trouble of the machine, and only that.

    Args:
        modules: Python files that lie beside it while it runs, by name.
    """
    try:
        try:
            submitted, origin = recognize(task, content)
        except NotebookError as error:
            return not_run(task, student, BROKEN, str(error))
        notebook = with_modules(compose(task.released, submitted), modules or {})
        run = run_kept_in(task, notebook, execute_to_the_end)
        if killed := _killed_in(run):  # by its own code, which does so again, or by somebody on this machine
            run = run_kept_in(task, notebook, execute_to_the_end)
        level = str(isolation())
    except Exception as error:  # the kernel did not start, the disk is full: no fault of the student
        return not_run(task, student, FAILED, f"{type(error).__name__}: {error}")
    trouble = _before_the_student(run) or _overload(run)
    if elsewhere := _killed_in(run) - killed:
        trouble = f"cell {min(elsewhere)}: {FROM_OUTSIDE}"
    if trouble:
        return not_run(task, student, FAILED, trouble)
    causes = Causes(task, submitted, run.notebook)
    verdicts, explained = _verdicts(task, run, causes)
    return Result(
        student,
        GRADED,
        "; ".join(filter(None, (origin, causes.summary()))),
        verdicts,
        run.seconds,
        run.notebook,
        question_seconds=_question_seconds(run),
        isolation=level,
        finished=all("run" not in cell.metadata for cell in run.notebook.cells),
        answer_hashes={
            name: answer_hash(run.answers[name].get("answers"))
            for name, verdict in verdicts.items()
            if unforeseen(verdict) and name in run.answers and name not in explained
        },
    )


def run_kept_in(task: Task, notebook: NotebookNode, execute: Callable[..., Run]) -> Run:
    """Run a notebook as a submission runs: in an empty folder and the sandbox, with the seed and limits.

    Args:
        execute: `course.notebooks.execute.execute`, or what has its arguments.
    """
    prefix = scratch.prefix("grade")
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        return execute(
            notebook,
            parameters={"seed": task.seed, "collect": True},
            cell_timeout=task.cell_timeout,
            notebook_timeout=task.notebook_timeout,
            cwd=Path(folder),
            **kernel_for(task),
        )


def kernel_for(task: Task) -> dict[str, object]:
    """The kernel that students' code runs in: kept in, and without the modules that are forbidden."""
    limits = Limits(cpu_seconds=max(int(task.notebook_timeout), 1))
    return {"kernel_name": KERNEL_NAME, "env": environment(limits, without=task.forbidden)}


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


def _killed_in(run: Run) -> set[str]:
    """The cells in which a kernel was killed, by whomever."""
    return {cell.id for cell in run.notebook.cells if cell.metadata.get("ended") == "signal SIGKILL"}


def _overload(run: Run) -> str:
    """Which cell was ended only because the machine was busy with others, or had no memory; "" for none."""
    for cell in run.notebook.cells:
        if cell.metadata.get("run") == STARVED:
            return f"cell {cell.id} had no time: this machine is too busy with other work"
        if cell.metadata.get("ended") == NO_MEMORY:
            return f"cell {cell.id} had no memory: this machine has too little, and ended the kernel"
        if cell.metadata.get("ended") == LOST:
            return f"cell {cell.id}: {FROM_OUTSIDE}"
    return ""


def _verdicts(task: Task, run: Run, causes: Causes) -> tuple[dict[str, Verdict], set[str]]:
    """The verdict on each question; and of which another cell is the cause, whatever the answer says."""
    by_name = {question.name: causes.cells[question.cell_id] for question in asked(run.notebook)}
    lines, verdicts, explained = own_lines(run.notebook), {}, set()
    for name, record in task.records.items():
        cell = by_name[name]
        if name in run.answers and "run" not in cell.metadata:
            verdict = verdict_on(record, with_own_lines(run.answers[name].get("answers"), lines))
            verdicts[name] = causes.explain(cell, verdict)
            explained |= {name} if verdicts[name] != verdict else set()
        else:
            verdicts[name] = Verdict(ERROR, causes.of_no_answer(cell))
    return verdicts, explained


def _question_seconds(run: Run) -> dict[str, float]:
    """How long each question cell took, as papermill measured it outside the kernel."""
    taken = {cell.id: cell.metadata.get("papermill", {}).get("duration") for cell in run.notebook.cells}
    return {item.name: taken[item.cell_id] for item in asked(run.notebook) if taken.get(item.cell_id)}
