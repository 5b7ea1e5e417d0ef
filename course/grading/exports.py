"""The grades as other programs read them: CSV, Moodle's worksheet, Canvas's gradebook, nbgrader's table.

    csv        student, points, of, status, a column a question
    moodle     the grading worksheet of mod/assign: needs Identifier, Grade and Last modified (grade)
    canvas     the gradebook: student columns up to Section, a row of Points Possible, one assignment
    nbgrader   what `nbgrader export` writes

A student who has no score gets an empty grade, never zero. The numbers behind the students' names are those
that `course collect` found in the zip. Points have at most two digits; no cell is a formula.
"""

import csv
import re
from pathlib import Path

from course.errors import UsageError, unknown_name
from course.notebooks.document import write_text
from course.notebooks.written import Record
from course.questions.cards import LOOKS

from .gradebook import clean, csv_table, csv_text, describe
from .result import BROKEN, MISSING_FILE, Result, Task, whole

CSV, MOODLE, CANVAS = ("student", "points", "of", "status"), "moodle", "canvas"
MOODLE_COLUMNS = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
CANVAS_COLUMNS = ("Student", "ID", "SIS Login ID", "Section")
NBGRADER = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
NAME_AND_NUMBER = re.compile(r"(.+)_(\d{1,20})", re.S)
NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,15})?")
Table = list[list[object]]


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
        to: csv, moodle, canvas or nbgrader.
        sheet: for moodle and canvas, the CSV that was downloaded there; its rows are kept and filled in.
        assignment: the name that Canvas or nbgrader knows; None is the session's.
        record: knows earlier exports, which may be replaced while nobody has edited them.

    Returns:
        Lines about students who are not in the sheet, and about another maximum there.

    Raises:
        UsageError: an unknown form, a sheet that is not one, or a file that is there already.
    """
    forms = {"csv": _plain, MOODLE: _moodle, CANVAS: _canvas, "nbgrader": _nbgrader}
    if to not in forms:
        raise UsageError(unknown_name("--to", to, forms))
    if sheet is not None and to not in (MOODLE, CANVAS):
        raise UsageError(f"--sheet={str(sheet)!r} is for moodle and canvas")
    if path.exists() and not (record and record.ours(path)):
        raise UsageError(f"{path} is no export as it was written; name another file with -o, or move it")
    table = forms[to](task, results, assignment or task.session)
    told: list[str] = []
    if sheet is not None:
        table, told = _fill_in(_read_sheet(sheet), table, to, assignment or task.session, task.points)
    write_text(csv_table([_cell(value) for value in row] for row in table), path)
    if record is not None:
        record.note(path)
        record.save()
    return told


def name_and_number(student: str) -> tuple[str, str]:
    """The name and the number that `course collect` wrote together; the number is "" for other students.

    >>> name_and_number("Zoë Müller_1234567")
    ('Zoë Müller', '1234567')
    """
    match = NAME_AND_NUMBER.fullmatch(student)
    return (match[1], match[2]) if match else (student, "")


def comment(task: Task, result: Result) -> str:
    """What a student reads beside the grade: each question's points and words, lateness, changes by hand."""
    if not result.verdicts:
        return "not graded yet"
    if result.status in (MISSING_FILE, BROKEN):
        return "; ".join([result.reason, *map(describe, result.adjustments)])
    points = result.points(task)
    parts = []
    for name, record in task.records.items():
        verdict = result.verdicts.get(name)
        words = LOOKS[verdict.kind][2] if verdict else ""
        parts.append(
            f"{name}: {points[name]} of {record['points']} ({'; '.join(verdict.hints) or words})"
            if verdict
            else ""
        )
    if result.penalty:
        off = whole(100 * result.penalty)
        parts.append(f"{whole(result.days_late)} days late: {off} % of the points are taken off")
    return "; ".join(part for part in (*parts, *map(describe, result.adjustments)) if part)


def _cell(value: object) -> object:
    if value is None:
        return ""
    harmless = isinstance(value, int | float) or value == "-" or NUMBER.fullmatch(str(value))
    return value if harmless else csv_text(value)


