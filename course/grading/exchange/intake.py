"""Intake: whose is every file that lies in SUBMISSIONS, and which one is graded.

STUDENT/06_optimizers/06_optimizers.ipynb    nbgrader's tree: a folder a student
STUDENT.ipynb                                a file a student; STUDENT (1).ipynb or STUDENT-Copy1.ipynb beside
                                             it is the same student's
STUDENT/…/any name.ipynb, STUDENT.zip        a folder or zip a student, however the notebook is called
Ann Lee_1234_assignsubmission_file_/…        what Moodle's zip holds, unpacked; Canvas's likewise
collected.csv                                when it was handed in, if `course collect` wrote it:
                                             student, handed_in (ISO 8601), days_late

SUBMISSIONS may be a zip of all this, or one notebook. What a program put there (__MACOSX, .DS_Store) is
nobody's. Every other file that is not graded and might have been meant is left aside, with the reason.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from course.errors import UsageError

from ..submission.files import Submission, notebook_stem
from .canvas import PLATFORM as CANVAS
from .choose import GIVEN, File, choose
from .collect import LEFT_ASIDE, read_left_aside, rows_of
from .moodle import PLATFORM as MOODLE
from .platform import Upload
from .unzip import BY_PROGRAM, NO_NOTEBOOK, TABLES, ZIP, Member, by_program, folder_members, members

MARKS = "collected.csv"
COPY_OF = re.compile(r"(.+)(?: \(\d{1,6}\)|-Copy\d{1,6})", re.S)  # a browser's, JupyterLab's
SUBMITTED = "submitted"  # nbgrader's folder of submitted/STUDENT/SESSION/
DEEPEST = 3  # folders around a class
LIKE_A_SESSION = (
    "called like a session, not like a student: whose is it? If SUBMISSIONS is one student's folder, name "
    "the folder around it"
)
MOST_NAMED = 3  # files in the reason of somebody without a notebook


@dataclass
class Intake:
    """A class: its submissions by student, and (path, why) of what was left aside.

    `collected` are those that `course collect` had left aside beside a notebook that counts, and that could
    not have been one.
    """

    submissions: list[Submission] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)
    collected: list[tuple[str, str]] = field(default_factory=list)


def find_submissions(place: Path, session: str, others: Iterable[str] = ()) -> list[Submission]:
    """The submissions of `take_in`."""
    return take_in(place, session, others).submissions


def take_in(place: Path, session: str, others: Iterable[str] = ()) -> Intake:
    """Find all submissions of a session in a folder, a zip, or one file.

    Args:
        others: the names of the other sessions, whose notebooks may lie in a student's folder.

    Raises:
        UsageError: nothing of that is there, or `collected.csv` is not as above.
    """
    files = [member for member in _listed(place) if member.refused != BY_PROGRAM]
    outer = _outer(files, session, {*others, session})
    folder = place / outer if place.is_dir() else place
    inside = [
        (_composed(member.path.removeprefix(outer)), member)
        for member in files
        if member.path.startswith(outer)
    ]
    intake = Intake(
        aside=[(member.path, NO_NOTEBOOK) for member in files if not member.path.startswith(outer)]
    )
    students: dict[str, list[File]] = {name: [] for name in _folders(folder)}
    canvas = _is_canvas([path for path, _ in inside])
    flat = {notebook_stem(path) for path, _ in inside if "/" not in path}
    for path, member in inside:
        upload = _owner(path, canvas)
        if upload is not None and (plain := _copied_name(upload, path, flat)):
            students.setdefault(plain, []).insert(0, (replace(upload, student=plain), member))
        elif upload is not None:
            students.setdefault(upload.student, []).append((upload, member))
        elif path not in TABLES:
            intake.aside.append((member.path, member.refused or _why_nobodys(path)))
    if not students:
        raise UsageError(
            f"SUBMISSIONS={str(place)!r} holds neither STUDENT.ipynb nor STUDENT/{session}/{session}.ipynb"
            + (f", only other files, such as {intake.aside[0][0]}" if intake.aside else "")
        )
    tables = {path: _text(member, place) for path, member in inside if path in TABLES}
    marks = _read_marks(tables.get(MARKS, ""), folder / MARKS)
    called = {name.casefold() for name in (session, *others)} if len(students) > 1 else set()
    before = read_left_aside(tables.get(LEFT_ASIDE, ""), students)
    intake.aside += before.pop("", [])
    for student, uploads in sorted(students.items()):
        submission = _submission(student, uploads, place, folder, (session, others), intake, before)
        if student.casefold() in called:
            submission = replace(submission, note=LIKE_A_SESSION)
        handed_in, days_late = marks.get(student, ("", float(any(upload.late for upload, _ in uploads))))
        intake.submissions.append(replace(submission, handed_in=handed_in, days_late=days_late))
    return intake


def _listed(place: Path) -> list[Member]:
    """All files, with the bytes of those that lie in a zip."""
    if place.is_dir():
        return list(folder_members(place, "SUBMISSIONS"))
    if not place.is_file() or not (place.name.lower().endswith(ZIP) or notebook_stem(place.name)):
        raise UsageError(f"SUBMISSIONS={str(place)!r} is no folder, no zip and no notebook")
    if notebook_stem(place.name):
        return [Member(place.name, None)]
    return list(members(place, "SUBMISSIONS"))


def _outer(files: list[Member], session: str, sessions: set[str]) -> str:
    """The folders that lie around the whole class, such as "submissions/"; "" for none."""
    outer = ""
    for _ in range(DEEPEST):
        paths = [member.path.removeprefix(outer) for member in files if member.path.startswith(outer)]
        meant = [path for path in paths if "/" in path or _can_be_graded(path)]  # no list of names beside it
        tops = {path.partition("/")[0] for path in meant}
        if len(tops) != 1 or not all("/" in path for path in meant) or set(paths) & set(TABLES):
            break
        top = tops.pop()
        below = [path.removeprefix(f"{top}/") for path in meant]
        of_nbgrader = top == SUBMITTED and all("/" in path for path in below)
        if MOODLE.parse_upload(top) or not (of_nbgrader or _is_class(below, sessions)):
            break
        outer += f"{top}/"
    return outer


def _is_class(paths: list[str], sessions: set[str]) -> bool:
    """Whether these are the submissions of several students, not the files of one.

    One student's folder holds folders of the course, or notebooks most of which are called like its sessions.
    """
    if any(path in TABLES or MOODLE.parse_upload(path) for path in paths) or _is_canvas(paths):
        return True
    own = {name.casefold() for name in (*sessions, *GIVEN, "exercises")}
    notebooks = [PurePosixPath(path).parts for path in paths if notebook_stem(path.rsplit("/", 1)[-1])]
    folders = {parts[0] for parts in notebooks if len(parts) > 1}
    if any(folder.casefold().removesuffix(ZIP) in own for folder in folders):
        return False
    direct = [Upload(notebook_stem(parts[0]), parts[0]) for parts in notebooks if len(parts) == 1]
    flat = {upload.student for upload in direct}
    direct = [upload for upload in direct if not _copied_name(upload, upload.file, flat)]
    of_course = sum(any(upload.likeness(name) > 1 for name in sessions) for upload in direct)
    return len(folders) + len(direct) - of_course > max(of_course, 1)


def _folders(folder: Path) -> list[str]:
    """Students who have a folder, perhaps an empty one. A link is one too: it is refused when it is read."""
    if not folder.is_dir():
        return []
    entries = (entry for entry in folder.iterdir() if entry.is_dir() and not by_program(entry.name))
    names = [_composed(entry.name) for entry in entries]
    return [upload.student for name in names if (upload := _owner(f"{name}/", False))]


def _can_be_graded(path: str) -> bool:
    """Whether it is named like a notebook, or a zip that was not opened."""
    name = path.rsplit("/", 1)[-1]
    return notebook_stem(name) is not None or name.lower().endswith(ZIP)


def _is_canvas(paths: list[str]) -> bool:
    """Whether Canvas named all notebooks. One of somebody else may look so by chance, but then not all do."""
    paths = [path for path in paths if path not in TABLES]
    paths = [path for path in paths if _can_be_graded(path)] or paths
    uploads = [CANVAS.parse_upload(path) for path in paths]
    if not uploads or not all(uploads) or not all(any(map(str.isalpha, u.student)) for u in uploads):
        return False
    tops = {path.split("/")[0] for path in paths}
    return len({(upload.student, upload.upload) for upload in uploads}) == len(tops)


def _owner(path: str, canvas: bool) -> Upload | None:
    """Whose a file is; None when that cannot be said."""
    upload = MOODLE.parse_upload(path) or (CANVAS.parse_upload(path) if canvas else None)
    if upload is not None:
        return upload
    top, slash, below = path.partition("/")
    stem = notebook_stem(top)
    if stem is None and top.lower().endswith(ZIP):
        stem = top[: -len(ZIP)]
    if slash:
        return Upload(stem or top, below) if top not in ("", "..") else None  # leads out of a zip
    return Upload(stem, top) if stem else None


def _copied_name(upload: Upload, path: str, flat: set[str | None]) -> str | None:
    """Whose notebook "ben (1).ipynb" or "ben-Copy1.ipynb" is where ben.ipynb lies beside it; else None."""
    name, original = upload.student, None
    while upload.file == path and (match := COPY_OF.fullmatch(name)) and match[1] in flat:
        name = original = match[1]
    return original


def _composed(text: str) -> str:
    """One way to write a name: macOS and its programs take é apart into e and an accent."""
    return unicodedata.normalize("NFC", text)


def _why_nobodys(path: str) -> str:
    if path.endswith(".py"):
        return "whose module it is cannot be said; put it beside the notebook, in a folder STUDENT/"
    return NO_NOTEBOOK


def _submission(
    student: str,
    files: list[File],
    place: Path,
    folder: Path,
    sessions: tuple[str, Iterable[str]],
    intake: Intake,
    before: dict[str, list[tuple[str, str]]],
) -> Submission:
    """What is graded of a student's files; what else might have been meant goes aside."""
    session = sessions[0]
    files = [
        (
            upload,
            replace(member, refused="text typed into Moodle, not a notebook") if upload.online else member,
        )
        for upload, member in files
    ]
    choice = choose(files, *sessions)
    choice.aside += before.get(student, [])
    if choice.notebook is None:
        intake.aside += choice.aside
        path = folder / student / session / f"{session}.ipynb"
        return Submission(student, path, root=place, note=_lies_there(choice.aside))
    intake.aside += [(path, why) for path, why in choice.aside if why != NO_NOTEBOOK]
    intake.collected += [(path, why) for path, why in before.get(student, []) if why == NO_NOTEBOOK]
    upload, member = choice.notebook
    well_named = upload.stem == student or upload.likeness(session) == 3
    return Submission(
        student,
        place / member.path if place.is_dir() else place,
        root=place if place.is_dir() else None,
        content=member.content,
        modules={
            name: place / module.path if module.content is None else module.content
            for name, module in choice.modules.items()
        },
        note="" if well_named else f"handed in as {upload.name}",
    )


