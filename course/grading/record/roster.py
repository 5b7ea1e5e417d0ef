"""Class list: what each student has handed in, when, and what was changed by hand."""

import hashlib
import json
import zlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from course.errors import UsageError

from ..result import Adjustment, digest
from ..submission.files import Submission
from .database import Database, now

NOTES, LEFT_ASIDE, WITH_MODULES = "notes", "left aside", "with_modules"  # settings


class Attempt(NamedTuple):
    """What a student handed in once: when it came, its bytes, the modules beside it.

    Nothing was kept (`content` is None) of what could not be read; `trouble` says why.
    """

    at: str
    content: bytes | None
    modules: dict[str, bytes]
    trouble: str


def clear_roster(db: Database) -> None:
    """Begin another class; whoever is handed in from now on belongs to it."""
    db.sql.execute("DELETE FROM roster")


def hand_in(
    db: Database,
    submission: Submission,
    content: bytes | None,
    trouble: str = "",
    modules: dict[str, bytes] | None = None,
) -> int:
    """Record what a student handed in, and put it on the roster. Returns the submission's number.

    Args:
        content: None when there is nothing to run; `trouble` then says status and reason, in JSON.
        modules: Python files that were handed in beside the notebook, by name.
    """
    student = student_id(submission.student)
    sha256 = digest(trouble) if content is None else hashlib.sha256(content).hexdigest()
    if modules:
        sha256 = digest([sha256, {name: hashlib.sha256(code).hexdigest() for name, code in modules.items()}])
    with db.transaction():
        db.sql.execute(
            "INSERT OR IGNORE INTO students VALUES (?, ?)", [student, json.dumps(submission.student)]
        )
        if content is not None and not db.value("SELECT 1 FROM contents WHERE sha256 = ?", sha256):
            db.sql.execute("INSERT INTO contents VALUES (?, ?)", [sha256, zlib.compress(content)])
        db.sql.execute(
            "INSERT OR IGNORE INTO submissions (at, student, sha256, trouble) VALUES (?, ?, ?, ?)",
            [now(), student, sha256, trouble],
        )
        number = db.value("SELECT id FROM submissions WHERE student = ? AND sha256 = ?", student, sha256)
        for name, code in (modules or {}).items():
            db.sql.execute(
                "INSERT OR IGNORE INTO modules VALUES (?, ?, ?)", [number, name, zlib.compress(code)]
            )
        db.sql.execute("INSERT OR REPLACE INTO roster (student, submission) VALUES (?, ?)", [student, number])
        before = db.sql.execute(
            "SELECT handed_in, days_late FROM marks WHERE submission = ? ORDER BY id DESC", [number]
        ).fetchone()
        mark = (submission.handed_in, submission.days_late)
        if mark != tuple(before or ("", 0.0)):
            db.sql.execute(
                "INSERT INTO marks (at, submission, handed_in, days_late) VALUES (?, ?, ?, ?)",
                [now(), number, *mark],
            )
    return number


def modules_of(db: Database, number: int) -> dict[str, bytes]:
    """The Python files that were handed in beside a notebook, by name."""
    rows = db.sql.execute("SELECT name, content FROM modules WHERE submission = ? ORDER BY name", [number])
    return {row["name"]: zlib.decompress(row["content"]) for row in rows}


def students_with_modules(db: Database) -> list[str]:
    """Who ever handed in a Python file beside a notebook."""
    rows = db.sql.execute(
        "SELECT DISTINCT students.name AS name FROM modules JOIN submissions ON submissions.id = submission"
        " JOIN students ON students.id = student"
    )
    return [json.loads(row["name"]) for row in rows]


def attempts_of(db: Database, student: str) -> list[Attempt]:
    """All that a student has handed in, the first first.

    Raises:
        UsageError: nobody of this name has handed in.
    """
    rows = db.sql.execute(
        "SELECT submissions.id AS number, at, trouble, content FROM submissions"
        " LEFT JOIN contents USING (sha256) WHERE student = ? ORDER BY submissions.id",
        [student_id(student)],
    ).fetchall()
    if not rows:
        raise UsageError(f"STUDENT={student!r} is not in this gradebook{_meant(db, student)}")
    return [
        Attempt(
            row["at"],
            zlib.decompress(row["content"]) if row["content"] else None,
            modules_of(db, row["number"]),
            json.loads(row["trouble"])[1] if row["trouble"] else "",
        )
        for row in rows
    ]


def absent(db: Database) -> list[str]:
    """Who handed in before, and is not in the class of the last call."""
    rows = db.sql.execute("SELECT name FROM students WHERE id NOT IN (SELECT student FROM roster)")
    return [json.loads(row["name"]) for row in rows]


def adjust(db: Database, student: str, change: Adjustment) -> None:
    """Record a change by hand.

    Raises:
        UsageError: nobody of this name has handed in.
    """
    if not db.value("SELECT 1 FROM roster WHERE student = ?", student_id(student)):
        raise UsageError(f"STUDENT={student!r} is not in this gradebook{_meant(db, student)}")
    with db.transaction():
        number = db.sql.execute(
            "INSERT INTO adjustments (at, student, what, kind, points, reason) VALUES (?, ?, ?, ?, ?, ?)",
            [change.at, student_id(student), change.what, change.kind, change.points, change.reason],
        ).lastrowid
        if change.about:
            db.sql.execute("INSERT INTO readings VALUES (?, ?)", [number, change.about])


def _meant(db: Database, student: str) -> str:
    """Whom a person may have meant: up to three names that hold the text, or else are like it."""
    rows = db.sql.execute("SELECT name FROM roster JOIN students ON students.id = student")
    names = sorted(json.loads(row["name"]) for row in rows)
    close = [name for name in names if student.casefold() in name.casefold()]
    close = (close or get_close_matches(student, names))[:3]
    return f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""


def student_id(name: str) -> str:
    """A student's name as a key: names may hold anything that a file name may hold."""
    return digest(name)[:16]


def wanted(db: Database, students: Iterable[str] | None = None) -> list[int]:
    """The submissions that have to be run for the gradebook, by student: the last, or with "best" all.

    Args:
        students: only theirs; None is the whole class.
    """
    which = "(trouble = '' OR submissions.id = roster.submission)"
    if db.setting("attempts", "last") == "last":
        which = "submissions.id = roster.submission"
    rows = db.sql.execute(
        "SELECT submissions.id AS number, name FROM roster JOIN submissions USING (student)"
        f" JOIN students ON students.id = student WHERE {which} ORDER BY submissions.id"
    )
    numbers = sorted((json.loads(row["name"]), row["number"]) for row in rows)
    return [number for name, number in numbers if students is None or name in students]
