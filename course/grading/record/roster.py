"""Class list: what each student has handed in, when, and what was changed by hand."""

import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import chain
from typing import NamedTuple

from course.errors import UsageError

from ..result import Adjustment, digest
from ..submission.files import Submission
from .database import Database, now

NOTES, LEFT_ASIDE, WITH_MODULES = "notes", "left aside", "with_modules"  # settings
MOST_NAMED = 5
KNOWN = "is not in this gradebook"
REGRADE = ("--regrade", "must be a student in SUBMISSIONS, all or quarantined")
NUMBERED = re.compile(r"(.+)_(\d+)", re.DOTALL)
UNDIVIDED = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
UNDIVIDED |= dict.fromkeys(map(ord, "ʼʻ"), "")  # apostrophes that count as letters


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


def students_again(db: Database, regrade: Iterable[str]) -> list[str]:
    """The students of the class who are to be graded anew.

    In any case "all" and "quarantined" are the group; "All" is a student where somebody is called just that.

    Raises:
        UsageError: `regrade` names nobody of the class, or several may be meant.
    """
    students, again = class_list(db), []
    groups = {"all": students, "quarantined": [name for name in quarantined(db) if name in students]}
    for typed in regrade:
        group = groups.get(typed if typed in students else typed.casefold())
        again += group if group is not None else [find_student(students, typed, *REGRADE)]
    return again


def find_student(names: list[str], typed: str, option: str = "STUDENT", must: str = KNOWN) -> str:
    """The student of whom a person typed the name, its number, or the beginnings of some words, in any case.

    A letter that is typed without its accent may be either, and punctuation may be left out. A name that is
    whole but for the number behind it comes before those that only begin so; so does a whole number.

    >>> find_student(["Zoë Müller_11", "Ann O'Neil_12", "Joanna Roe_13"], "muller z")
    'Zoë Müller_11'

    Args:
        option, must: what the error says: which argument it is, and what is wrong with it.

    Raises:
        UsageError: there is nobody of this name, or there are several.
    """
    wholes, parts = {name: _words(name) for name in names}, _words(typed)
    found = [name for name in names if name == typed]
    found = found or [name for name in names if parts and wholes[name] == parts]
    for form in (str, _plain):
        found = found or [name for name in names if _is_whole(typed, form(name))]
    found = found or [name for name in names if _begins(typed, name)]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", or the number behind it" * all(map(NUMBERED.fullmatch, found))
        raise UsageError(f"{option}={typed!r} may be {some_names(found)}; type more of the name{numbers}")
    close = _close(names, typed)
    meant = f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""
    raise UsageError(f"{option}={typed!r} {must}{meant}")


def some_names(names: list[str]) -> str:
    """The first names of a list, in a line."""
    return ", ".join(map(repr, names[:MOST_NAMED])) + ", …" * (len(names) > MOST_NAMED)


def _close(names: list[str], typed: str) -> list[str]:
    """The first three names that hold what was typed, or else hold a word like it."""
    asked = "".join(_words(_plain(typed)))
    if not asked:
        return []
    forms = {name: ["".join(_words(_plain(name))), *_words(_plain(name))] for name in names}
    close = [name for name in names if asked in forms[name][0]]
    if not close:
        like = get_close_matches(asked, dict.fromkeys(chain(*forms.values())))
        close = [name for form in like for name in names if form in forms[name]]
    return list(dict.fromkeys(close))[:3]


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold())


def _spellings(name: str) -> list[list[str]]:
    """A name's words, cut at its punctuation and without it: o, neil and oneil."""
    return [_words(name), _words(re.sub(r"[^\w\s]", "", unicodedata.normalize("NFC", name)))]


def _plain(text: str) -> str:
    """A text without accents: Zoë is Zoe, Søren is Soren."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(UNDIVIDED))
    return unicodedata.normalize("NFC", "".join(one for one in letters if not unicodedata.combining(one)))


def _is_whole(typed: str, name: str) -> bool:
    """Whether all of a name was typed but for the number behind it, in any order; or that number alone."""
    stem, number = match.groups() if (match := NUMBERED.fullmatch(name)) else (name, "")
    wholes = [sorted(words) for words in (*_spellings(stem), [number]) if any(words)]
    return any(sorted(words) in wholes for words in _spellings(typed))


def _begins(typed: str, name: str) -> bool:
    """Whether each word that was typed begins one of the name's."""
    words = {form for word in chain(*_spellings(name)) for form in (word, _plain(word))}
    return any(
        parts and all(any(word.startswith(part) for word in words) for part in parts)
        for parts in _spellings(typed)
    )


def adjust(db: Database, student: str, change: Adjustment) -> None:
    """Record a change by hand.

    Raises:
        UsageError: nobody in the class has this name.
    """
    if not db.value("SELECT 1 FROM roster WHERE student = ?", student_id(student)):
        raise UsageError(f"STUDENT={student!r} {KNOWN}")
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
