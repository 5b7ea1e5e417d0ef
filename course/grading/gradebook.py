"""The gradebook as CSV: one row a student, one column a question."""

import csv
import io
import re
from pathlib import Path

from course.notebooks.document import write_text

from .grade import FAILED, Result, Task

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # East Asian spreadsheets take the wide ones too


def clean(text: object) -> str:
    """Text for an instructor's eyes: one line, no control or half characters, no text-direction tricks."""
    return CONTROL.sub(" ", str(text)).strip()


def csv_text(text: object) -> str:
    """Text that no spreadsheet takes for a formula."""
    plain = clean(text)
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def write_gradebook(task: Task, results: list[Result], path: Path) -> None:
    """Write gradebook.csv: student, status, points, of, a column a question, reason.

    A row that could not be graded has no points at all, not zero.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["student", "status", "points", "of", *task.records, "reason"])
    for result in results:
        points = result.points(task)
        numbers = ["", task.points, *[""] * len(points)]
        if result.status != FAILED:
            numbers = [sum(points.values()), task.points, *points.values()]
        rows.writerow([csv_text(result.student), result.status, *numbers, csv_text(result.reason)])
    write_text(out.getvalue(), path)
