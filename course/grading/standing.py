"""What counts: of a student's attempts, with late days and changes by hand. The gradebook is computed here.

Settings, recorded in the ledger:

    attempts      "last" (what lies in SUBMISSIONS now) or "best" (of all that was ever handed in)
    late_percent  what each day late takes off the points
    late_free     days that cost nothing
"""

from collections.abc import Iterable
from dataclasses import replace

from course.errors import UsageError, unknown_name

from .ledger import Ledger, now, student_id, unpack_name
from .result import FAILED, Adjustment, Result, Task, unpack_result

ATTEMPTS = ("last", "best")
UNGRADED = "not graded yet: the run was stopped; the same command goes on"


def final_results(ledger: Ledger) -> list[Result]:
    """The row of each student of the last call, in the order of their names."""
    task = ledger.task()
    rows = ledger.sql.execute("SELECT name, submission FROM roster JOIN students ON students.id = student")
    roster = sorted((unpack_name(row["name"]), row["submission"]) for row in rows)
    results = []
    with ledger.transaction():
        for student, current in roster:
            number, result = counting(ledger, task, student, current)
            ledger.sql.execute(
                "UPDATE roster SET counts = ? WHERE student = ?", [number, student_id(student)]
            )
            results.append(result)
    return results


def wanted_numbers(ledger: Ledger, students: Iterable[str]) -> list[int]:
    """The submissions that have to be run for the gradebook."""
    best = ledger.setting("attempts", "last") == "best"
    numbers = []
    for student in students:
        number = ledger.sql.execute(
            "SELECT submission FROM roster WHERE student = ?", [student_id(student)]
        ).fetchone()["submission"]
        numbers += _numbers(ledger, student, number) if best else [number]
    return numbers


def counting(ledger: Ledger, task: Task, student: str, current: int) -> tuple[int, Result]:
    """The submission that counts for a student, and its result."""
    numbers = _numbers(ledger, student, current)
    changes = ledger.adjustments(student)
    attempts = []
    for attempt, number in enumerate(numbers, start=1):
        result = _result(ledger, task, student, number)
        handed_in, days = ledger.mark(number)
        days_late = _days(changes, days)
        result = replace(
            result,
            attempt=attempt,
            attempts=len(numbers),
            handed_in=handed_in,
            days_late=days_late,
            penalty=penalty(ledger, days_late),
            adjustments=changes,
        )
        attempts.append((number, result))
    if ledger.setting("attempts", "last") == "best":
        # A run without a score beats nothing, and must not hide that somebody has to look at it.
        failed = [item for item in attempts if item[1].status == FAILED]
        return max(
            failed or attempts, key=lambda item: (item[1].total(task) or 0, item[0] == current, item[0])
        )
    return next(item for item in attempts if item[0] == current)


def penalty(ledger: Ledger, days_late: float) -> float:
    """The share of the points that so many days cost."""
    percent = float(ledger.setting("late_percent", "0"))
    free = float(ledger.setting("late_free", "0"))
    return min(percent / 100 * max(days_late - free, 0), 1.0)


def parse_adjustment(task: Task, what: str, points: str, reason: str) -> Adjustment:
    """A change by hand from what a person typed: `2` sets, `+1` and `-1` change, `graded` withdraws.

    Raises:
        UsageError: no such question, no number, or no reason.
    """
    if what not in (*task.records, "total", "late"):
        raise UsageError(unknown_name("QUESTION", what, [*task.records, "total", "late"]))
    if not reason.strip():
        raise UsageError(f"--reason={reason!r} must say why")
    if points == "graded":
        return Adjustment(now(), what, "set", None, reason)
    try:
        number = float(points)
    except ValueError:
        number = float("nan")
    if not abs(number) <= 10_000:
        raise UsageError(f"POINTS={points!r} must be a number, +number, -number, or graded")
    return Adjustment(now(), what, "add" if points[0] in "+-" else "set", number, reason)


def _days(changes: tuple[Adjustment, ...], days: float) -> float:
    late = days
    for change in changes:
        if change.what == "late":
            late = change.apply(late, days)
    return late


def _numbers(ledger: Ledger, student: str, current: int) -> list[int]:
    """A student's attempts, the oldest first; what was missing or unreadable is none, unless it is all."""
    rows = ledger.sql.execute(
        "SELECT id FROM submissions WHERE student = ? AND (trouble = '' OR id = ?) ORDER BY id",
        [student_id(student), current],
    )
    return [row["id"] for row in rows]


def _result(ledger: Ledger, task: Task, student: str, number: int) -> Result:
    row = ledger.sql.execute(
        "SELECT state, result FROM runs WHERE submission = ? AND task = ?", [number, task.id]
    ).fetchone()
    if row is None or row["state"] in ("queued", "leased") or row["result"] is None:
        return Result(student, FAILED, UNGRADED, finished=False)
    return unpack_result(student, row["result"])
