"""Moodle: its grading worksheet, and how it names the files that students hand in.

    Full Name_1234567_assignsubmission_file_/06_optimizers.ipynb    one folder a student
    Full Name_1234567_assignsubmission_file_06_optimizers.ipynb     "in folders" switched off

mod/assign, "Download all submissions". The number behind a name is the participant's in this assignment, the
one that the worksheet calls "Participant 1234567"; it needs Identifier, Grade and Last modified (grade).
"""

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path

from course.errors import UsageError
from course.questions.cards import LOOKS

from ..report.gradebook import describe
from ..result import BROKEN, MISSING_FILE, Result, Task, whole
from .platform import Platform, Sheet, Table, Upload, name_and_number, safe_name

HANDED_IN = "Last modified (submission)"
COLUMNS = (
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"),
    *(HANDED_IN, "Last modified (grade)", "Feedback comments"),
)
FILE = re.compile(r"(?P<name>.+?)_(?P<id>\d{1,20})_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.S)
DATES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


class Moodle(Platform):
    """Moodle's activity Assignment."""

    name = "moodle"

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """The grading worksheet, with comments."""
        rows: Table = [list(COLUMNS)]
        for result in results:
            name, number = name_and_number(result.student)
            identifier = f"Participant {number}" if number else ""
            row = [identifier, name, "", "", result.total(task), task.points, "Yes", "-", "-"]
            rows.append([*row, comment(task, result)])
        return rows

    def sheet(self, head: list[str], assignment: str) -> Sheet:
        """The worksheet that was downloaded there; not every one has comments."""
        filled = {name: COLUMNS.index(name) for name in ("Grade", "Feedback comments")}
        columns = {name: at for name, at in filled.items() if name in head or name == "Grade"}
        return Sheet("Identifier", 0, 1, columns, "Maximum Grade")

    def parse_upload(self, path: str) -> Upload | None:
        """Who handed in the file, or the text typed online, that Moodle called so."""
        first, _, rest = path.partition("/")
        match = FILE.fullmatch(first)
        if match is None:
            return None
        student = f"{safe_name(match['name'])}_{match['id']}"
        return Upload(student, rest or match["file"], online=match["kind"] == "onlinetext")


PLATFORM = Moodle()


def comment(task: Task, result: Result) -> str:
    """What a student reads beside the grade: each question's points and words, lateness, changes by hand."""
    if not result.verdicts:
        return "not graded yet"
    if result.status in (MISSING_FILE, BROKEN):
        return "; ".join([result.reason, *map(describe, result.adjustments)])
    points = result.points(task)
    parts = []
    for name, record in task.records.items():
        if verdict := result.verdicts.get(name):
            words = "; ".join(verdict.hints) or LOOKS[verdict.kind][2]
            parts.append(f"{name}: {points[name]} of {record['points']} ({words})")
    if result.penalty:
        off = whole(100 * result.penalty)
        parts.append(f"{whole(result.days_late)} days late: {off} % of the points are taken off")
    return "; ".join(part for part in (*parts, *map(describe, result.adjustments)) if part)


def read_worksheet(path: Path) -> dict[str, datetime]:
    """When each participant handed in, by number, from Moodle's grading worksheet.

    Raises:
        UsageError: it is no such worksheet, or a time in it cannot be read.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"--worksheet={str(path)!r} cannot be read ({str(error)[:80]})") from None
    if not rows or "Identifier" not in rows[0] or HANDED_IN not in rows[0]:
        raise UsageError(f"--worksheet={str(path)!r} needs the columns Identifier and {HANDED_IN}")
    times = {}
    for row in rows:
        text = (row[HANDED_IN] or "").strip()
        if text not in ("", "-"):
            times[(row["Identifier"] or "").split(" ")[-1]] = parse_date(text, "--worksheet")
    return times


def parse_date(text: str, argument: str) -> datetime:
    """A date as Moodle writes it in English, or as ISO 8601 does. 2026-11-24 is the end of that day.

    Raises:
        UsageError: it is no such date.
    """
    for form in DATES:
        try:
            date = datetime.strptime(text.strip(), form)
        except ValueError:
            continue
        return date + timedelta(days=1, seconds=-1) if form == "%Y-%m-%d" else date
    raise UsageError(f"{argument}: {text[:60]!r} must be a date such as 2026-11-24 or 2026-11-24 18:00")
