"""Learning platform: the interface to which Moodle, Canvas and others are written, one file each.

The number behind a student's name is the one that the platform uses and `course collect` found in its zip.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from course.errors import UsageError
from course.notebooks.written import Record

from ..result import Result, Task
from ..submission.files import notebook_stem

NUMBERED = re.compile(r"(.*?)(?:-(\d{1,3})|\s?\((\d{1,6})\))?", re.S)  # -2026 is a year
COPY = re.compile(r"(?:copy of )?(.*?)(?:-copy\d{1,6})?", re.S)  # Colab's copy, JupyterLab's "Duplicate"
NAME_AND_NUMBER = re.compile(r"(.+)_(\d{1,20})", re.S)
NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
NOT_IN_FRONT = ". =+-@＝＋－＠'"  # hidden files, options of commands, formulas of spreadsheets
NAME_BYTES = 120
PLATFORM_DIGITS = 4  # a number of fewer digits may be somebody's own, as in student_12
NAMED = "names such as Full Name_1234567, as course collect writes them"
Table = list[list[object]]


class Exported(NamedTuple):
    """What an export did: how many students are in the file, and lines about the others."""

    students: int
    lines: list[str]


def check_replaceable(path: Path, record: Record | None) -> None:
    """Raises UsageError for a file that is there and is no export as it was written."""
    if path.exists() and not (record and record.ours(path)):
        why = "somebody has edited it" if record and record.knows(path) else "another file lies there"
        raise UsageError(
            f"{path} is no export as it was written: {why}; name another file with -o, or move it"
        )


@dataclass(frozen=True)
class Upload:
    """What the path of a file says: whose it is, and about this file."""

    student: str
    file: str  # below what belongs to the student alone
    late: bool | None = None  # None: the path does not say it
    upload: int = 0  # Canvas counts uploads: a larger number came later
    online: bool = False  # text typed into Moodle, no file

    @property
    def attempt(self) -> int:
        """The number that browsers and Canvas put behind a name which is there already; 0 for none."""
        match = NUMBERED.fullmatch(self.stem)
        return int((match and (match[2] or match[3])) or 0)

    @property
    def name(self) -> str:
        """The file's name without folders."""
        return self.file.rsplit("/", 1)[-1]

    @property
    def stem(self) -> str:
        """The file's name without folders and suffix."""
        return notebook_stem(self.name) or self.name.rsplit(".", 1)[0]

    @property
    def plain_stem(self) -> str:
        """The stem without a number behind it, for comparison."""
        return NUMBERED.fullmatch(self.stem)[1].casefold()

    def likeness(self, session: str) -> int:
        """How like the session's it is called: 3 the same but for a number, 2 a copy, 1 holds it, 0 else."""
        wanted = session.casefold()
        if self.plain_stem == wanted:
            return 3
        if COPY.fullmatch(self.plain_stem)[1] == wanted:
            return 2
        return int(wanted in self.stem.casefold())


@dataclass(frozen=True)
class Sheet:
    """How a CSV that was downloaded from a platform is filled in.

    `key` and `columns` name columns of the sheet; `key_at` and the values of `columns` are places in our own
    rows. The most points stand in the column `maximum`: in the row without a key where `maximum_row` is true,
    else in the first row.
    """

    key: str
    key_at: int
    name_at: int
    columns: dict[str, int]
    maximum: str
    maximum_row: bool = False


class Platform:
    """A learning platform. A new one is a file with an object of a subclass, named in `PLATFORMS`."""

    name: str
    heads = 1  # rows of the table above the first student
    sheets = False  # whether `sheet` fills in what was downloaded there
    bom = False  # whether its CSV begins with a byte-order mark

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """All rows of the CSV that the platform reads; None stands for no grade."""
        raise NotImplementedError

    def sheet(self, head: list[str], assignment: str) -> Sheet:
        """How a downloaded sheet with these columns is filled in.

        Raises:
            UsageError: it is no such sheet, or `assignment` names no column or several.
        """
        raise NotImplementedError

    def notes(self, column: str) -> list[str]:
        """What an instructor should know before uploading this column."""
        return []

    def parse_upload(self, path: str) -> Upload | None:
        """Take a path in the platform's zip of submissions apart; None when it did not write that."""
        return None


def first_named(pattern: re.Pattern, path: str) -> tuple[re.Match, str] | None:
    """The outermost part of a path that a platform named so, and the path below it."""
    parts = path.split("/")
    for place, part in enumerate(parts, start=1):
        if match := pattern.fullmatch(part):
            return match, "/".join(parts[place:])
    return None


def name_and_number(student: str) -> tuple[str, str]:
    """The name and the number that `course collect` wrote together; the number is "" for other students.

    >>> name_and_number("Zoë Müller_1234567")
    ('Zoë Müller', '1234567')
    """
    match = NAME_AND_NUMBER.fullmatch(student)
    return (match[1], match[2]) if match else (student, "")


def person(student: str) -> str:
    """The student without a platform's number; a few digits behind one word belong to the name.

    >>> person("Zoë Müller_1234567"), person("student_01")
    ('Zoë Müller', 'student_01')
    """
    name, number = name_and_number(student)
    own = number.startswith("0") or (len(number) < PLATFORM_DIGITS and " " not in name.strip())
    return student if own else name


def without_number(platform: str, results: list[Result]) -> list[str]:
    """A line about students whose names carry no number of the platform; none where all do."""
    count = sum(not name_and_number(result.student)[1] for result in results)
    if not count:
        return []
    who = f"{count} of {len(results)} students have no number of {platform.capitalize()}"
    return [f"{who}, which finds them by it: grade {NAMED}"]


def safe_name(name: str) -> str:
    """A person's name as part of a file name: one line, no separators, no formula, nothing invisible."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    text = NOT_IN_NAMES.sub("_", " ".join(text.split())).lstrip(NOT_IN_FRONT).rstrip(". ")
    return text.encode("utf-8")[:NAME_BYTES].decode("utf-8", "ignore") or "unnamed"
