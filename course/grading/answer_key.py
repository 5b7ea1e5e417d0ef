"""Answer key: what the solution answers to a seed, its typical mistakes and variants too.

Judging needs less of a solution than showing it does, so only a slice of it runs, in warm kernels; the
workers share its questions, mistakes and variants. Where that gives no whole key, the solution runs as
`course build` runs it, and the line that is shown is its own.
"""

import copy
import json
import secrets
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course.notebooks.cells import asked, role
from course.notebooks.document import read_notebook
from course.notebooks.execute import execute
from course.notebooks.public_answers import run_solution
from course.notebooks.release import release
from course.notebooks.slicing import needed_for
from course.notebooks.workbook import Workbook
from course.questions.session import UNSEEN
from course.sandbox import KERNEL_NAME, Limits, environment

from .pool.local import InProcess, IsolationTooLow, Pool
from .result import Task, Track, digest, task_id


def prepare(
    workbook: Workbook,
    session: str,
    seed: int | None = None,
    cell_timeout: float = 60,
    notebook_timeout: float = 600,
    known: Callable[[str], Task | None] = lambda id: None,
    pool: Pool | None = None,
    say: Callable[[str], None] = lambda stage: None,
    track: Track = lambda steps, total: steps,
) -> Task:
    """The task of a session: its released exercise, and what the solution answers to a seed.

    Args:
        seed: None draws a fresh one that nobody can know beforehand.
        known: finds a task that was prepared before by its id; its solution need not run again, unless
            another seed is asked for.
        pool: an executor of course.grading.pool, whose workers answer; None does all in this process.
        say: told the name of the stage.
        track: wraps its steps and their number, to show progress, such as `tqdm`.

    Raises:
        UsageError: there is no such session.
        NotebookError: the solution does not run.
    """
    path = workbook.find("solutions", session)
    solution = read_notebook(path)
    source = _solution_hash(solution)
    before = known(task_id(session, source, cell_timeout, notebook_timeout))
    if before is not None and seed in (None, before.seed):
        return before
    seed = secrets.randbelow(2**63) + 1 if seed is None else seed
    say("starting the workers; the solution answers for the class's seed")
    released = release(solution)  # while the workers start
    solved = _solved(released, solution)
    records = answer_key(solution, path.parent, seed, pool or InProcess(), track)
    return Task(session, seed, released, records, cell_timeout, notebook_timeout, source, solved)


def answer_key(
    solution: NotebookNode,
    folder: Path,
    seed: int,
    pool: Pool,
    track: Track = lambda steps, total: steps,
) -> dict[str, dict]:
    """The records of all questions, by question, in the notebook's order.

    Args:
        folder: where the solution lies.
        pool: an executor of course.grading.pool.
        track: as in `prepare`; a step is a worker that has started, or has answered its share.

    Raises:
        NotebookError: as `run_solution`.
        IsolationTooLow: the pool keeps no student's code in well enough.
        ConnectionError: the pool has no workers any more.
    """
    names = [question.name for question in asked(solution)]
    started = pool.start()
    needed = nbformat.writes(needed_for(solution))
    futures = [pool.submit(run_share, needed, seed, number, pool.workers) for number in range(pool.workers)]
    for step in track([*started, *futures], len(started) + len(futures)):
        pool.wait_for(step)
    try:
        shares = [json.loads(future.result()) for future in futures]
        records = {name: _joined([share[name] for share in shares]) for name in names}
    except IsolationTooLow:
        raise
    except Exception:  # a worker that was lost, a sandbox that cannot be built: the next step says it
        records = {}
    if records and all("value" in case for record in records.values() for case in record["answers"]):
        return records
    return run_solution(solution, cwd=folder, seed=seed).answers


def run_share(notebook: str, seed: int, number: int = 0, count: int = 1) -> str:
    """Run a solution in the sandbox, for one of so many shares of its answers, mistakes and variants.

    Returns:
        The answers as JSON; none where a cell failed.
    """
    run = execute(
        nbformat.reads(notebook, as_version=4),
        parameters={"seed": seed, "collect": f"{UNSEEN} {number}/{count}"},
        stop_on_error=True,
        kernel_name=KERNEL_NAME,
        env=environment(Limits()),
    )
    return json.dumps({} if run.trouble() else run.answers)


def _joined(shares: list[dict]) -> dict:
    """One question's record from those of all shares, its versions in the notebook's order."""
    record = dict(max(shares, key=lambda share: len(share["answers"])))
    for kind in record.keys() & {"mistakes", "variants"}:
        turns = zip_longest(*(share[kind] for share in shares))
        record[kind] = [version for turn in turns for version in turn if version is not None]
    return record


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
