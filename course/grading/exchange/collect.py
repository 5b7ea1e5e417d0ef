"""Collector of submissions: take a zip of Moodle or Canvas apart: `course collect ZIP SESSION -o FOLDER`.

FOLDER/STUDENT.ipynb      what `course grade SESSION FOLDER` finds; STUDENT is "Full Name_1234567"
FOLDER/STUDENT/SESSION/   the notebook with the Python modules that were handed in beside it
FOLDER/STUDENT/           empty: this one handed in, but no notebook that can be read
FOLDER/collected.csv      who, when, how late, which of several files
FOLDER/left_aside.csv     every other file of the zip, and why it was left

FOLDER appears as a whole or not at all. Bytes are copied as they are; `course grade` judges what they hold.
In place of the zip, the folder that a browser unpacked from it is read too, and a zip of that folder.
`give_back` is the return: what a student handed in, as files, for `course submissions OUT --student NAME`.
"""

import csv
import io
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from course.errors import NotebookError, UsageError
from course.notebooks.document import write_text

from ..record.gradebook import FORMULA, clean, csv_table, csv_text
from ..record.roster import Attempt
from ..submission.files import read_file
from . import PLATFORMS
from .choose import File, choose
from .moodle import read_worksheet
from .platform import Upload
from .unzip import BY_PROGRAM, Member, folder_members, members

COLLECTED = ("student", "handed_in", "days_late", "late", "file", "files")
LEFT_ASIDE = "left_aside.csv"
HOW_NAMED = (
    "Moodle: Full Name_1234567_assignsubmission_file_/…, Canvas: lastnamefirst_123_4567_06_optimizers.ipynb"
)


@dataclass
class Collected:
    """A student's row: the file that counts (None when no file does), and how late it came.

    `days_late` counts begun days. Canvas only says that a file is late: that is one day. Moodle's zip says
    nothing of it: then `late` is None.
    """

    student: str
    path: str
    content: bytes | None
    files: int
    late: bool | None = None
    handed_in: datetime | None = None
    days_late: int = 0
    modules: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Collection:
    """All that came out of a zip: rows by student, and (path, why) of what was left aside."""

    rows: list[Collected] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


def collect(
    path: Path,
    session: str,
    due: datetime | None = None,
    worksheet: Path | None = None,
    others: Iterable[str] = (),
) -> Collection:
    """Read a zip, or the folder that was in it, and choose one notebook for each student.

    Args:
        due: the deadline. With the times of a worksheet it says how many days late a file is.
        worksheet: Moodle's grading worksheet (CSV), which knows when each one handed in.
        others: the names of the other sessions.

    Raises:
        UsageError: the zip or the worksheet cannot be read, or no student's notebook is in the zip.
    """
    times = read_worksheet(worksheet) if worksheet else {}
    students: dict[str, list[File]] = {}
    collection = Collection()
    for member in folder_members(path) if path.is_dir() else members(path):
        upload = parse_upload(member.path)
        if member.refused == BY_PROGRAM or upload is None:
            why = member.refused or "named neither as Moodle names files nor as Canvas does"
            collection.aside.append((member.path, why))
            continue
        if upload.online:
            member = Member(member.path, None, "text typed into Moodle, not a notebook")
        students.setdefault(_key(upload.student), []).append((upload, member))
    for key, files in sorted(students.items()):
        row = _choose(files, session, others, collection, path)
        row.handed_in = times.get(key.rsplit("_", 1)[-1])
        row.days_late = _days_late(row, due)
        collection.rows.append(row)
    if all(row.content is None for row in collection.rows):
        raise UsageError(
            f"ZIP={str(path)!r} holds no notebook named as Moodle or Canvas names them ({HOW_NAMED}); "
            "a folder or zip of STUDENT.ipynb needs no course collect: course grade reads it"
        )
    return collection


def _choose(
    files: list[File], session: str, others: Iterable[str], collection: Collection, place: Path
) -> Collected:
    """A student's row, without the times; what does not count goes aside."""
    choice = choose(files, session, others)
    collection.aside += choice.aside
    late = max((upload.late for upload, _ in files if upload.late is not None), default=None)
    if choice.notebook is None:
        return Collected(files[0][0].student, "", None, 0, late)
    upload, member = choice.notebook
    try:
        content = _read(member, place)
        modules = {name: _read(module, place) for name, module in choice.modules.items()}
    except NotebookError as error:
        collection.aside.append((member.path, str(error)))
        return Collected(upload.student, "", None, 0, late)
    return Collected(upload.student, member.path, content, choice.notebooks, upload.late, modules=modules)


