"""Batch grader, the owner of a run: `course grade SESSION SUBMISSIONS -o OUT`.

What is in OUT stands in report/publish.py. Killed at any moment, the same call goes on where it was; called
again, it grades only what has changed.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from course import __version__
from course.notebooks.document import write_text

from .answer_key import prepare as prepare
from .pool.local import InProcess, Pool
from .pool.scheduler import Stopped as Stopped
from .pool.scheduler import run_jobs
from .record import roster
from .record.database import Database
from .record.roster import students_again
from .record.runs import Runs, give_up
from .report.publish import publish, sweep
from .result import Result, Task, Track
from .submission.files import Submission, read_modules
from .submission.grade import read_or_say_why, run_job
from .submission.modules import describe_modules

PUBLISHED, REPEATED, REGRADING = "published seed", "repeated seed", "regrading"  # settings


def enrol(
    db: Database,
    submissions: Iterable[Submission],
    aside: Iterable[tuple[str, str]] = (),
    options: Mapping[str, str] | None = None,
) -> None:
    """Make these submissions the class: read each once, and keep it.

    Args:
        aside: files that are nobody's submission, and why; the report names them.
        options: settings that hold from now on, such as `{"attempts": "best"}`.
    """
    with db.transaction():
        before = db.setting(roster.WITH_MODULES)
        for name, value in (options or {}).items():
            db.record(name, value)
        if db.setting(roster.WITH_MODULES) != before:
            give_up(db, roster.with_modules(db))
        roster.clear_roster(db)
        notes = {submission.student: _hand_in(db, submission) for submission in submissions}
        db.record(roster.NOTES, json.dumps({student: note for student, note in notes.items() if note}))
        db.record(roster.LEFT_ASIDE, json.dumps(list(aside)))


def _hand_in(db: Database, submission: Submission) -> str:
    """Keep a submission. Returns what an instructor should know about it."""
    content, trouble = read_or_say_why(submission)
    modules, left_out = read_modules(submission) if content else ({}, "")
    roster.hand_in(db, submission, content, json.dumps(trouble) if trouble else "", modules)
    along = describe_modules(modules, db.setting(roster.WITH_MODULES) == "True")
    return "; ".join(filter(None, (submission.note, along, left_out))) if content else ""


def grade_class(
    db: Database,
    task: Task,
    out: Path,
    pool: Pool | None = None,
    track: Track = lambda jobs, total: jobs,
    regrade: Iterable[str] = (),
    repeat: int | None = None,
    say: Callable[[str], None] = lambda stage: None,
    track_pages: Track = lambda rows, total: rows,
) -> list[Result]:
    """Grade of the class what has not been graded yet, and write OUT.

    Args:
        db: the database of the output folder `out`, with a class that was enrolled.
        pool: an executor of course.grading.pool; None runs one notebook after the other in this process.
        track: wraps the submissions as they are done, and their number, to show progress, such as `tqdm`.
        regrade: students to be graded anew, or "all", or "quarantined".
        repeat: the task's seed, if it was asked for; results of other seeds are given up.
        say: told the name of each stage.
        track_pages: as `track`, for the students whose pages are written.

    Raises:
        Stopped: the machine, or the grader itself, is in trouble; the same call goes on later.
        IsolationTooLow: the pool does not keep students' code in well enough.
        KeyboardInterrupt: somebody stopped it; the same call goes on.
        UsageError: `regrade` names somebody who is not in the class.
    """
    runs = Runs(db, task)
    again, asked = students_again(db, regrade), json.dumps(sorted(regrade))
    with db.transaction():
        db.add_task(task)
        db.record("session", task.session)
        if db.setting(REGRADING) == asked:
            again = []  # the call before was stopped: go on
        if repeat is not None and db.setting(REPEATED) != str(repeat):
            again = roster.class_list(db)
            db.record(REPEATED, str(repeat))
        db.record(REGRADING, asked)
        give_up(db, roster.wanted(db, again))
        jobs = runs.pending(roster.wanted(db))
        if jobs and db.setting(REPEATED) != str(task.seed):
            db.record(REPEATED, "None")
    sweep(db, out)
    names = {"session": task.session, "seed": task.seed, "course": __version__}
    write_text(json.dumps(names, indent=1) + "\n", out / "run.json")
    if jobs:
        say(f"{len(jobs)} to run; before them the solution and the exercise, whose points are known")
        done = run_jobs(task, jobs, run_job, pool or InProcess(), runs.to_send, runs.keep)
        for _ in track(done, len(jobs)):
            pass
    say(f"writing {out}" if jobs else f"nothing to run; writing {out}")
    with db.transaction():
        db.record(PUBLISHED, str(task.seed))
        db.record(REGRADING, "[]")
    return publish(db, out, track_pages)


def task_to_go_on_with(db: Database, regrade: Iterable[str], id: str) -> Task | None:
    """The task of an earlier call, if this one may use its seed.

    What a student reads may carry the seed, in the text of an error for example. So a seed of which a page
    was written runs nobody any more; it stays the current one only as long as there is nothing to run.

    Raises:
        UsageError: as `grade_class`.
    """
    again, task = students_again(db, regrade), db.task(id)
    if task is None or db.setting(PUBLISHED) != str(task.seed):
        return task
    return None if again or Runs(db, task).pending(roster.wanted(db)) else task