def _lies_there(aside: list[tuple[str, str]]) -> str:
    """What somebody without a notebook did hand in."""
    if not aside:
        return ""
    named = [f"{path.rsplit('/', 1)[-1]} ({why})" for path, why in aside[:MOST_NAMED]]
    more = f" and {len(aside) - MOST_NAMED} more" if len(aside) > MOST_NAMED else ""
    return f"{', '.join(named)}{more} {'lies' if len(aside) == 1 else 'lie'} there"


def _text(member: Member, place: Path) -> str:
    """What a table holds; half a character does not end the grading of a class."""
    content = (place / member.path).read_bytes() if member.content is None else member.content
    return content.decode("utf-8-sig", "replace")


def _read_marks(text: str, path: Path) -> dict[str, tuple[str, float]]:
    """When each student handed in, and how many days late; nobody is late without such a table."""
    marks = {}
    for number, row in enumerate(rows_of(text), start=2):
        try:
            days = float(row.get("days_late") or 0)
            marks[_composed(row["student"])] = (row.get("handed_in") or "", max(days, 0.0))
            if not math.isfinite(days):
                raise ValueError
        except (KeyError, TypeError, ValueError):
            line = f"{path}: line {number} must have student, handed_in and days_late, a number"
            raise UsageError(line) from None
    return marks
