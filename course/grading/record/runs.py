r"""Results of a task's runs. A submission is pending as long as it has no result:

    pending --finish--> done               the notebook ran to its end; `give_up` makes it pending again
           |       \--> student failure    it could not: broken, out of time, kernel ended
           |--fail----> pending            trouble of the machine, tried again a little later
           `--fail x 3-> quarantined       no score; somebody has to look

The lock of the folder keeps other processes away, so nobody else can be at work on what is pending.
"""

import json
import zlib
from collections.abc import Iterable

from ..result import FAILED, Job, Packed, Task, not_run
from ..submission.modules import can_be_taken_along
from .database import Database, now
from .roster import WITH_MODULES, modules_of

DONE, STUDENT_FAILURE, QUARANTINED = "done", "student failure", "quarantined"
TRIES = 3
SUBMISSION = """
SELECT name, trouble, state FROM submissions JOIN students ON students.id = student
    LEFT JOIN results ON results.submission = submissions.id AND task = ? WHERE submissions.id = ?"""


class Runs:
    """The results of one task."""

    def __init__(self, db: Database, task: Task):
        self.db, self.task = db, task

    def pending(self, numbers: Iterable[int]) -> list[Job]:
        """Those of these submissions that have to be run."""
        jobs = []
        with self.db.transaction():
            for number in numbers:
                name, trouble, state = self.db.sql.execute(SUBMISSION, [self.task.id, number]).fetchone()
                if trouble:  # nothing to run: the result is known
                    status, reason = json.loads(trouble)
                    known = QUARANTINED if status == FAILED else STUDENT_FAILURE
                    self._keep(number, known, not_run(self.task, "", status, reason).pack())
                elif state is None:
                    jobs.append(Job(number, json.loads(name)))
        return jobs

    def to_send(self, job: Job) -> Job:
        """A job with its bytes, and with the modules that are taken along."""
        with_modules = self.db.setting(WITH_MODULES) == "True"
        modules = can_be_taken_along(modules_of(self.db, job.number)) if with_modules else {}
        return job._replace(content=content(self.db, job.number), modules=modules)

    def keep(self, job: Job, packed: Packed) -> bool:
        """Keep how a try ended. Returns whether that is final."""
        if packed.status == FAILED:
            return self.fail(job, packed.reason, packed.worker) >= TRIES
        self.finish(job, packed)
        return True

    def finish(self, job: Job, packed: Packed) -> None:
        """Keep a result."""
        state = DONE if packed.finished else STUDENT_FAILURE
        with self.db.transaction():
            self._keep(job.number, state, packed)
            self._note(job.number, packed.worker, state, packed.result)

    def fail(self, job: Job, reason: str, worker: str = "") -> int:
        """Note trouble of the machine; the third time there is no score. Returns how often it failed."""
        with self.db.transaction():
            self._note(job.number, worker, "trouble", reason[:300])
            failures = self.db.value(
                "SELECT COUNT(*) FROM tries WHERE submission = ?1 AND task = ?2 AND id > (SELECT"
                " COALESCE(MAX(id), 0) FROM tries WHERE submission = ?1 AND task = ?2"
                " AND outcome != 'trouble')",
                job.number,
                self.task.id,
            )
            if failures >= TRIES:
                self._keep(job.number, QUARANTINED, not_run(self.task, "", FAILED, reason).pack())
        return failures

    def _keep(self, number: int, state: str, packed: Packed) -> None:
        row = [number, self.task.id, state]
        row += [packed.result, packed.uses, packed.fingerprints, packed.notebook]
        self.db.sql.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _note(self, number: int, worker: str, outcome: str, note: str) -> None:
        self.db.sql.execute(
            "INSERT INTO tries (at, submission, task, worker, outcome, note) VALUES (?, ?, ?, ?, ?, ?)",
            [now(), number, self.task.id, worker, outcome, note],
        )


def give_up(db: Database, numbers: Iterable[int]) -> None:
    """Give up the results of these submissions, so that they are pending; what came out stays on record."""
    with db.transaction():
        for number in numbers:
            db.sql.execute(
                "INSERT INTO tries (at, submission, task, worker, outcome, note)"
                " SELECT ?, submission, task, '', 'again', '' FROM results WHERE submission = ?",
                [now(), number],
            )
            db.sql.execute("DELETE FROM results WHERE submission = ?", [number])


def executed_notebook(db: Database, task: Task, number: int) -> str | None:
    """The executed notebook of a submission, as the text of its file; None when it did not run."""
    packed = db.value("SELECT notebook FROM results WHERE submission = ? AND task = ?", number, task.id)
    return zlib.decompress(packed).decode("utf-8") if packed else None


def fingerprints(db: Database, task: Task) -> dict[int, str]:
    """The fingerprints of all submissions that ran, by number, as they are stored."""
    rows = db.sql.execute("SELECT submission, fingerprints FROM results WHERE task = ?", [task.id])
    return dict(map(tuple, rows))


def content(db: Database, number: int) -> bytes | None:
    """The bytes of a submission; None when nothing came that can be read."""
    packed = db.value(
        "SELECT content FROM submissions JOIN contents USING (sha256) WHERE submissions.id = ?", number
    )
    return zlib.decompress(packed) if packed else None