def _plain(task: Task, results: list[Result], assignment: str) -> Table:
    rows: Table = [[*CSV, *task.records]]
    for result in results:
        total = result.total(task)
        points = result.points(task).values() if result.verdicts else [None] * len(task.records)
        rows.append([result.student, total, task.points, result.status, *points])
    return rows


def _moodle(task: Task, results: list[Result], assignment: str) -> Table:
    rows: Table = [list(MOODLE_COLUMNS)]
    for result in results:
        name, number = name_and_number(result.student)
        identifier = f"Participant {number}" if number else ""
        row = [identifier, name, "", "", result.total(task), task.points, "Yes", "-", "-"]
        rows.append([*row, comment(task, result)])
    return rows


def _canvas(task: Task, results: list[Result], assignment: str) -> Table:
    rows: Table = [[*CANVAS_COLUMNS, assignment], ["    Points Possible", "", "", "", task.points]]
    for result in results:
        name, number = name_and_number(result.student)
        rows.append([name, number, "", "", result.total(task)])
    return rows


def _nbgrader(task: Task, results: list[Result], assignment: str) -> Table:
    rows: Table = [list(NBGRADER)]
    for result in results:
        raw, total = sum(result.points(task).values()), result.total(task)
        raw = None if total is None else raw
        penalty = None if total is None else round(max(raw - total, 0), 2)
        head = [assignment, "", result.handed_in, result.student, "", "", ""]
        rows.append([*head, raw, penalty, total, task.points])
    return rows


def _read_sheet(path: Path) -> Table:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"--sheet={str(path)!r} cannot be read ({str(error)[:80]})") from None
    if not rows:
        raise UsageError(f"--sheet={str(path)!r} is empty")
    return [row + [""] * (len(rows[0]) - len(row)) for row in rows if row]


def _fill_in(sheet: Table, table: Table, to: str, assignment: str, points: float) -> tuple[Table, list[str]]:
    """Put our grades into a downloaded sheet, matched by the student's number."""
    ours = table[1:] if to == MOODLE else table[2:]
    head = sheet[0]
    key = "Identifier" if to == MOODLE else "ID"
    if to == MOODLE:
        columns = {name: MOODLE_COLUMNS.index(name) for name in ("Grade", "Feedback comments")}
        columns = {name: at for name, at in columns.items() if name in head or name == "Grade"}
    else:
        found = [name for name in head if re.fullmatch(re.escape(assignment) + r"( \(\d+\))?", name)]
        columns = dict.fromkeys(found[:1] or [assignment], len(CANVAS_COLUMNS))
    missing = [name for name in (key, *columns) if name not in head]
    if missing:
        raise UsageError(f"--sheet has no column {missing[0]!r}; download it anew, or name --assignment")
    grades = {str(row[0 if to == MOODLE else 1]): row for row in ours if row[0 if to == MOODLE else 1]}
    for row in sheet[1:]:
        mine = grades.pop(row[head.index(key)], None)
        for name, at in columns.items():
            if mine is not None and mine[at] is not None:
                row[head.index(name)] = mine[at]
    unknown = [row for row in ours if not row[0 if to == MOODLE else 1]]
    told = [
        f"not in the sheet: {clean(row[1 if to == MOODLE else 0])}" for row in (*unknown, *grades.values())
    ]
    return sheet, told + _other_maximum(sheet, to, next(iter(columns)), points)


def _other_maximum(sheet: Table, to: str, column: str, points: float) -> list[str]:
    """A line when the sheet's maximum is not the session's: then a point there is not a point here."""
    rows = sheet[1:]
    if to == MOODLE:
        column = "Maximum Grade"
    else:
        rows = [row for row in rows if str(row[0]).strip().startswith("Points Possible")]
    theirs = str(rows[0][sheet[0].index(column)]).strip() if rows and column in sheet[0] else ""
    if not NUMBER.fullmatch(theirs) or float(theirs.replace(",", ".")) == points:
        return []
    return [f"the sheet has {theirs} points at most, the session {points}: make them equal before you upload"]