def _read(member: Member, folder: Path) -> bytes:
    return read_file(folder / member.path, folder) if member.content is None else member.content


def parse_upload(path: str) -> Upload | None:
    """Take a path in a zip apart; None when no platform wrote it."""
    return next(filter(None, (platform.parse_upload(path) for platform in PLATFORMS.values())), None)


def _key(student: str) -> str:
    """One for each student: names may be written in two ways, anonymous codes may not."""
    return student if student.startswith("anon_") else student.casefold()


def _days_late(row: Collected, due: datetime | None) -> int:
    if due is not None and row.handed_in is not None:
        row.late = row.handed_in > due
        return max(-((due - row.handed_in) // timedelta(days=1)), 0)
    return int(bool(row.late))


def write_collection(collection: Collection, session: str, out: Path, tree: bool = False) -> None:
    """Write the folder, whole or not at all.

    Args:
        tree: STUDENT/SESSION/SESSION.ipynb, as nbgrader has it, instead of STUDENT.ipynb.

    Raises:
        UsageError: the folder is there already and not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"OUT={str(out)!r} is there already; name a new folder")
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=out.absolute().parent, prefix=".aside-"))
    try:
        for row in collection.rows:
            if row.content is None:
                (aside / row.student).mkdir()
                continue
            name = f"{row.student}/{session}/{session}" if tree or row.modules else row.student
            path = aside / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            for place, content in {path: row.content, **_beside(path, row.modules)}.items():
                with open(place, "xb") as file:  # "x": capital letters may not be told apart here
                    file.write(content)
        write_text(_collected(collection), aside / "collected.csv")
        write_text(_left_aside(collection), aside / LEFT_ASIDE)
        os.chmod(aside, 0o755)
        if out.exists():
            out.rmdir()
        os.replace(aside, out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _beside(notebook: Path, modules: dict[str, bytes]) -> dict[Path, bytes]:
    return {notebook.parent / name: content for name, content in modules.items()}


def _collected(collection: Collection) -> str:
    rows = []
    for row in collection.rows:
        handed_in = row.handed_in.isoformat() if row.handed_in else ""
        late = "late" if row.late else ""
        rows.append([row.student, handed_in, row.days_late or "", late, csv_text(row.path), row.files])
    return csv_table([COLLECTED, *rows])


def _left_aside(collection: Collection) -> str:
    return csv_table([("file", "why"), *((csv_text(path), clean(why)) for path, why in collection.aside)])


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a table that `collect` wrote, by the names of its columns."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_left_aside(text: str, students: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The (path, why) of a left_aside.csv by student; under "" what is nobody's, or of somebody else."""
    names, left = {student.casefold(): student for student in students}, {}
    for row in rows_of(text):
        path, why = row.get("file"), row.get("why")
        if path and why and why != BY_PROGRAM:
            if path[0] == "'" and path[1:].startswith(FORMULA):  # as `csv_text` has it
                path = path[1:]
            upload = parse_upload(unicodedata.normalize("NFC", path))
            student = names.get(upload.student.casefold(), "") if upload else ""
            left.setdefault(student, []).append((path, why))
    return left


def give_back(attempts: list[Attempt], session: str, folder: Path) -> Iterator[str]:
    """Write FOLDER/1/SESSION.ipynb, FOLDER/2/…, with the modules beside; a line for each attempt.

    Raises:
        UsageError: the folder is there already and not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"FOLDER={str(folder)!r} is there already; name a new folder")
    for number, attempt in enumerate(attempts, start=1):
        seen = f"attempt {number}, first seen {attempt.at[:16].replace('T', ' ')}"
        if attempt.content is None:
            yield f"{seen}: nothing was kept: {attempt.trouble}"
            continue
        place = folder / str(number)
        place.mkdir(parents=True)
        files = {f"{session}.ipynb": attempt.content, **attempt.modules}
        for name, content in files.items():
            (place / name).write_bytes(content)
        yield f"{seen}: {place}: {', '.join(files)}, {sum(map(len, files.values())):,} bytes"
