"""Grade a whole class: `course grade SESSION SUBMISSIONS -o OUT`.

What is in OUT stands in output.py. Killed at any moment, the same call goes on where it was; called again, it
grades only what has changed.
"""

import copy
import json
import os
import secrets
import socket
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from nbformat import NotebookNode

from course import __version__
from course.errors import UsageError
from course.notebooks.cells import role
from course.notebooks.document import read_notebook, write_text
from course.notebooks.public_answers import run_solution
from course.notebooks.release import release
from course.notebooks.workbook import Workbook

from .grade import read_or_say_why
from .leases import Leases
from .ledger import Ledger, open_ledger
from .output import claim_output as claim_output
from .output import publish, sweep
from .result import Result, Task, digest, task_id
from .shift import Stop, work
from .shift import Stopped as Stopped
from .standing import wanted_numbers
from .submissions import Submission
from .workers import AHEAD, Crew, alone

Track = Callable[[Iterable[Result], int], Iterable[Result]]


def prepare(
    workbook: Workbook,
    session: str,
    seed: int | None = None,
    cell_timeout: float = 60,
    notebook_timeout: float = 600,
    known: Callable[[str], Task | None] = lambda task: None,
) -> Task:
    """Run the solution with a seed and keep what it answers.

    Args:
        seed: None draws a fresh one that nobody can know beforehand.
        known: finds a task that was prepared before by its id; its solution need not run again.

    Raises:
        UsageError: there is no such session.
        NotebookError: the solution does not run.
    """
    path = workbook.find("solutions", session)
    solution = read_notebook(path)
    seed = secrets.randbelow(2**63) + 1 if seed is None else seed
    source = _solution_hash(solution)
    before = known(task_id(session, seed, source, cell_timeout, notebook_timeout))
    if before is not None:
        return before
    records = run_solution(solution, cwd=path.parent, seed=seed).answers
    released = release(solution)
    solved = _solved(released, solution)
    return Task(session, seed, released, records, cell_timeout, notebook_timeout, source, solved)


def grade_class(
    task: Task,
    submissions: list[Submission],
    out: Path,
    track: Track = lambda results, total: results,
    crew: Callable[[Task, int], AbstractContextManager[Crew]] = lambda task, pending: alone(task),
    regrade: Iterable[str] = (),
    ledger: Ledger | None = None,
) -> list[Result]:
    """Grade what has not been graded yet, and write OUT.

    Args:
        track: wraps the results as they come, and their number, to show progress, such as `tqdm`.
        crew: opens the workers, for a task and a number of runs; not called when there is nothing to run.
        regrade: students to be graded anew, or "all", or "quarantined".
        ledger: OUT's, if it is open already.

    Raises:
        Stopped: the machine, or the grader itself, is in trouble; the same call goes on later.
        KeyboardInterrupt: somebody stopped it; the same call goes on.
        UsageError: `regrade` names somebody who is not in the class.
    """
    opened = open_ledger(out, create=True) if ledger is None else nullcontext(ledger)
    with opened as ledger:
        again = _students_again(ledger, submissions, regrade)
        _enrol(ledger, task, submissions)
        sweep(ledger, out)
        names = {"session": task.session, "seed": task.seed, "course": __version__}
        write_text(json.dumps(names, indent=1) + "\n", out / "run.json")
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        leases = Leases(ledger, task, owner, AHEAD * task.notebook_timeout + 600)
        students = [submission.student for submission in submissions]
        pending = leases.enqueue(wanted_numbers(ledger, students), wanted_numbers(ledger, again))
        if pending:
            try:
                with Stop() as stop, crew(task, pending) as workers:
                    for _ in track(work(task, leases, workers, stop), pending):
                        pass
            finally:
                leases.give_back()
        return publish(ledger, out)


def _enrol(ledger: Ledger, task: Task, submissions: list[Submission]) -> None:
    """Make these submissions the class: read each once, and keep it."""
    with ledger.transaction():
        ledger.add_task(task)
        ledger.record("session", task.session)
        ledger.record("seed", str(task.seed))
        ledger.sql.execute("DELETE FROM roster")
        for submission in submissions:
            content, trouble = read_or_say_why(submission)
            ledger.hand_in(submission, content, json.dumps(trouble) if trouble else "")


def _students_again(ledger: Ledger, submissions: list[Submission], regrade: Iterable[str]) -> list[str]:
    students = [submission.student for submission in submissions]
    again = set()
    for name in regrade:
        if name == "all":
            again |= set(students)
        elif name == "quarantined":
            again |= ledger.quarantined() & set(students)
        elif name in students:
            again.add(name)
        else:
            raise UsageError(f"--regrade={name!r} must be a student in SUBMISSIONS, all or quarantined")
    return sorted(again)


def _solved(released: NotebookNode, solution: NotebookNode) -> NotebookNode:
    """The exercise as the solution's author would hand it in."""
    answers = {cell.id: cell.source for cell in solution.cells if role(cell) == "answer"}
    solved = copy.deepcopy(released)
    for cell in solved.cells:
        cell.source = answers.get(cell.id, cell.source)
    return solved


def _solution_hash(solution: NotebookNode) -> str:
    """A hash of all that a solution says in code; its texts and outputs change no grade."""
    code = [
        [cell.id, sorted(cell.metadata.get("tags", [])), cell.source]
        for cell in solution.cells
        if cell.cell_type == "code"
    ]
    return digest(code)
