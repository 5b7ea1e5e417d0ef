"""Reading sheet: the answers that wait for a person as a CSV, and the points that the person wrote into it.

    student, question, of, points, reason, text

`course export OUT --to reading` writes it, `course adjust --sheet FILE -o OUT` reads it back. A row without
points waits on.
"""

from pathlib import Path
from typing import NamedTuple

from course.errors import UsageError
from course.notebooks.document import write_text
from course.notebooks.written import Record

from ..report.gradebook import BOM, csv_table, csv_text
from ..result import Result, Task
from .platform import Exported
from .sheets import read_sheet, readings

NAME = "reading"
COLUMNS = ("student", "question", "of", "points", "reason", "text")
NO_WORDS = "read"  # the reason where the person wrote none


class Reading(NamedTuple):
    """A row with points: whose answer, to which question, and the words for the student."""

    student: str
    question: str
    points: str
    reason: str


def write_reading_sheet(task: Task, results: list[Result], path: Path, record: Record) -> Exported:
    """Write what waits to be read. Returns how many students have a row.

    Raises:
        UsageError: a file is there already that is no export, or that somebody has filled in.
    """
    if path.exists() and not record.ours(path):
        raise UsageError(f"{path} is no export as it was written; name another file with -o, or move it")
    rows = [
        [
            csv_text(result.student),
            name,
            task.records[name]["points"],
            "",
            "",
            csv_text(result.verdicts[name].text),
        ]
        for result in results
        for name in result.waiting
    ]
    write_text(BOM + csv_table([COLUMNS, *rows]), path)
    record.note(path)
    record.save()
    return Exported(sum(bool(result.waiting) for result in results), [])


def read_reading_sheet(task: Task, students: list[str], path: Path) -> list[Reading]:
    """The rows that have points. The text's column may be gone, and rows in another order.

    Raises:
        UsageError: it is no such sheet, or a row names nobody, no question that a person reads, or no number.
    """
    head, *rows = read_sheet(path, "--sheet").rows
    needed = [name for name in COLUMNS if name not in ("of", "text")]
    if missing := [name for name in needed if name not in head]:
        raise UsageError(
            f"--sheet={str(path)!r} has no column {missing[0]!r}; export it anew with --to {NAME}"
        )
    names, found = {csv_text(student): student for student in students}, []
    for number, row in enumerate(rows, start=2):
        student, question, points, reason = (str(row[head.index(name)]).strip() for name in needed)
        if not points:
            continue
        where = f"--sheet={str(path)!r}, row {number}"
        if student not in names:
            raise UsageError(f"{where}: student={student!r} is not in this gradebook")
        if not task.records.get(question, {}).get("manual"):
            raise UsageError(f"{where}: question={question!r} is none that a person reads")
        numbers = readings(points)
        if len(numbers) != 1 or not 0 <= min(numbers) <= task.records[question]["points"]:
            most = task.records[question]["points"]
            raise UsageError(f"{where}: points={points!r} must be a number from 0 to {most}")
        found.append(Reading(names[student], question, f"{min(numbers):g}", reason or NO_WORDS))
    return found
