"""The command that grades a class."""

import os
import signal
import sqlite3
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from course.errors import UsageError, quantity, unknown_name

from .app import INTERRUPTED, STOPPED, TOO_LOW, app, console, stop
from .collecting import show_left_aside

MOST_ROWS = 50  # of a class on the screen; of a larger one those to look at
MOST_LETTERS = 120  # of a note

OUT = Annotated[Path, typer.Option("-o", "--out", help="Folder for grades, feedback and report.")]


Session = Annotated[str, typer.Argument(help="The session, such as 06_optimizers.")]
Submissions = Annotated[
    Path,
    typer.Argument(
        help="A folder or zip of STUDENT.ipynb files, of folders STUDENT, or what Moodle or Canvas hand over."
    ),
]
Seed = Annotated[
    str | None, typer.Option(help="Repeat a run: all are graded with this seed. Else a secret one is drawn.")
]
Timeout = Annotated[float, typer.Option(help="Seconds that one cell may take, at least 1.")]
Regrade = Annotated[
    list[str] | None,
    typer.Option(metavar="STUDENT|all|quarantined", help="Grade anew; a name, or what begins its words."),
]
Workers = Annotated[int, typer.Option(help="Processes on this machine; 0: one a core.", min=0, max=1024)]
Scheduler = Annotated[str | None, typer.Option(help="A running dask scheduler, tls://HOST:PORT.")]
TlsCa = Annotated[Path | None, typer.Option(help="The scheduler's certificate authority.")]
TlsCert = Annotated[Path | None, typer.Option(help="Our certificate.")]
TlsKey = Annotated[Path | None, typer.Option(help="Our key.")]
MinIsolation = Annotated[
    int,
    typer.Option(help="Refuse to run below: 3 namespaces, 2 landlock, 1 limits only, 0 none.", min=0, max=3),
]
Attempts = Annotated[str | None, typer.Option(help="Which attempt counts: last or best. Kept in OUT.")]
LatePercent = Annotated[
    float | None,
    typer.Option(help="Percent that a day late costs. Kept in OUT.", min=0, max=100),
]
WithModules = Annotated[
    bool | None,
    typer.Option(
        "--with-modules/--without-modules",
        help="Python files beside a notebook lie beside it in the sandbox, too. Kept in OUT.",
        show_default=False,
    ),
]
LateFree = Annotated[float | None, typer.Option(help="Days late that cost nothing. Kept in OUT.", min=0)]


@app.command()
def grade(
    session: Session,
    submissions: Submissions,
    out: OUT = Path("grades"),
    seed: Seed = None,
    timeout: Timeout = 60,
    regrade: Regrade = None,
    workers: Workers = 0,
    scheduler: Scheduler = None,
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    min_isolation: MinIsolation = 2,
    attempts: Attempts = None,
    late_percent: LatePercent = None,
    late_free: LateFree = None,
    with_modules: WithModules = None,
):
    """Grade a class; called again, grade only what has changed.

    Every notebook runs with the solution's questions, and answers are compared. Exit codes: 0 all graded,
    1 somebody has to look at files, rows or texts, 2 usage, 3 isolation too low, 4 stopped by trouble of
    the machine, 130 interrupted; the last two go on when called again.
    """
    if not 1 <= timeout <= 86_400:
        raise UsageError(f"--timeout={timeout} must be from 1 to 86400 seconds")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, with its line
    asked = _seed(seed)
    settings = _settings(attempts, late_percent, late_free, with_modules)
    if scheduler is None and not (out / "run.json").exists():
        from course.sandbox.client import warm_up

        warm_up()  # nothing was graded yet, so all will run
    with console.status(f"{session}: reading {submissions}"):  # before the imports, which take their time
        workbook, intake = _take_in(session, submissions)
    from course.grading.record.database import claim_output, open_database

    submitted, tls = intake.submissions, (tls_ca, tls_cert, tls_key)
    claim_output(out, session, submissions)
    _say(f"{session}: {quantity(len(submitted), 'submission')} in {submissions}")
    show_left_aside(intake.aside)
    count = min(workers or os.cpu_count() or 1, len(submitted))
    with _pool(count, scheduler, tls, min_isolation) as pool, open_database(out, create=True) as db:
        if not db.setting("session"):
            pool.start()  # nothing was graded yet, so all will run
        from course.grading.batch import enrol, grade_class, prepare, task_to_go_on_with
        from course.grading.record.gradebook import clean
        from course.grading.record.roster import some_names, students_again

        with _exit_codes():
            enrol(db, submitted, [*intake.aside, *intake.collected], settings)
            if regrade:
                _say(f"--regrade: {clean(some_names(students_again(db, regrade)) or 'nobody')}")
            known = partial(task_to_go_on_with, db, regrade or ())
            steps = _progress("answer key", "step", delay=0.5)
            task = prepare(workbook, session, asked, timeout, 10 * timeout, known, pool, _say, steps)
            bar, pages = _progress(session, "notebook"), _progress("pages", "student", delay=1)
            results = grade_class(db, task, out, pool, bar, regrade or (), asked, _say, pages)
    _show(task, results, out)
    raise typer.Exit(_exit_code(intake.aside, task, results))


