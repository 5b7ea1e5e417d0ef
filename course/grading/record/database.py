"""SQLite database of a grading: its schema, its lock file, and how it is opened.

What was handed in, when, late days, adjustments, settings and every try are rows that stay. One transaction
a submission, write-ahead log, forced to the disk: whatever kills the grader, the file holds whole
submissions. It must lie on a local disk, and one process at a time grades into it.
"""

import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from course.errors import UsageError

from ..result import Task, digest, unpack_task

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    fcntl = None

NAME, LOCK = "grades.sqlite", "grades.lock"
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
# of a run that was killed before it wrote run.json, or whose folder somebody took away
OURS = ("grades.", ".aside-", "written.", "feedback", "review", "notebooks")
VERSION = 2
SCHEMA = """
-- of settings and marks the last row holds
CREATE TABLE IF NOT EXISTS settings (id INTEGER PRIMARY KEY, at TEXT, name TEXT, value TEXT);
CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, at TEXT, content BLOB);
-- the id is a hash; the name is JSON, for it may hold anything that a file name may hold
CREATE TABLE IF NOT EXISTS students (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE IF NOT EXISTS contents (sha256 TEXT PRIMARY KEY, content BLOB);
-- trouble says status and reason in JSON, where there is nothing to run; modules count in sha256
CREATE TABLE IF NOT EXISTS submissions (
    id INTEGER PRIMARY KEY, at TEXT, student TEXT REFERENCES students, sha256 TEXT, trouble TEXT,
    UNIQUE (student, sha256));
-- names and bytes of the modules beside a notebook
CREATE TABLE IF NOT EXISTS modules (
    submission INTEGER REFERENCES submissions, name TEXT, content BLOB, PRIMARY KEY (submission, name));
CREATE TABLE IF NOT EXISTS marks (
    id INTEGER PRIMARY KEY, at TEXT, submission INTEGER REFERENCES submissions, handed_in TEXT,
    days_late REAL);
CREATE INDEX IF NOT EXISTS marks_by_submission ON marks (submission);
CREATE TABLE IF NOT EXISTS adjustments (
    id INTEGER PRIMARY KEY, at TEXT, student TEXT REFERENCES students, what TEXT, kind TEXT, points REAL,
    reason TEXT);
-- of a change by hand, the hash of the text that a person had read
CREATE TABLE IF NOT EXISTS readings (adjustment INTEGER PRIMARY KEY REFERENCES adjustments, text TEXT);
-- the class of the last call, and what each one handed in
CREATE TABLE IF NOT EXISTS roster (student TEXT PRIMARY KEY REFERENCES students, submission INTEGER);
-- a submission without a row is still to be run; uses and fingerprints: what a review found
CREATE TABLE IF NOT EXISTS results (
    submission INTEGER REFERENCES submissions, task TEXT, state TEXT, result TEXT, uses TEXT,
    fingerprints TEXT, notebook BLOB, PRIMARY KEY (submission, task));
-- every try of a run, and how it ended
CREATE TABLE IF NOT EXISTS tries (
    id INTEGER PRIMARY KEY, at TEXT, submission INTEGER, task TEXT, worker TEXT, outcome TEXT, note TEXT);
CREATE INDEX IF NOT EXISTS tries_by_submission ON tries (submission, task);
-- what was computed from the rest, with a hash of what it depends on
CREATE TABLE IF NOT EXISTS derived (name TEXT PRIMARY KEY, inputs TEXT, value TEXT);
"""


