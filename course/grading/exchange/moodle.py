"""Moodle: its grading worksheet, and how it names the files that students hand in.

    Full Name_1234567_assignsubmission_file_/06_optimizers.ipynb    one folder a student
    Full Name_1234567_assignsubmission_file_06_optimizers.ipynb     "in folders" switched off

mod/assign, "Download all submissions". The number behind a name is the participant's in this assignment, the
one that the worksheet calls "Participant 1234567"; it needs Identifier, Grade and Last modified (grade).

A worksheet in German, French or Spanish is read as well: names of columns and dates are those of Moodle's own
language packs. Its importer knows them by the language that is set while the sheet is uploaded.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

from course.errors import UsageError
from course.questions.judge import ERROR

from ..record.gradebook import clean, lateness, look_of, told
from ..result import BROKEN, MISSING_FILE, Result, Task
from .platform import Platform, Sheet, Table, Upload, first_named, name_and_number, safe_name
from .sheets import read_sheet, trailing_number

HANDED_IN = "Last modified (submission)"
COLUMNS = (
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"),
    *(HANDED_IN, "Last modified (grade)", "Feedback comments"),
)
TRANSLATED = {  # by German, French, Spanish
    "Identifier": ("ID", "Identifiant", "Identificador"),
    "Grade": ("Bewertung", "Note", "Calificación"),
    "Maximum Grade": ("Bestwertung", "Note maximale", "Calificación máxima"),
    HANDED_IN: (
        *("Zuletzt geändert (Abgabe)", "Dernière modification (travail remis)"),
        "Última modificación (entrega)",
    ),
    "Feedback comments": (
        *("Feedback als Kommentar", "Feedback par commentaires", "Comentarios de retroalimentación"),
    ),
}
SWITCH = "switch Moodle's language to English and download the worksheet anew"
FILE = re.compile(r"(?P<name>.+?)_(?P<id>\d{1,20})_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.S)
DATES = (
    *("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"),
    *("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"),
)
MONTHS = (
    *("januar janvier enero", "februar février febrero", "märz mars marzo", "april avril abril"),
    *("mai mai mayo", "juni juin junio", "juli juillet julio", "august août agosto"),
    *("september septembre septiembre", "oktober octobre octubre", "november novembre noviembre"),
    "dezember décembre diciembre",
)
DATE = re.compile(  # Sonntag, 25. Oktober 2026, 02:45 · domingo, 25 de octubre de 2026, 02:45
    r"[^\W\d]+,? (\d{1,2})\.? (?:de )?([^\W\d]+) (?:de )?(\d{4}),? (\d{1,2}):(\d{2})(?: ?([AP])\.?M\.?)?",
    re.IGNORECASE,
)
MOST_LETTERS = 200  # of an error in a comment


class Moodle(Platform):
    """Moodle's activity Assignment."""

    name = "moodle"
    sheets = True

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
        key, grade = (_column(head, name, "--sheet") for name in ("Identifier", "Grade"))
        comments, most = _find(head, "Feedback comments"), _find(head, "Maximum Grade")
        columns = {grade: COLUMNS.index("Grade")}
        if comments:
            columns[comments] = COLUMNS.index("Feedback comments")
        return Sheet(key, 0, 1, columns, most or "")

    def parse_upload(self, path: str) -> Upload | None:
        """Who handed in the file, or the text typed online, that Moodle called so."""
        named = first_named(FILE, path)
        if named is None:
            return None
        match, below = named
        student = f"{safe_name(match['name'])}_{match['id']}"
        return Upload(student, below or match["file"], online=match["kind"] == "onlinetext")


PLATFORM = Moodle()


def comment(task: Task, result: Result) -> str:
    """What a student reads beside the grade: each question's points and words, changes by hand, lateness."""
    if not result.verdicts:
        return "not graded yet"
    if result.status in (MISSING_FILE, BROKEN):
        return "; ".join([result.reason, *(told(result, change) for change in result.in_force)])
    points, parts = result.points(task), []
    for name, record in task.records.items():
        if verdict := result.verdicts.get(name):
            error = _shortened(clean(verdict.text)) if verdict.kind == ERROR else ""
            words = "; ".join(verdict.hints) or error or look_of(result, name)[2]
            parts.append(f"{name}: {points[name]} of {record['points']} ({words})")
        parts += [told(result, change) for change in result.in_force if change.what == name]
    parts += lateness(result) if result.penalty else []
    parts += [told(result, change) for change in result.in_force if change.what not in task.records]
    return "; ".join(parts)


def _shortened(text: str) -> str:
    """At most so many letters of a text, cut between two words where one stands near the end."""
    if len(text) <= MOST_LETTERS:
        return text
    whole, _, rest = text[:MOST_LETTERS].rpartition(" ")
    shown = whole if len(rest) < MOST_LETTERS / 2 else text[: MOST_LETTERS - 1]
    return f"{shown.rstrip(' ,;:')}…"


def read_worksheet(path: Path) -> dict[str, datetime]:
    """When each participant handed in, by number, from Moodle's grading worksheet.

    Raises:
        UsageError: it is no such worksheet, or a time in it cannot be read.
    """
    head, *rows = read_sheet(path, "--worksheet").rows
    argument = f"--worksheet={str(path)!r}"
    key, handed_in = (head.index(_column(head, name, argument)) for name in ("Identifier", HANDED_IN))
    times = {}
    for row in rows:
        text = str(row[handed_in]).strip()
        if text not in ("", "-"):
            times[trailing_number(row[key])] = parse_date(text, "--worksheet", f"; or {SWITCH}")
    return times


def _find(head: list[str], name: str) -> str | None:
    """The column that Moodle calls so in English, as the sheet calls it; None when there is none."""
    wanted = {known.casefold() for known in (name, *TRANSLATED[name])}
    return next((column for column in head if column.casefold() in wanted), None)


def _column(head: list[str], name: str, argument: str) -> str:
    column = _find(head, name)
    if column is None:
        other = ", ".join(TRANSLATED[name])
        has = ", ".join(head[:12])
        raise UsageError(f"{argument} has no column {name!r} (nor {other}), but {has}: {SWITCH}")
    return column


def parse_date(text: str, argument: str, advice: str = "") -> datetime:
    """A date as Moodle writes it in English, German, French or Spanish, or as ISO 8601 does.

    2026-11-24 is the end of that day.

    Args:
        advice: the end of the line about what is no date.

    Raises:
        UsageError: it is no such date.
    """
    for form in DATES:
        try:
            date = datetime.strptime(text.strip(), form)
        except ValueError:
            continue
        return date + timedelta(days=1, seconds=-1) if form == "%Y-%m-%d" else date
    if date := _translated_date(text.strip()):
        return date
    allowed = "must be a date such as 2026-11-24 or 2026-11-24 18:00"
    raise UsageError(f"{argument}: {text[:60]!r} {allowed}{advice}")


def _translated_date(text: str) -> datetime | None:
    match = DATE.fullmatch(text)
    if match is None:
        return None
    months = [number for number, names in enumerate(MONTHS, 1) if match[2].lower() in names.split()]
    day, year, hour, minute = (int(match[place]) for place in (1, 3, 4, 5))
    if match[6]:
        hour = hour % 12 + (12 if match[6].upper() == "P" else 0)
    try:
        return datetime(year, months[0], day, hour, minute)
    except (IndexError, ValueError):
        return None
