"""Gradebook as CSV, one row a student, one column a question; and the words for what stands in a row."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from course.notebooks.document import write_text
from course.notebooks.written import listed
from course.questions.cards import LOOKS
from course.questions.manual import WAITING

from ..result import COMMENT, FAILED, Adjustment, Result, Task, whole

CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)  # Unicode's control and format characters, private ones, and those that are drawn as nothing
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # East Asian spreadsheets take the wide ones too
# where a comma is the decimal point, a spreadsheet cuts a row at each semicolon
CELL = re.compile(rf';(?=[\s"]*[{"".join(map(re.escape, FORMULA))}])')
READ = ("✎", "#0072B2", "read by a person")
NO_TEXT = "no text is handed in now"
EARLIER = "about a notebook that was handed in before"
BOM = "\ufeff"  # without it, Excel reads ü as Ã¼


def clean(text: object) -> str:
    """Text for an instructor's eyes: one line, one direction, nothing invisible, no half characters."""
    return CONTROL.sub(" ", str(text)).strip()


def csv_text(text: object) -> str:
    """Text that no spreadsheet takes for a formula, nor a part of it behind a semicolon."""
    plain = CELL.sub(";'", clean(text))
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def csv_table(rows: Iterable[Iterable[object]]) -> str:
    """Rows of cells as the text of a CSV file; text of other people goes through `csv_text` before."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def write_gradebook(task: Task, results: list[Result], path: Path) -> None:
    """Write gradebook.csv: student, status, points, of, a column a question, days_late, adjusted, reason.

    Where a person judges a question, a last column, waiting, names what is still to be read.

    It begins with a byte-order mark, for Excel; in Python read it with encoding="utf-8-sig". `points` counts
    lateness and changes by hand. A row without a score has no points at all, not zero.
    """
    rows = [["student", "status", "points", "of", *task.records, "days_late", "adjusted", "reason"]]
    rows[0] += waiting_column(task)
    for result in results:
        points, total = result.points(task).values(), result.total(task)
        if result.status == FAILED:
            points = [""] * len(points)
        numbers = ["" if total is None else total, task.points, *points, whole(result.days_late) or ""]
        changes = csv_text("; ".join(described(result)))
        rows.append([csv_text(result.student), result.status, *numbers, changes, csv_text(result.reason)])
        rows[-1] += waiting_column(task, result)
    write_text(BOM + csv_table(rows), path)


def waiting_column(task: Task, result: Result | None = None) -> list[str]:
    """What waits to be read, as one cell, or the cell's heading; nothing where the program judges all."""
    if not any(record.get("manual") for record in task.records.values()):
        return []
    return ["waiting"] if result is None else [", ".join(result.waiting)]


def not_final(results: list[Result]) -> list[str]:
    """A line about the students whose points are not final; none where nothing waits to be read."""
    who = [clean(result.student) for result in results if result.waiting]
    count = sum(len(result.waiting) for result in results)
    if not who:
        return []
    answers = "answer waits" if count == 1 else "answers wait"
    return [f"{count} {answers} to be read by a person; the points of {listed(who, 10)} are not final"]


def beyond(task: Task, result: Result) -> dict[str, tuple[float, float]]:
    """Where a student has more points than there are, by question and "total": the points, and how many."""
    most = {name: record["points"] for name, record in task.records.items()} | {"total": task.points}
    points = result.points(task) | {"total": result.total(task) or 0}
    return {name: (points[name], most[name]) for name in most if points[name] > most[name]}


def above_by_earlier(task: Task, results: list[Result]) -> list[str]:
    """A line about questions with too many points by a change for an earlier notebook; none without."""
    who = []
    for result in results:
        changes = [change for change in result.in_force if change.kind != COMMENT]
        earlier = {change.what for change in changes if result.is_of_earlier(change)} - {"total"}
        for name, (points, most) in beyond(task, result).items() if earlier else ():
            if name in earlier:
                who.append(f"{clean(result.student)} ({name}: {whole(points)} of {most})")
    told = "more points than there are, by a change for an earlier notebook"
    return [f"{told}: {listed(who, 10)}; see course adjust"] if who else []


def look_of(result: Result, question: str) -> tuple[str, str, str]:
    """Sign, color and words of an answer; once a person has read it, it waits no longer."""
    kind = result.verdicts[question].kind
    return READ if kind == WAITING and question not in result.waiting else LOOKS[kind]


def days_late(days: float) -> str:
    """How late something came, in words."""
    return f"{whole(days)} {'day' if days == 1 else 'days'} late"


def lateness(result: Result) -> list[str]:
    """How late a notebook came, and what that costs, in a line; none where it came in time."""
    if not result.days_late:
        return []
    off = f": {whole(100 * result.penalty)} % of the points are taken off" if result.penalty else ""
    return [f"{days_late(result.days_late)}{off}"]


def described(result: Result) -> list[str]:
    """The changes and comments of a row that hold, in a line each, and those of a text that is gone."""
    lines, in_force = [], result.in_force
    for place, change in enumerate(result.adjustments, start=1):
        behind = [later for later in result.adjustments[place:] if later.kind == "set"]
        if change in in_force:
            lines.append(told(result, change))
        elif result.is_stale(change) and change.what not in [later.what for later in behind]:
            lines.append(f"{describe(change)}: does not count, {NO_TEXT}")
    return lines


def told(result: Result, change: Adjustment) -> str:
    """A change that holds or a comment, in one line, which says when it is about an earlier notebook."""
    return describe(change) + (f" · {EARLIER}" if result.is_of_earlier(change) else "")


def describe(change: Adjustment) -> str:
    """A change by hand, or a comment, in one line."""
    if change.kind == COMMENT:
        return f"Comment: {change.reason}" if change.what == "total" else f"On {change.what}: {change.reason}"
    what = "days late" if change.what == "late" else change.what
    if change.points is None:
        return f"{what} as graded ({change.reason})"
    sign = "=" if change.kind == "set" else "+" if change.points >= 0 else "-"
    return f"{what} {sign} {whole(abs(change.points))} ({change.reason})"
