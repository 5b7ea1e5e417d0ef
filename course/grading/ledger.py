"""The record of a grading: one SQLite file, OUT/grades.sqlite, from which everything else in OUT is written.

Nothing in it is ever overwritten but the state of a run: what was handed in, when, late days, adjustments,
settings and every try are rows that stay. One transaction a submission, write-ahead log, forced to the disk:
whatever kills the grader, the file holds whole submissions. It must lie on a local disk, and one process at
a time grades into it.
"""

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from course.errors import UsageError

from .lock import hold
from .result import Adjustment, Task, digest, unpack_task
from .submissions import Submission

NAME = "grades.sqlite"
VERSION = 1
SCHEMA = """
-- of settings and marks the last row holds
CREATE TABLE settings (id INTEGER PRIMARY KEY, at TEXT, name TEXT, value TEXT);
CREATE TABLE tasks (id TEXT PRIMARY KEY, at TEXT, content BLOB);
-- the id is a hash; the name is JSON, for it may hold anything that a file name may hold
CREATE TABLE students (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE contents (sha256 TEXT PRIMARY KEY, content BLOB);
-- trouble says status and reason in JSON, where there is nothing to run
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY, at TEXT, student TEXT REFERENCES students, sha256 TEXT, trouble TEXT,
    UNIQUE (student, sha256));
CREATE TABLE marks (
    id INTEGER PRIMARY KEY, at TEXT, submission INTEGER REFERENCES submissions, handed_in TEXT,
    days_late REAL);
CREATE TABLE adjustments (
    id INTEGER PRIMARY KEY, at TEXT, student TEXT REFERENCES students, what TEXT, kind TEXT, points REAL,
    reason TEXT);
-- the class of the last call: what each one handed in, and which of their submissions counts
CREATE TABLE roster (student TEXT PRIMARY KEY REFERENCES students, submission INTEGER, counts INTEGER);
CREATE TABLE runs (
    key TEXT PRIMARY KEY, task TEXT, submission INTEGER REFERENCES submissions, state TEXT,
    attempt INTEGER DEFAULT 0, failures INTEGER DEFAULT 0, wanted INTEGER DEFAULT 1,
    owner TEXT, until REAL DEFAULT 0, not_before REAL DEFAULT 0, result TEXT, notebook BLOB);
-- every try of a run, and how it ended
CREATE TABLE tries (
    id INTEGER PRIMARY KEY, at TEXT, key TEXT, attempt INTEGER, worker TEXT, outcome TEXT, note TEXT);
CREATE INDEX runs_by_submission ON runs (submission, task);
CREATE INDEX tries_by_key ON tries (key);
"""


