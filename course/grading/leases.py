r"""Runs on their way: queued, leased, and then done, failed by the student, or quarantined.

    queued --lease--> leased --finish--> done              the notebook ran to its end
                        |     \--finish--> student failure   it could not: broken, out of time, kernel ended
                        |--fail-----> queued               trouble of the machine, tried again a little later
                        |--fail x 3-> quarantined          no score; somebody has to look
                        `--its end--> queued               the process that held it is gone

A lease carries the number of its attempt. Only the attempt that holds the run may end it: the late answer of
a process that was thought dead changes nothing, and is noted.
"""

import json
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from .ledger import Ledger, now, unpack_name
from .lock import exclusive
from .result import FAILED, Packed, Task, digest, not_run, unpack_result

QUEUED, LEASED, DONE, STUDENT_FAILURE, QUARANTINED = (
    "queued",
    "leased",
    "done",
    "student failure",
    "quarantined",
)
FINAL = (DONE, STUDENT_FAILURE, QUARANTINED)
TRIES = 3
BACKOFF_S = 2.0


@dataclass(frozen=True)
class Lease:
    """The right to run one submission, until the lease ends."""

    key: str
    attempt: int
    student: str
    content: bytes
    failed_on: tuple[str, ...] = ()


class Leases:
    """The runs of one task, for one grading process called `owner`."""

    def __init__(self, ledger: Ledger, task: Task, owner: str, seconds: float):
        self.ledger, self.sql = ledger, ledger.sql
        self.task, self.owner, self.seconds = task, owner, seconds

    def enqueue(self, numbers: Iterable[int], again: Iterable[int] = ()) -> int:
        """Ask for the runs of these submissions; those of `again` anew. Returns how many are to do.

        A run that is done stays done. What an earlier process held is free again: with a lock that process
        is dead, without one its lease has to end first.
        """
        again = set(again)
        with self.ledger.transaction():
            if exclusive():
                self.sql.execute("UPDATE runs SET state = ? WHERE state = ?", [QUEUED, LEASED])
            self.sql.execute("UPDATE runs SET wanted = 0")
            for number in numbers:
                self._want(number, number in again)
        return self.pending()

    def _want(self, number: int, again: bool) -> None:
        row = self.sql.execute(
            "SELECT student, sha256, trouble FROM submissions WHERE id = ?", [number]
        ).fetchone()
        key = digest([self.task.id, row["student"], row["sha256"]])
        self.sql.execute(
            "INSERT OR IGNORE INTO runs (key, task, submission, state) VALUES (?, ?, ?, ?)",
            [key, self.task.id, number, QUEUED],
        )
        self.sql.execute("UPDATE runs SET wanted = 1, not_before = 0 WHERE key = ?", [key])
        if row["trouble"]:  # nothing to run: the result is known
            status, reason = json.loads(row["trouble"])
            state = QUARANTINED if status == FAILED else STUDENT_FAILURE
            known = not_run(self.task, "", status, reason).pack().result
            self.sql.execute("UPDATE runs SET state = ?, result = ? WHERE key = ?", [state, known, key])
        elif again:
            changed = self.sql.execute(
                f"UPDATE runs SET state = ?, failures = 0 WHERE key = ? AND state IN {FINAL}", [QUEUED, key]
            )
            if changed.rowcount:
                self._note(key, 0, "", "again", "")

    def pending(self) -> int:
        """How many wanted runs have not come to a final state."""
        return self.sql.execute(
            f"SELECT COUNT(*) FROM runs WHERE wanted AND state NOT IN {FINAL}"
        ).fetchone()[0]

    def lease(self) -> Lease | None:
        """Take the next run; None when none can be taken at present."""
        clock = time.time()
        with self.ledger.transaction():
            row = self.sql.execute(
                "SELECT key, attempt, name, content FROM runs JOIN submissions ON submissions.id = submission"
                " JOIN students ON students.id = student JOIN contents USING (sha256)"
                " WHERE wanted AND (state = ? AND not_before <= ? OR state = ? AND until < ?)"
                " ORDER BY not_before, runs.rowid LIMIT 1",
                [QUEUED, clock, LEASED, clock],
            ).fetchone()
            if row is None:
                return None
            self.sql.execute(
                "UPDATE runs SET state = ?, attempt = attempt + 1, owner = ?, until = ? WHERE key = ?",
                [LEASED, self.owner, clock + self.seconds, row["key"]],
            )
            failed_on = self.sql.execute(
                "SELECT DISTINCT worker FROM tries WHERE key = ? AND outcome = 'trouble' AND worker != ''",
                [row["key"]],
            )
            workers = tuple(found["worker"] for found in failed_on)
        content = zlib.decompress(row["content"])
        return Lease(row["key"], row["attempt"] + 1, unpack_name(row["name"]), content, workers)

    def renew(self) -> None:
        """Hold on to what this process has leased."""
        self.sql.execute(
            "UPDATE runs SET until = ? WHERE state = ? AND owner = ?",
            [time.time() + self.seconds, LEASED, self.owner],
        )

    def finish(self, lease: Lease, packed: Packed, worker: str = "") -> bool:
        """Keep a result. Returns False, and keeps only a note, when somebody else has the run by now."""
        finished = unpack_result(lease.student, packed.result).finished
        state = DONE if finished else STUDENT_FAILURE
        with self.ledger.transaction():
            held = self._end(lease, "state = ?, result = ?, notebook = ?, failures = 0", [state, *packed])
            self._note(lease.key, lease.attempt, worker, state if held else "stale", packed.result)
        return held

    def fail(self, lease: Lease, reason: str, worker: str = "") -> str:
        """Put a run back after trouble of the machine; the third time for good. Returns its state."""
        with self.ledger.transaction():
            row = self.sql.execute("SELECT failures FROM runs WHERE key = ?", [lease.key]).fetchone()
            failures = row["failures"] + 1
            state = QUARANTINED if failures >= TRIES else QUEUED
            packed, _ = not_run(self.task, lease.student, FAILED, reason).pack()
            values = [state, failures, packed, time.time() + BACKOFF_S * 2 ** (failures - 1)]
            held = self._end(
                lease, "state = ?, failures = ?, result = ?, notebook = NULL, not_before = ?", values
            )
            self._note(lease.key, lease.attempt, worker, "trouble" if held else "stale", reason[:300])
        return state if held else "stale"

    def give_back(self) -> None:
        """Free what this process still holds, so that another can take it at once."""
        self.sql.execute(
            "UPDATE runs SET state = ? WHERE state = ? AND owner = ?", [QUEUED, LEASED, self.owner]
        )

    def _end(self, lease: Lease, changes: str, values: list) -> bool:
        done = self.sql.execute(
            f"UPDATE runs SET {changes} WHERE key = ? AND attempt = ? AND state = ? AND owner = ?",
            [*values, lease.key, lease.attempt, LEASED, self.owner],
        )
        return done.rowcount == 1

    def _note(self, key: str, attempt: int, worker: str, outcome: str, note: str) -> None:
        self.sql.execute(
            "INSERT INTO tries (at, key, attempt, worker, outcome, note) VALUES (?, ?, ?, ?, ?, ?)",
            [now(), key, attempt, worker, outcome, note],
        )
