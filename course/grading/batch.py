"""Batch grader, the owner of a run: `course grade SESSION SUBMISSIONS -o OUT`.

What is in OUT stands in report/publish.py. Killed at any moment, the same call goes on where it was; called
again, it grades only what has changed.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path

from course import __version__
from course.errors import UsageError
from course.notebooks.document import write_text

from .answer_key import prepare as prepare
from .pool.local import InProcess
from .pool.scheduler import Stop, run_jobs
from .pool.scheduler import Stopped as Stopped
from .record import roster
from .record.database import Database, open_database
from .record.roster import LEFT_ASIDE, NOTES, WITH_MODULES, clear_roster, hand_in, wanted
from .record.runs import Runs
from .report.publish import publish, sweep
from .result import Job, Result, Task
from .submission.files import Submission, read_modules
from .submission.grade import read_or_say_why, run_job
from .submission.modules import describe_modules

PUBLISHED, REPEATED = "published seed", "repeated seed"  # settings
RAN_WITH = "ran with modules"
Track = Callable[[Iterable[Job], int], Iterable[Job]]


def grade_class(
    task: Task,
    submissions: list[Submission],
    out: Path,
    pool: InProcess | None = None,
    track: Track = lambda jobs, total: jobs,
    regrade: Iterable[str] = (),
    repeat: int | None = None,
    db: Database | None = None,
    say: Callable[[str], None] = lambda stage: None,
    aside: Iterable[tuple[str, str]] = (),
) -> list[Result]:
    """Grade what has not been graded yet, and write OUT.

    Args:
        pool: an executor of course.grading.pool; None runs one notebook after the other in this process.
        track: wraps the submissions as they are done, and their number, to show progress, such as `tqdm`.
        regrade: students to be graded anew, or "all", or "quarantined".
        repeat: the task's seed, if it was asked for; results of other seeds are given up.
        db: OUT's, if it is open already.
        say: told the name of each stage.
        aside: files that are nobody's submission, and why; the report names them.

    Raises:
        Stopped: the machine, or the grader itself, is in trouble; the same call goes on later.
        IsolationTooLow: the pool does not keep students' code in well enough.
        KeyboardInterrupt: somebody stopped it; the same call goes on.
        UsageError: `regrade` names somebody who is not in the class.
    """
    with open_database(out, create=True) if db is None else nullcontext(db) as db:
        runs = Runs(db, task)
        again = _students_again(runs, submissions, regrade)
        with db.transaction():
            db.add_task(task)
            db.record("session", task.session)
            if repeat is not None and db.setting(REPEATED) != str(repeat):
                again = [submission.student for submission in submissions]
            db.record(REPEATED, str(repeat))
            _enrol(db, submissions)
            again = [*again, *_other_modules(db)]
            db.record(RAN_WITH, db.setting(WITH_MODULES, ""))
            db.record(LEFT_ASIDE, json.dumps(list(aside)))
            jobs = runs.pending(wanted(db), wanted(db, again))
        sweep(db, out)
        names = {"session": task.session, "seed": task.seed, "course": __version__}
        write_text(json.dumps(names, indent=1) + "\n", out / "run.json")
        if jobs:
            say(f"{len(jobs)} to run; first two whose points are known, the solution and the exercise")
            with Stop() as stop:
                for _ in track(run_jobs(runs, jobs, run_job, pool or InProcess(), stop), len(jobs)):
                    pass
        say(f"writing {out}")
        db.record(PUBLISHED, str(task.seed))
        return publish(db, out)


def task_to_go_on_with(
    db: Database, submissions: list[Submission], regrade: Iterable[str], id: str
) -> Task | None:
    """The task of an earlier call, if this one may use its seed.

    What a student reads may carry the seed, in the text of an error for example. So a seed of which a page
    was written runs nobody any more; it stays the current one only as long as there is nothing to run.
    """
    task = db.task(id)
    if task is None or db.setting(PUBLISHED) != str(task.seed):
        return task
    _enrol(db, submissions)
    if list(regrade) or _other_modules(db) or Runs(db, task).pending(wanted(db)):
        return None
    return task


def _other_modules(db: Database) -> list[str]:
    """Who ran without the modules that are taken along now, or with those that are not."""
    changed = db.setting(WITH_MODULES, "") != db.setting(RAN_WITH, "")
    return roster.students_with_modules(db) if changed else []


def _enrol(db: Database, submissions: list[Submission]) -> None:
    """Make these submissions the class: read each once, and keep it."""
    with db.transaction():
        clear_roster(db)
        notes: dict[str, str] = {}
        for submission in submissions:
            content, trouble = read_or_say_why(submission)
            modules, left_out = read_modules(submission) if content else ({}, "")
            hand_in(db, submission, content, json.dumps(trouble) if trouble else "", modules)
            if content:
                with_modules = db.setting(WITH_MODULES) == "True"
                parts = (submission.note, describe_modules(modules, with_modules), left_out)
                notes[submission.student] = "; ".join(filter(None, parts))
        db.record(NOTES, json.dumps({student: note for student, note in notes.items() if note}))


def _students_again(runs: Runs, submissions: list[Submission], regrade: Iterable[str]) -> list[str]:
    students = {submission.student for submission in submissions}
    again = set()
    for name in regrade:
        if name in ("all", "quarantined"):
            again |= students & (students if name == "all" else runs.quarantined())
        elif name in students:
            again.add(name)
        else:
            raise UsageError(f"--regrade={name!r} must be a student in SUBMISSIONS, all or quarantined")
    return sorted(again)