@contextmanager
def _exit_codes():
    """One line and an exit code for what stops a run."""
    from course.grading.pool.local import IsolationTooLow
    from course.grading.pool.scheduler import Stopped
    from course.grading.record.gradebook import clean

    try:
        yield
    except (Stopped, sqlite3.OperationalError, OSError) as error:  # a full disk, a lost scheduler
        stop(f"stopped: {clean(error)}; the same command goes on", STOPPED)
    except KeyboardInterrupt:
        stop("stopped; the same command goes on", INTERRUPTED)
    except IsolationTooLow as low:
        stop(f"{low}, or allow less with --min-isolation", TOO_LOW)


def _take_in(session: str, submissions: Path):
    from course.grading.exchange.intake import take_in
    from course.notebooks.workbook import find_workbook

    workbook = find_workbook()
    workbook.find("solutions", session)
    return workbook, take_in(submissions, session, workbook.stems("solutions"))


def _exit_code(aside: list, task, results: list) -> int:
    """1 when somebody has to look at something, else 0. Who changed or commented a row has looked at it."""
    from course.grading.record.gradebook import above_by_earlier, not_final
    from course.grading.result import BROKEN

    broken = [result for result in results if result.status == BROKEN and not result.adjustments]
    if aside:
        _say(f"files left aside: {len(aside)}; the report says why")
    if broken:
        _say(f"handed in, but not this session's notebook: {len(broken)}; their rows say why")
    lines = not_final(results)
    for line in [*lines, *above_by_earlier(task, results)]:
        _say(line)
    return int(bool(aside or broken or lines) or any(result.total(task) is None for result in results))


def _say(stage: str) -> None:
    print(stage, file=sys.stderr, flush=True)


def _progress(name: str, unit: str, delay: float = 0):
    from tqdm import tqdm

    return lambda items, total: tqdm(items, unit=unit, desc=name, total=total, delay=delay)


def _pool(workers: int, scheduler: str | None, tls: tuple[Path | None, ...], least: int):
    """The executor that runs notebooks; it starts nothing before it is needed."""
    if scheduler is None:
        from course.grading.pool.local import local_pool

        return local_pool(workers, least)
    import logging

    from course.grading.pool.cluster import cluster_pool  # the one place that needs dask

    logging.disable(logging.ERROR)  # dask's tracebacks would stand around our one line
    return cluster_pool(scheduler, *tls, least)


def _settings(
    attempts: str | None, late_percent: float | None, late_free: float | None, with_modules: bool | None
) -> dict[str, str]:
    if attempts not in (None, "last", "best"):
        raise UsageError(unknown_name("--attempts", attempts, ["last", "best"]))
    named = {"attempts": attempts, "late_percent": late_percent, "late_free": late_free}
    named["with_modules"] = with_modules
    return {name: str(value) for name, value in named.items() if value is not None}


def _show(task, results, out: Path) -> None:
    from rich.table import Table

    from course.grading.record.gradebook import clean, described, lateness

    table = Table(
        "student", "status", "points", "note", title=f"{task.session}, {quantity(task.points, 'point')}"
    )
    rows = results if len(results) <= MOST_ROWS else [row for row in results if row.reason or not row.ran]
    for result in rows[:MOST_ROWS]:
        total = result.total(task)
        points = "" if total is None else str(total)
        waits = f"waiting to be read: {', '.join(result.waiting)}" if result.waiting else ""
        parts = (result.reason, waits, *lateness(result), *described(result))
        note = clean("; ".join(filter(None, parts)))
        note = f"{note[: MOST_LETTERS - 1]}…" if len(note) > MOST_LETTERS else note
        table.add_row(clean(result.student), result.status, points, note)
    console.print(table)
    if len(results) > MOST_ROWS:
        shown = f"{min(len(rows), MOST_ROWS)} of {len(rows)} rows to look at"
        print(f"{shown}, of {len(results)} students; the report has all")
    print(f"report: {out / 'report.html'}\ngrades: {out / 'gradebook.csv'}")


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 20 or not 0 < int(text) < 2**64:
        raise UsageError(f"--seed={text!r} must be a whole number from 1 to 2**64 - 1")
    return int(text)
