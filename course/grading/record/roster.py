"""Class list: what each student has handed in, when, and what was changed by hand."""

import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from course.errors import UsageError

from ..result import Adjustment, digest
from ..submission.files import Submission
from .database import Database, now

NOTES, LEFT_ASIDE, WITH_MODULES = "notes", "left aside", "with_modules"  # settings
MOST_NAMED = 5


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


def with_modules(db: Database) -> list[int]:
    """The submissions beside whose notebook a Python file was handed in."""
    return [row["submission"] for row in db.sql.execute("SELECT DISTINCT submission FROM modules")]


def attempts_of(db: Database, student: str) -> list[Attempt]:
    """All that a student has handed in, the first first."""
    rows = db.sql.execute(
        "SELECT submissions.id AS number, at, trouble, content FROM submissions"
        " LEFT JOIN contents USING (sha256) WHERE student = ? ORDER BY submissions.id",
        [student_id(student)],
    ).fetchall()
    return [
        Attempt(
            row["at"],
            zlib.decompress(row["content"]) if row["content"] else None,
            modules_of(db, row["number"]),
            json.loads(row["trouble"])[1] if row["trouble"] else "",
        )
        for row in rows
    ]


def class_list(db: Database) -> list[str]:
    """The names of the class of the last call."""
    return _names(db, "IN (SELECT student FROM roster)")


def absent(db: Database) -> list[str]:
    """Who handed in before, and is not in the class of the last call."""
    return _names(db, "NOT IN (SELECT student FROM roster)")


def quarantined(db: Database) -> list[str]:
    """Who has a run without a score."""
    runs = "submissions JOIN results ON results.submission = submissions.id"
    return _names(db, f"IN (SELECT student FROM {runs} WHERE state = 'quarantined')")


def _names(db: Database, which: str) -> list[str]:
    rows = db.sql.execute(f"SELECT name FROM students WHERE id {which}")
    return sorted(json.loads(row["name"]) for row in rows)


def find_student(names: list[str], typed: str) -> str:
    """The student of whom a person typed the name, or the beginnings of some words of it, in any case.

    >>> find_student(["Zoë Müller_11", "Ann Müller_12", "Joanna Roe_13"], "müller z")
    'Zoë Müller_11'

    Raises:
        UsageError: there is nobody of this name, or there are several.
    """
    parts, words = _words(typed), {name: _words(name) for name in names}
    found = (
        [name for name in names if name == typed]
        or [name for name in names if words[name] == parts]
        or [name for name in names if parts and _begin(parts, words[name])]
    )
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(map(repr, found[:MOST_NAMED])) + ", …" * (len(found) > MOST_NAMED)
        raise UsageError(f"STUDENT={typed!r} may be {some}; type more of the name")
    close = [name for name in names if typed.casefold() in name.casefold()]
    close = close or get_close_matches(typed, names)
    meant = f" (did you mean {' or '.join(map(repr, close[:3]))}?)" if close else ""
    raise UsageError(f"STUDENT={typed!r} is not in this gradebook{meant}")


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())


def _begin(parts: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in parts)


def adjust(db: Database, student: str, change: Adjustment) -> None:
    """Record a change by hand.

    Raises:
        UsageError: nobody in the class has this name.
    """
    if not db.value("SELECT 1 FROM roster WHERE student = ?", student_id(student)):
        raise UsageError(f"STUDENT={student!r} is not in this gradebook")
    with db.transaction():
        number = db.sql.execute(
            "INSERT INTO adjustments (at, student, what, kind, points, reason) VALUES (?, ?, ?, ?, ?, ?)",
            [change.at, student_id(student), change.what, change.kind, change.points, change.reason],
        ).lastrowid
        if change.about:
            db.sql.execute("INSERT INTO readings VALUES (?, ?)", [number, change.about])


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
