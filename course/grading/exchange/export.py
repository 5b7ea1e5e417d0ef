"""Grades as another program reads them: `course export OUT --to PLATFORM`.

A student who has no score gets an empty grade, never zero. Points have at most two digits; no cell is a
formula.
"""

import csv
import re
from pathlib import Path

from course.errors import UsageError, unknown_name
from course.notebooks.document import write_text
from course.notebooks.written import Record

from ..report.gradebook import clean, csv_table, csv_text
from ..result import Result, Task
from . import PLATFORMS
from .platform import Platform, Sheet, Table

NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,15})?")


def export_grades(
    task: Task,
    results: list[Result],
    to: str,
    path: Path,
    sheet: Path | None = None,
    assignment: str | None = None,
    record: Record | None = None,
) -> list[str]:
    """Write the grades in another program's form.

    Args:
        to: the name of one of `PLATFORMS`.
        sheet: for moodle and canvas, the CSV that was downloaded there; its rows are kept and filled in.
        assignment: the name that Canvas or nbgrader knows; None is the session's.
        record: knows earlier exports, which may be replaced while nobody has edited them.

    Returns:
        Lines about students who are not in the sheet, and about another maximum there.

    Raises:
        UsageError: an unknown platform, a sheet that is not one, or a file that is there already.
    """
    if to not in PLATFORMS:
        raise UsageError(unknown_name("--to", to, PLATFORMS))
    platform, assignment = PLATFORMS[to], assignment or task.session
    with_sheets = [name for name, known in PLATFORMS.items() if known.sheet([], assignment)]
    if sheet is not None and to not in with_sheets:
        raise UsageError(f"--sheet={str(sheet)!r} is for {' and '.join(with_sheets)}")
    if path.exists() and not (record and record.ours(path)):
        raise UsageError(f"{path} is no export as it was written; name another file with -o, or move it")
    table = platform.table(task, results, assignment)
    told: list[str] = []
    if sheet is not None:
        table, told = _fill_in(platform, _read_sheet(sheet), table, assignment, task.points)
    write_text(csv_table([_cell(value) for value in row] for row in table), path)
    if record is not None:
        record.note(path)
        record.save()
    return told


def _cell(value: object) -> object:
    if value is None:
        return ""
    harmless = isinstance(value, int | float) or value == "-" or NUMBER.fullmatch(str(value))
    return value if harmless else csv_text(value)


def _read_sheet(path: Path) -> Table:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"--sheet={str(path)!r} cannot be read ({str(error)[:80]})") from None
    if not rows:
        raise UsageError(f"--sheet={str(path)!r} is empty")
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows if row]


def _fill_in(
    platform: Platform, rows: Table, table: Table, assignment: str, points: float
) -> tuple[Table, list[str]]:
    """Put our grades into a downloaded sheet, matched by the student's number."""
    ours, head = table[platform.heads :], rows[0]
    form = platform.sheet(head, assignment)
    missing = [name for name in (form.key, *form.columns) if name not in head]
    if missing:
        raise UsageError(f"--sheet has no column {missing[0]!r}; download it anew, or name --assignment")
    grades = {str(row[form.key_at]): row for row in ours if row[form.key_at]}
    for row in rows[1:]:
        mine = grades.pop(row[head.index(form.key)], None)
        for name, at in form.columns.items():
            if mine is not None and mine[at] is not None:
                row[head.index(name)] = mine[at]
    unknown = [row for row in ours if not row[form.key_at]]
    told = [f"not in the sheet: {clean(row[form.name_at])}" for row in (*unknown, *grades.values())]
    return rows, told + _other_maximum(rows, form, points)


def _other_maximum(rows: Table, form: Sheet, points: float) -> list[str]:
    """A line when the sheet's maximum is not the session's: then a point there is not a point here."""
    named = [row for row in rows[1:] if str(row[0]).strip().startswith(form.maximum_row)]
    theirs = str(named[0][rows[0].index(form.maximum)]).strip() if named and form.maximum in rows[0] else ""
    if not NUMBER.fullmatch(theirs) or float(theirs.replace(",", ".")) == points:
        return []
    return [f"the sheet has {theirs} points at most, the session {points}: make them equal before you upload"]
