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

from ..record.gradebook import BOM, csv_table, csv_text
from ..result import Result, Task
from .platform import Exported, check_replaceable
from .sheets import name_key, read_sheet, readings

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
    check_replaceable(path, record)
    rows = [
        [
            csv_text(result.student),
            name,
            task.records[name]["points"],
            "",
            "",
            _lines(result.verdicts[name].text),
        ]
        for result in results
        for name in result.waiting
    ]
    write_text(BOM + csv_table([COLUMNS, *rows]), path)
    record.note(path)
    record.save()
    return Exported(sum(bool(result.waiting) for result in results), [])


def read_reading_sheet(task: Task, results: list[Result], path: Path) -> list[Reading]:
    """The rows that have points. The columns "of" and "text" may be gone, and rows in another order.

    Raises:
        UsageError: it is no such sheet; or a row names nobody, no question that a person reads, no number, a
            text that the student has since replaced, or an answer that has points in an earlier row.
    """
    head, *rows = read_sheet(path, "--sheet").rows
    needed = [name for name in COLUMNS if name not in ("of", "text")]
    if missing := [name for name in needed if name not in head]:
        raise UsageError(
            f"--sheet={str(path)!r} has no column {missing[0]!r}; export it anew with --to {NAME}"
        )
    if doubled := [name for name in needed if head.count(name) > 1]:
        raise UsageError(f"--sheet={str(path)!r} has two columns {doubled[0]!r}; keep one")
    people: dict[str, list[Result]] = {}
    for result in results:
        for name in {csv_text(result.student), name_key(csv_text(result.student))}:
            people.setdefault(name, []).append(result)
    given, rows_of = [], {}
    for number, row in enumerate(rows, start=2):
        student, question, points, reason = (str(row[head.index(name)]).strip() for name in needed)
        if points:
            text = str(row[head.index("text")]) if "text" in head else ""
            named = [item for item in people.get(student, []) if csv_text(item.student) == student]
            named = named or people.get(name_key(student), [])
            trouble = _trouble(task, named, student, question, points, text)
            if not trouble and rows_of.setdefault((named[0].student, question), number) != number:
                first = rows_of[named[0].student, question]
                trouble = f"{student} has points for {question} in row {first} already; keep one of the two"
            if trouble:
                raise UsageError(f"--sheet={str(path)!r}, row {number}: {trouble}")
            (value,) = readings(points)
            given.append(Reading(named[0].student, question, f"{value:g}", reason or NO_WORDS))
    return given


def _lines(text: str) -> str:
    """A text as a cell that keeps its lines, of which none is a formula, whoever cuts them apart."""
    return "\n".join(map(csv_text, text.split("\n")))


def _words(text: str) -> list[str]:
    """What a text and its cell share, whatever spreadsheet has saved it."""
    return _lines(text).replace("'", "").split()


def _trouble(
    task: Task, people: list[Result], student: str, question: str, points: str, text: str
) -> str | None:
    """What is wrong with a row."""
    if len(people) != 1:  # two names may be written alike, such as =x and '=x
        return f"student={student!r} {'stands for two students' if people else 'is not in this gradebook'}"
    record, numbers = task.records.get(question, {}), readings(points)
    if not record.get("manual"):
        return f"question={question!r} is none that a person reads"
    if len(numbers) != 1 or not 0 <= min(numbers) <= record["points"]:
        return f"points={points!r} must be a number from 0 to {record['points']}"
    verdict = people[0].verdicts.get(question)
    if text.strip() and (verdict is None or _words(verdict.text) != _words(text)):
        return (
            f"{student} has handed in another text since; export it anew with --to {NAME}, "
            "or empty the cell if a spreadsheet changed its text"
        )
    return None
