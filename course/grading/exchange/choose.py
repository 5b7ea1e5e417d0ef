"""Choice of the notebook that counts, out of all files that a student handed in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..submission.files import notebook_stem
from .platform import Upload
from .unzip import BY_PROGRAM, NO_NOTEBOOK, Member

GIVEN = ("lectures", "solutions")  # folders of the course: what lies there is no answer
MODULE_NAME = re.compile(r"[^\W\d]\w{0,63}\.py")  # what `import` can name
ANOTHER_COUNTS = "another file of this student counts"
NOT_HANDED_OUT = "lies among the lectures and solutions, not the exercises"

File = tuple[Upload, Member]


@dataclass
class Choice:
    """What counts of a student's files: the notebook (None when there is none) and the modules beside it.

    `notebooks` is how many there were; `aside` says of every other file that could have been meant, why it
    does not count.
    """

    notebook: File | None = None
    modules: dict[str, Member] = field(default_factory=dict)
    notebooks: int = 0
    aside: list[tuple[str, str]] = field(default_factory=list)


def choose(files: Iterable[File], session: str, others: Iterable[str] = ()) -> Choice:
    """Choose among the files of one student.

    Of several notebooks, one that is called like the session wins, then the one handed in last: the largest
    number behind the name, then Canvas's larger upload number, then the later name. Lectures and notebooks of
    other sessions lie there rightly where a student hands in the whole course; in another session's folder
    this one's notebook counts when there is no other.

    Args:
        others: the names of the other sessions.
    """
    names = {other.casefold() for other in others} - {session.casefold()}
    given = [(upload, member) for upload, member in files if member.refused != BY_PROGRAM]
    files = [
        (upload, member)
        for upload, member in given
        if not _folders_of(upload, session) & names
        or (notebook_stem(upload.name) and upload.likeness(session) == 3)
    ]
    choice, ranked = Choice(), []
    for place, (upload, member) in enumerate(files):
        if _is_candidate(upload, member, session):
            of_another = upload.plain_stem in names or bool(_folders_of(upload, session) & names)
            inside = session.casefold() in _folders(upload)
            number = (upload.attempt, upload.upload)
            rank = (not of_another, inside, upload.likeness(session), *number, member.path, place)
            ranked.append((rank, (upload, member)))
    ranked.sort(key=lambda item: item[0])
    choice.notebooks = len(ranked)
    if ranked:
        *lesser, (best, choice.notebook) = ranked
        competing = [member for rank, (_, member) in lesser if rank[0] == best[0]]
        choice.aside += [(member.path, ANOTHER_COUNTS) for member in competing]
        choice.modules = _modules_beside(choice.notebook[0], given)
    taken = {member.path for _, (_, member) in ranked} | {m.path for m in choice.modules.values()}
    for upload, member in files:
        if member.path not in taken:
            why = NOT_HANDED_OUT if notebook_stem(upload.name) and not member.refused else NO_NOTEBOOK
            if why == NO_NOTEBOOK or not ranked:
                choice.aside.append((member.path, member.refused or why))
    return choice


def _folders_of(upload: Upload, session: str) -> set[str]:
    """The folders that a file lies in, below the student's own and above the session's."""
    folders = _folders(upload)
    return set() if session.casefold() in folders else folders


def _folders(upload: Upload) -> set[str]:
    return {folder.casefold() for folder in upload.file.split("/")[:-1]}


def _is_candidate(upload: Upload, member: Member, session: str) -> bool:
    """Whether this is a notebook that a student may have worked in."""
    if member.refused or not notebook_stem(upload.name):
        return False
    return not _folders_of(upload, session) & set(GIVEN)


def _modules_beside(notebook: Upload, files: list[File]) -> dict[str, Member]:
    """The Python files in the notebook's folder, by the name that `import` needs; the last one of each."""
    folder, modules = notebook.file.rpartition("/")[0], {}
    for upload, member in files:
        if upload.name.endswith(".py") and upload.file.rpartition("/")[0] == folder and not member.refused:
            name = upload.name
            if upload.attempt:  # Canvas: helper-1.py was handed in again
                name = re.sub(r"(-\d+| ?\(\d+\))\.py$", ".py", name)
            rank = (upload.attempt, upload.upload)
            if MODULE_NAME.fullmatch(name) and rank >= modules.get(name, (rank, None))[0]:
                modules[name] = (rank, member)
    return {name: member for name, (_, member) in sorted(modules.items())}
