"""How Moodle and Canvas name the files that students hand in, and what we call the students.

    Moodle   Full Name_1234567_assignsubmission_file_/06_optimizers.ipynb     one folder a student
             Full Name_1234567_assignsubmission_file_06_optimizers.ipynb      "in folders" switched off
    Canvas   lastnamefirst_LATE_123_4567_06_optimizers-1.ipynb                user, file; -1: handed in again
             anon_xY3z_4567_06_optimizers.ipynb                               anonymous marking

Moodle: mod/assign, "Download all submissions". Canvas: lib/content_zipper.rb. The number behind a Moodle
name is the participant's in this assignment, the one that its grading worksheet calls "Participant 1234567".
"""

import re
import unicodedata
from dataclasses import dataclass

MOODLE, CANVAS = "moodle", "canvas"
MOODLE_NAME = re.compile(
    r"(?P<name>.+?)_(?P<id>\d{1,20})_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.S
)
CANVAS_NAME = re.compile(
    r"(?:anon_(?P<anonymous>[A-Za-z0-9]{1,20})|(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d{1,20}))"
    r"_(?P<upload>\d{1,20})_(?P<file>.+)",
    re.S,
)
AGAIN = re.compile(r"(.*?)(?:-(\d{1,6})|\s?\((\d{1,6})\))?")
NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
NOT_IN_FRONT = ". =+-@＝＋－＠'"  # hidden files, options of commands, formulas of spreadsheets
NAME_BYTES = 120


@dataclass(frozen=True)
class Upload:
    """What a path in the zip says: who, and about this file."""

    student: str
    file: str
    late: bool = False
    upload: int = 0  # Canvas counts uploads: a larger number came later
    online: bool = False  # text typed into Moodle, no file

    @property
    def again(self) -> int:
        """The number that browsers and Canvas put behind a name which is there already; 0 for none."""
        match = AGAIN.fullmatch(self.stem)
        return int((match and (match[2] or match[3])) or 0)

    @property
    def stem(self) -> str:
        """The file's name without folders and suffix."""
        return self.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    def is_called(self, session: str) -> bool:
        """Whether the file has the session's name, but for a number behind it."""
        match = AGAIN.fullmatch(self.stem)
        return match is not None and match[1].casefold() == session.casefold()


def parse_upload(path: str) -> Upload | None:
    """Take a path in a zip apart; None when neither Moodle nor Canvas wrote it."""
    first, _, rest = path.partition("/")
    match = MOODLE_NAME.fullmatch(first)
    if match:
        student = f"{safe_name(match['name'])}_{match['id']}"
        return Upload(student, rest or match["file"], online=match["kind"] == "onlinetext")
    match = CANVAS_NAME.fullmatch(path.rsplit("/", 1)[-1])
    if match is None:
        return None
    if match["anonymous"]:
        return Upload(f"anon_{match['anonymous']}", match["file"], upload=int(match["upload"]))
    student = f"{safe_name(match['name'])}_{match['id']}"
    return Upload(student, match["file"], late=match["late"] is not None, upload=int(match["upload"]))


def safe_name(name: str) -> str:
    """A person's name as part of a file name: one line, no separators, no formula, nothing invisible."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    text = NOT_IN_NAMES.sub("_", " ".join(text.split())).lstrip(NOT_IN_FRONT).rstrip(". ")
    return text.encode("utf-8")[:NAME_BYTES].decode("utf-8", "ignore") or "unnamed"
