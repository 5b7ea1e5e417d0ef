"""Grades as another program reads them: `course export OUT --to PLATFORM`.

A student who has no score gets an empty grade, never zero. Points have at most two digits; no cell is a
formula.
"""

import re
from pathlib import Path

from course.errors import UsageError, quantity, unknown_name
from course.notebooks.document import write_text
from course.notebooks.written import Record, listed

from ..record.gradebook import FORMULA, beyond, clean, csv_text
from ..result import Result, Task
from . import PLATFORMS
from .platform import Exported, Platform, Sheet, Table, check_replaceable, without_number
from .sheets import NUMBER, SheetFile, name_key, read_sheet, readings, trailing_number

# where a point is the decimal point, a spreadsheet cuts a row of a semicolon sheet at each comma
FORMULA_BEHIND_COMMA = re.compile(rf',(?=[\s"]*[{"".join(map(re.escape, FORMULA))}])')


def export_grades(
    task: Task,
    results: list[Result],
    to: str,
    path: Path,
    sheet: Path | None = None,
    assignment: str | None = None,
    record: Record | None = None,
) -> Exported:
    """Write the grades in another program's form.

    Args:
        to: the name of one of `PLATFORMS`.
        sheet: for moodle and canvas, the CSV that was downloaded there; its rows are kept and filled in.
        assignment: the name that Canvas or nbgrader knows; None is the session's.
        record: knows earlier exports, which may be replaced while nobody has edited them.

    Returns:
        How many students got a row, or one of the sheet's; lines about those who are not in it or have no
        number of the platform, about another maximum there, and about what the platform does not read.

    Raises:
        UsageError: an unknown platform, a sheet that is not one, or a file that is there already,
            such as the sheet itself.
    """
    if to not in PLATFORMS:
        raise UsageError(unknown_name("--to", to, PLATFORMS))
    platform, assignment = PLATFORMS[to], assignment or task.session
    if sheet is not None and not platform.sheets:
        with_sheets = [name for name, known in PLATFORMS.items() if known.sheets]
        raise UsageError(f"--sheet={str(sheet)!r} is for {' and '.join(with_sheets)}")
    check_replaceable(path, record)
    if sheet is not None and path.resolve() == sheet.resolve():
        raise UsageError(f"{path} is the --sheet, which stays as it came; name another file with -o")
    table, count = platform.table(task, results, assignment), len(results)
    form, lines = SheetFile([], ",", platform.bom), platform.notes(assignment)
    if sheet is not None:
        form = read_sheet(sheet, "--sheet")
        table, count, lines = _fill_in(platform, form.rows, table, assignment, task.points)
    if platform.sheets:
        lines = [*without_number(platform.name, results), *lines, *_above(task, results)]
    write_text(form.to_text([[_cell(value, form.delimiter) for value in row] for row in table]), path)
    if record is not None:
        record.note(path)
        record.save()
    return Exported(count, lines)


def _cell(value: object, delimiter: str) -> object:
    if value is None:
        return ""
    if isinstance(value, int | float) or value == "-" or NUMBER.fullmatch(str(value)):
        return value
    text = csv_text(value)
    return text if delimiter == "," else FORMULA_BEHIND_COMMA.sub(",'", text)


def _fill_in(
    platform: Platform, rows: Table, table: Table, assignment: str, points: float
) -> tuple[Table, int, list[str]]:
    """Put our grades into a downloaded sheet, matched by number: the rows, how many it took, and lines."""
    ours, head = table[platform.heads :], rows[0]
    form = platform.sheet(head, assignment)
    grades = {number: row for row in ours if (number := trailing_number(row[form.key_at]))}
    unknown = [row for row in ours if not trailing_number(row[form.key_at])]
    numbers = [trailing_number(row[head.index(form.key)]) for row in rows[1:]]
    same, count = _same_numbers(list(grades), numbers), 0
    for row, number in zip(rows[1:], numbers, strict=True):
        mine = grades.pop(same.get(number, number), None)
        filled = {name: mine[at] for name, at in form.columns.items() if mine and mine[at] is not None}
        for name, value in filled.items():
            row[head.index(name)] = value
        count += bool(filled)
    lines = [f"not in the sheet: {clean(row[form.name_at])}" for row in (*unknown, *grades.values())]
    lines += platform.notes(next(iter(form.columns)))
    return rows, count, lines + _other_maximum(rows, form, points)


def _same_numbers(ours: list[str], theirs: list[str]) -> dict[str, str]:
    """Our number by theirs, where only leading zeros differ and no other number is as like."""
    alike: dict[str, tuple[set[str], set[str]]] = {}
    for side, numbers in enumerate((ours, theirs)):
        for number in filter(None, numbers):
            alike.setdefault(name_key(number), (set(), set()))[side].add(number)
    return {theirs.pop(): ours.pop() for ours, theirs in alike.values() if len(ours) == len(theirs) == 1}


def _other_maximum(rows: Table, form: Sheet, points: float) -> list[str]:
    """A line when the sheet's maximum is not the session's: then a point there is not a point here."""
    if form.maximum not in rows[0]:
        return []
    key, column = rows[0].index(form.key), rows[0].index(form.maximum)
    named = rows[1:]
    if form.maximum_row:
        named = [row for row in named if str(row[0]).strip() and not str(row[key]).strip()]
    theirs = str(named[0][column]).strip() if named else ""
    if not theirs or points in readings(theirs):
        return []
    if not readings(theirs):
        means = quantity(points, "point")
        return [f"the sheet's maximum is {clean(theirs)!r}, no number: see that it means {means}"]
    return [f"the sheet has {theirs} points at most, the session {points}: make them equal before you upload"]


def _above(task: Task, results: list[Result]) -> list[str]:
    """A line about students with more points than there are; none where nobody has."""
    who = [clean(result.student) for result in results if "total" in beyond(task, result)]
    most = quantity(task.points, "point")
    return [f"more than {most}, which the platform may refuse: {listed(who)}"] if who else []
