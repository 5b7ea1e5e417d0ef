"""Collector of submissions: take a zip of Moodle or Canvas apart: `course collect ZIP SESSION -o FOLDER`.

FOLDER/STUDENT.ipynb      what `course grade SESSION FOLDER` finds; STUDENT is "Full Name_1234567"
FOLDER/STUDENT/           empty: this one handed in, but no notebook that can be read
FOLDER/collected.csv      who, when, how late, which of several files
FOLDER/left_aside.csv     every other file of the zip, and why it was left

FOLDER appears as a whole or not at all. Bytes are copied as they are; `course grade` judges what they hold.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from course.errors import UsageError
from course.notebooks.document import write_text

from ..report.gradebook import clean, csv_table, csv_text
from . import PLATFORMS
from .moodle import read_worksheet
from .platform import Upload
from .unzip import Member, members

COLLECTED = ("student", "handed_in", "days_late", "late", "file", "files")


@dataclass
class Collected:
    """A student's row: the file that counts (None when no file does), and how late it came.

    `days_late` counts begun days. Canvas only says that a file is late: that is one day.
    """

    student: str
    path: str
    content: bytes | None
    files: int
    late: bool = False
    handed_in: datetime | None = None
    days_late: int = 0


@dataclass
class Collection:
    """All that came out of a zip: rows by student, and (path, why) of what was left aside."""

    rows: list[Collected] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


def collect(
    path: Path, session: str, due: datetime | None = None, worksheet: Path | None = None
) -> Collection:
    """Read a zip and choose one notebook for each student.

    Of several, one that is called like the session wins, then the one handed in last: the largest number
    behind the name, then Canvas's larger upload number, then the later place in the zip.

    Args:
        due: the deadline. With the times of a worksheet it says how many days late a file is.
        worksheet: Moodle's grading worksheet (CSV), which knows when each one handed in.

    Raises:
        UsageError: the zip or the worksheet cannot be read, or no student's notebook is in the zip.
    """
    times = read_worksheet(worksheet) if worksheet else {}
    found: dict[str, list[tuple[tuple, Upload, Member]]] = {}
    everybody: dict[str, Upload] = {}
    collection = Collection()
    for place, member in enumerate(members(path)):
        upload = parse_upload(member.path)
        if upload is not None:
            everybody.setdefault(_key(upload.student), upload)
        if upload is not None and upload.online:
            collection.aside.append((member.path, "text typed into Moodle, not a notebook"))
        elif member.content is None:
            collection.aside.append((member.path, member.refused))
        elif upload is None:
            collection.aside.append((member.path, "named neither as Moodle names files nor as Canvas does"))
        else:
            rank = (upload.is_called(session), upload.again, upload.upload, place)
            found.setdefault(_key(upload.student), []).append((rank, upload, member))
    if not found:
        raise UsageError(f"ZIP={str(path)!r} holds no notebook named as Moodle or Canvas names them")
    for key in sorted(everybody):
        if key in found:
            *rest, (_, upload, member) = sorted(found[key], key=lambda item: item[0])
            collection.aside += [(other.path, "another file of this student counts") for _, _, other in rest]
            row = Collected(upload.student, member.path, member.content, len(rest) + 1, upload.late)
        else:
            row = Collected(everybody[key].student, "", None, 0, everybody[key].late)
        row.handed_in = times.get(key.rsplit("_", 1)[-1])
        row.days_late = _days_late(row, due)
        collection.rows.append(row)
    return collection


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
    return int(row.late)


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
            name = f"{row.student}/{session}/{session}" if tree else row.student
            path = aside / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "xb") as file:  # "x": capital letters may not be told apart here
                file.write(row.content)
        write_text(_collected(collection), aside / "collected.csv")
        write_text(_left_aside(collection), aside / "left_aside.csv")
        os.chmod(aside, 0o755)
        if out.exists():
            out.rmdir()
        os.replace(aside, out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _collected(collection: Collection) -> str:
    rows = []
    for row in collection.rows:
        handed_in = row.handed_in.isoformat() if row.handed_in else ""
        late = "late" if row.late else ""
        rows.append([row.student, handed_in, row.days_late or "", late, csv_text(row.path), row.files])
    return csv_table([COLLECTED, *rows])


def _left_aside(collection: Collection) -> str:
    return csv_table([("file", "why"), *((csv_text(path), clean(why)) for path, why in collection.aside)])