@contextmanager
def open_database(out: Path, create: bool = False) -> Iterator["Database"]:
    """Open the database of an output folder, for one process at a time.

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
            yield Database(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
                raise
            raise UsageError(f"{path}: is damaged ({error}); restore it, or grade into a new OUT") from None
        finally:
            connection.close()


@contextmanager
def hold(out: Path) -> Iterator[None]:
    """Keep other processes off a folder. The lock ends with the process, whose children do not have it.

    Raises:
        UsageError: another process holds it, or its file system has no locks.
    """
    with open(out / LOCK, "ab", opener=partial(os.open, mode=0o600)) as file:
        try:
            if fcntl:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            why = "another course command is at work on it"
            if error.errno in NO_LOCKS:
                why = "its file system has no locks; name a folder on a local disk"
            raise UsageError(f"OUT={str(out)!r}: {why}") from None
        yield


def claim_output(out: Path, session: str, submissions: Path) -> None:
    """Make sure that an output folder is new, empty, or of an earlier run of the same session.

    Raises:
        UsageError: it is a file, cannot be written, lies among the submissions, holds something else, or
            belongs to another session.
    """
    nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
    refused = ""
    if not nearest.is_dir():
        refused = f": {nearest} is a file; name a folder"
    elif not os.access(nearest, os.W_OK):
        refused = f": {nearest} cannot be written to; name another folder"
    elif submissions.resolve() in (out.resolve(), *out.resolve().parents):
        refused = " lies in SUBMISSIONS; name a folder elsewhere"
    elif (out / "run.json").is_file():
        if (before := _session_in(out / "run.json")) != session:
            refused = f" holds the grades of {before}, not of {session}; name another folder"
    elif out.exists() and not all(path.name.startswith(OURS) for path in out.iterdir()):
        refused = " is not empty and no output of course grade; name a new folder"
    if refused:
        raise UsageError(f"OUT={str(out)!r}{refused}")


def _session_in(marker: Path) -> str:
    try:
        return json.loads(marker.read_text("utf-8"))["session"]
    except (ValueError, KeyError, TypeError):
        return "something unreadable"


class Database:
    """The connection, and what belongs to no student."""

    def __init__(self, connection: sqlite3.Connection):
        self.sql = connection
        self.sql.row_factory = sqlite3.Row
        self._path = Path(self.value("SELECT file FROM pragma_database_list WHERE name = 'main'"))
        self._file = self._path.stat()
        version = self.value("PRAGMA user_version")
        if version not in (0, VERSION):
            raise UsageError(
                f"{NAME} is of version {version}, not {VERSION}: another version of course wrote it"
            )
        self.sql.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE;"
            f"{SCHEMA} PRAGMA user_version = {VERSION}; COMMIT"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction, part of it.

        Raises:
            FileNotFoundError: somebody has moved or deleted the file.
        """
        if self.sql.in_transaction:
            yield
            return
        self.require_file()
        self.sql.execute("BEGIN IMMEDIATE")
        with self.sql:
            yield
            self.require_file()

    def require_file(self) -> None:
        """Make sure that the file has its name: without, SQLite would go on in one that nobody finds again.

        Raises:
            FileNotFoundError: somebody has moved or deleted it.
        """
        with suppress(OSError):
            if os.path.samestat(self._path.stat(), self._file):
                return
        raise FileNotFoundError(f"{self._path} was moved or deleted while it was written; put it back")

    def value(self, question: str, *values) -> object:
        """The first column of the first row; None when there is no row."""
        row = self.sql.execute(question, values).fetchone()
        return row[0] if row else None

    def setting(self, name: str, default: str | None = None) -> str | None:
        """The value that was recorded last."""
        value = self.value("SELECT value FROM settings WHERE name = ? ORDER BY id DESC", name)
        return default if value is None else value

    def record(self, name: str, value: str) -> None:
        """Record a setting, unless it is the one that holds."""
        if self.setting(name) != value:
            self.sql.execute("INSERT INTO settings (at, name, value) VALUES (?, ?, ?)", [now(), name, value])

    def add_task(self, task: Task) -> None:
        """Keep a task in place of the one of another seed, and make it the current one."""
        with self.transaction():
            self.sql.execute("INSERT OR REPLACE INTO tasks VALUES (?, ?, ?)", [task.id, now(), task.pack()])
            self.record("task", task.id)
            self.record("seed", str(task.seed))

    def task(self, id: str | None = None) -> Task | None:
        """A task by its id, by default the current one; None when there is none."""
        packed = self.value("SELECT content FROM tasks WHERE id = ?", id or self.setting("task"))
        return unpack_task(packed) if packed else None

    def graded_task(self, out: Path) -> Task:
        """The current task of the output folder `out`, which is this database's.

        Raises:
            UsageError: nothing was graded yet.
        """
        task = self.task()
        if task is None:
            raise UsageError(f"OUT={str(out)!r} holds no grades yet; grade a class into it first")
        return task

    def kept(self, name: str, inputs: object) -> object:
        """What `keep` was given under this name for the same inputs; None for others."""
        value = self.value("SELECT value FROM derived WHERE name = ? AND inputs = ?", name, digest(inputs))
        return None if value is None else json.loads(value)

    def keep(self, name: str, inputs: object, value: object) -> None:
        """Keep what was computed from these inputs, in place of what was computed before."""
        row = [name, digest(inputs), json.dumps(value)]
        self.sql.execute("INSERT OR REPLACE INTO derived VALUES (?, ?, ?)", row)

    def derived(self, name: str, inputs: object, make: Callable[[], object]) -> object:
        """What `make` computed from these inputs, kept until they change; both are JSON-ready."""
        made = self.kept(name, inputs)
        if made is None:
            made = make()
            self.keep(name, inputs, made)
        return made


def now() -> str:
    """The time, as text that sorts: 2026-05-09T07:35:25.123456+00:00."""
    return datetime.now(UTC).isoformat()