@contextmanager
def open_ledger(out: Path, create: bool = False) -> Iterator["Ledger"]:
    """Open the ledger of an output folder, for one process at a time.

    Raises:
        UsageError: there is none (and `create` is false), another process is at work on it, or it is damaged.
    """
    path = out / NAME
    if not create and not path.is_file():
        raise UsageError(f"OUT={str(out)!r} holds no {NAME}; grade a class into it first")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)  # grades, and the seed, are nobody else's affair
    with hold(out):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            yield Ledger(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
                raise
            raise UsageError(f"{path}: is damaged ({error}); restore it, or grade into a new OUT") from None
        finally:
            connection.close()


class Ledger:
    """Reads and writes the tables; `leases.py` moves the runs, `standing.py` says what counts."""

    def __init__(self, connection: sqlite3.Connection):
        self.sql = connection
        self.sql.row_factory = sqlite3.Row
        self.sql.execute("PRAGMA journal_mode = WAL")
        self.sql.execute("PRAGMA synchronous = FULL")
        self.sql.execute("PRAGMA foreign_keys = ON")
        with self.transaction():
            version = self.sql.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in SCHEMA.split(";\n"):
                    self.sql.execute(statement)
                self.sql.execute(f"PRAGMA user_version = {VERSION}")
        if version not in (0, VERSION):
            raise UsageError(
                f"{NAME} is of version {version}, not {VERSION}: another version of course wrote it"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction, part of it."""
        if self.sql.in_transaction:
            yield
            return
        self.sql.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.sql.execute("COMMIT")
        except BaseException:
            if self.sql.in_transaction:
                self.sql.execute("ROLLBACK")
            raise

    def setting(self, name: str, default: str | None = None) -> str | None:
        """The value that was recorded last."""
        found = self.sql.execute(
            "SELECT value FROM settings WHERE name = ? ORDER BY id DESC", [name]
        ).fetchone()
        return found["value"] if found else default

    def record(self, name: str, value: str) -> None:
        """Record a setting, unless it is the one that holds."""
        if self.setting(name) != value:
            self.sql.execute("INSERT INTO settings (at, name, value) VALUES (?, ?, ?)", [now(), name, value])

    def add_task(self, task: Task) -> None:
        """Keep a task, and make it the current one."""
        with self.transaction():
            row = [task.id, now(), task.pack()]
            self.sql.execute("INSERT OR IGNORE INTO tasks VALUES (?, ?, ?)", row)
            self.record("task", task.id)

    def task(self, id: str | None = None) -> Task | None:
        """A task by its id, by default the current one; None when there is none."""
        wanted = id or self.setting("task")
        found = self.sql.execute("SELECT content FROM tasks WHERE id = ?", [wanted]).fetchone()
        return unpack_task(found["content"]) if found else None

    def hand_in(self, submission: Submission, content: bytes | None, trouble: str = "") -> int:
        """Record what a student handed in, and put it on the roster. Returns the submission's number.

        Args:
            content: None when there is nothing to run; `trouble` then says status and reason, in JSON.
        """
        student, sha256 = student_id(submission.student), digest(trouble)
        if content is not None:
            sha256 = content_hash(content)
        with self.transaction():
            self.sql.execute(
                "INSERT OR IGNORE INTO students VALUES (?, ?)", [student, pack_name(submission.student)]
            )
            if content is not None:
                kept = self.sql.execute("SELECT 1 FROM contents WHERE sha256 = ?", [sha256]).fetchone()
                if not kept:
                    self.sql.execute("INSERT INTO contents VALUES (?, ?)", [sha256, zlib.compress(content)])
            self.sql.execute(
                "INSERT OR IGNORE INTO submissions (at, student, sha256, trouble) VALUES (?, ?, ?, ?)",
                [now(), student, sha256, trouble],
            )
            number = self.sql.execute(
                "SELECT id FROM submissions WHERE student = ? AND sha256 = ?", [student, sha256]
            ).fetchone()["id"]
            self.sql.execute("INSERT OR REPLACE INTO roster VALUES (?, ?, ?)", [student, number, number])
            self._mark(number, submission)
        return number

    def _mark(self, number: int, submission: Submission) -> None:
        mark = (submission.handed_in, submission.days_late)
        before = self.mark(number)
        if mark != before:
            row = [now(), number, *mark]
            self.sql.execute(
                "INSERT INTO marks (at, submission, handed_in, days_late) VALUES (?, ?, ?, ?)", row
            )

    def mark(self, number: int) -> tuple[str, float]:
        """When a submission was handed in, and how many days late."""
        found = self.sql.execute(
            "SELECT handed_in, days_late FROM marks WHERE submission = ? ORDER BY id DESC", [number]
        ).fetchone()
        return tuple(found) if found else ("", 0.0)

    def adjust(self, student: str, change: Adjustment) -> None:
        """Record a change by hand.

        Raises:
            UsageError: nobody of this name has handed in.
        """
        found = self.sql.execute("SELECT 1 FROM roster WHERE student = ?", [student_id(student)]).fetchone()
        if not found:
            raise UsageError(f"STUDENT={student!r} is not in this gradebook")
        row = [change.at, student_id(student), change.what, change.kind, change.points, change.reason]
        self.sql.execute(
            "INSERT INTO adjustments (at, student, what, kind, points, reason) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def adjustments(self, student: str) -> tuple[Adjustment, ...]:
        """All changes by hand of a student, the oldest first."""
        rows = self.sql.execute(
            "SELECT at, what, kind, points, reason FROM adjustments WHERE student = ? ORDER BY id",
            [student_id(student)],
        )
        return tuple(Adjustment(*row) for row in rows)

    def quarantined(self) -> set[str]:
        """Who has a run without a score."""
        rows = self.sql.execute(
            "SELECT DISTINCT name FROM runs JOIN submissions ON submissions.id = submission"
            " JOIN students ON students.id = student WHERE state = 'quarantined'"
        )
        return {unpack_name(row["name"]) for row in rows}

    def handed_in(self, student: str) -> bytes | None:
        """The bytes of the submission that counts; None when nothing came that can be read."""
        found = self.sql.execute(
            "SELECT content FROM roster JOIN submissions ON submissions.id = counts"
            " JOIN contents USING (sha256) WHERE roster.student = ?",
            [student_id(student)],
        ).fetchone()
        return zlib.decompress(found["content"]) if found else None

    def notebook(self, student: str) -> str | None:
        """The executed notebook of the submission that counts, as the text of its file."""
        found = self.sql.execute(
            "SELECT notebook FROM roster JOIN runs ON runs.submission = counts"
            " WHERE roster.student = ? AND task = ?",
            [student_id(student), self.setting("task")],
        ).fetchone()
        return zlib.decompress(found["notebook"]).decode("utf-8") if found and found["notebook"] else None


def now() -> str:
    """The time, as text that sorts: 2026-05-09T07:35:25.123456+00:00."""
    return datetime.now(UTC).isoformat()


def content_hash(content: bytes) -> str:
    """The name of what was handed in."""
    return hashlib.sha256(content).hexdigest()


def student_id(name: str) -> str:
    """A student's name as a key: names may hold anything that a file name may hold."""
    return digest(name)[:16]


def pack_name(name: str) -> str:
    """A name as text that SQLite takes, though it holds half characters."""
    return json.dumps(name)


def unpack_name(packed: str) -> str:
    """The name that `pack_name` wrote."""
    return json.loads(packed)
