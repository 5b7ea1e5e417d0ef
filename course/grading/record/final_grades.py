"""Gradebook rows: which attempt counts, late days, changes by hand.

Settings, recorded in the database:

    attempts      "last" (what lies in SUBMISSIONS now) or "best" (of all that was ever handed in)
    late_percent  what each day late takes off the points
    late_free     days that cost nothing
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace

from course.errors import UsageError, unknown_name

from ..result import COMMENT, FAILED, Adjustment, Result, Task, unpack_result
from .database import Database, now
from .roster import NOTES

DECIMAL_COMMA = re.compile(r"^([+-]?\d+),(\d{1,2})$")  # 1,234 may be a thousand
UNGRADED = "not graded yet: the run was stopped; the same command goes on"
HANDED_IN = """
SELECT submissions.id AS number, submissions.id = roster.submission AS current, student, name, handed_in,
    submissions.at AS enrolled, days_late, result, uses
FROM roster JOIN submissions USING (student) JOIN students ON students.id = student
    LEFT JOIN marks ON marks.id = (SELECT MAX(id) FROM marks WHERE submission = submissions.id)
    LEFT JOIN results ON results.submission = submissions.id AND task = ?
WHERE trouble = '' OR submissions.id = roster.submission ORDER BY submissions.id"""


@dataclass(frozen=True)
class Row:
    """A student's row: the number of the submission that counts, its result, and that as it is stored.

    `stored` and `uses` are empty for what is not graded yet.
    """

    number: int
    result: Result
    stored: str
    uses: str


def final_rows(db: Database, task: Task) -> list[Row]:
    """The row of each student of the last call, in the order of their names. Nothing is written."""
    attempts: dict[str, list] = {}
    for row in db.sql.execute(HANDED_IN, [task.id]):
        attempts.setdefault(json.loads(row["name"]), []).append(row)
    best = db.setting("attempts", "last") == "best"
    percent, free = float(db.setting("late_percent", "0")), float(db.setting("late_free", "0"))
    changes, rows = adjustments(db), []
    notes = json.loads(db.setting(NOTES, "{}"))
    for student, handed_in in sorted(attempts.items()):
        made = changes.get(handed_in[0]["student"], ())
        results = {
            row["number"]: replace(
                unpack_result(student, row["result"]) if row["result"] else _ungraded(student),
                attempt=place,
                attempts=len(handed_in),
                handed_in=row["handed_in"] or "",
                enrolled=row["enrolled"],
                days_late=(days := _days(made, row["days_late"] or 0.0)),
                penalty=min(percent / 100 * max(days - free, 0), 1.0),
                adjustments=made,
            )
            for place, row in enumerate(handed_in, start=1)
            if best or row["current"]
        }
        counts = _best(task, handed_in, results) if best else next(iter(results))
        row = next(row for row in handed_in if row["number"] == counts)
        result = results[counts]
        if row["current"] and student in notes:
            result = replace(result, reason="; ".join(filter(None, (notes[student], result.reason))))
        rows.append(Row(counts, result, row["result"] or "", row["uses"] or ""))
    return rows


def final_results(db: Database) -> list[Result]:
    """The results of `final_rows` for the current task."""
    return [row.result for row in final_rows(db, db.task())]


def adjustments(db: Database) -> dict[str, tuple[Adjustment, ...]]:
    """All changes by hand, the oldest first, by the student's id; of comments the last on each question."""
    by_student: dict[str, tuple[Adjustment, ...]] = defaultdict(tuple)
    for student, *row in db.sql.execute(
        "SELECT student, at, what, kind, points, reason, COALESCE(text, '') FROM adjustments"
        " LEFT JOIN readings ON adjustment = adjustments.id ORDER BY adjustments.id"
    ):
        change = Adjustment(*row)
        if change.kind == COMMENT:
            before = (change.kind, change.what)
            by_student[student] = tuple(
                item for item in by_student[student] if (item.kind, item.what) != before
            )
        if change.kind != COMMENT or change.reason:
            by_student[student] += (change,)
    return by_student


def about_text(results: list[Result], student: str, change: Adjustment) -> Adjustment:
    """The change with the hash of the text that it is about, where a person judges the question."""
    hashes = [result.text_hash(change.what) for result in results if result.student == student]
    return replace(change, about="".join(hashes))


def _best(task: Task, handed_in: list, results: dict[int, Result]) -> int:
    """A run without a score beats nothing, and must not hide that somebody has to look at it."""
    failed = [row for row in handed_in if results[row["number"]].status == FAILED]
    chosen = max(
        failed or handed_in,
        key=lambda row: (results[row["number"]].total(task) or 0, row["current"], row["number"]),
    )
    return chosen["number"]


def _ungraded(student: str) -> Result:
    return Result(student, FAILED, UNGRADED, finished=False)


def _days(changes: tuple[Adjustment, ...], days: float) -> float:
    late = days
    for change in changes:
        if change.what == "late":
            late = change.apply(late, days)
    return late


def parse_adjustment(task: Task, what: str, points: str, reason: str) -> Adjustment:
    """A change by hand from what a person typed: `2` sets, `+1` and `-1` change, `graded` withdraws.

    Raises:
        UsageError: no such question, no number, or no reason.
    """
    if what not in (*task.records, "total", "late"):
        raise UsageError(unknown_name("QUESTION", what, [*task.records, "total", "late"]))
    if not reason.strip():
        raise UsageError(f"--reason={reason!r} must say why")
    points = points.strip()
    if points == "graded":
        return Adjustment(now(), what, "set", None, reason)
    try:
        number = float(DECIMAL_COMMA.sub(r"\1.\2", points))
    except ValueError:
        number = float("nan")
    if not abs(number) <= 10_000:
        raise UsageError(f"POINTS={points!r} must be a number up to 10,000, +number, -number, or graded")
    return Adjustment(now(), what, "add" if points[0] in "+-" else "set", number, reason)


def parse_comment(task: Task, what: str, text: str) -> Adjustment:
    """A comment that changes no points, on a question or on the "total"; an empty one takes it back.

    Raises:
        UsageError: no such question.
    """
    if what not in (*task.records, "total"):
        raise UsageError(unknown_name("QUESTION", what, [*task.records, "total"]))
    return Adjustment(now(), what, COMMENT, None, text.strip())
