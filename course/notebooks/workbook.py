"""Workbook layout: the mirrored stems in three folders are the only register."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import course
from course.errors import UsageError, unknown_name

FOLDERS = ("lectures", "solutions", "exercises")


@dataclass(frozen=True)
class Workbook:
    """A folder that holds lectures/, solutions/ and exercises/."""

    root: Path

    def path(self, folder: str, stem: str) -> Path:
        """The path of a notebook, whether it exists or not."""
        return self.root / folder / f"{stem}.ipynb"

    def stems(self, folder: str) -> list[str]:
        """The stems of the notebooks in a folder, sorted."""
        return sorted(path.stem for path in (self.root / folder).glob("*.ipynb"))

    def find(self, folder: str, stem: str) -> Path:
        """The path of an existing notebook.

        Raises:
            UsageError: there is no such notebook; the line lists those that there are.
        """
        if stem not in self.stems(folder):
            raise UsageError(unknown_name("session", stem, self.stems(folder)))
        return self.path(folder, stem)

    @property
    def public_answers(self) -> Path:
        """The folder with the answers for seed 0, one JSON file a session.

        In the course's own checkout they lie in its package, elsewhere beside the exercises.
        """
        package = self.root / "course" / "questions"
        return (package if package.is_dir() else self.root / "exercises") / "public"


def chosen(stems: list[str], names: Sequence[str]) -> list[str]:
    """The stems that begin with one of these names, such as "06"; all when none is named.

    Raises:
        UsageError: no stem begins with a name; the line lists them all.
    """
    for name in names:
        if not any(stem.startswith(name) for stem in stems):
            raise UsageError(unknown_name("session", name, stems))
    return [stem for stem in stems if not names or stem.startswith(tuple(names))]


def library_of(root: Path) -> Path:
    """The library that the lectures of a workbook quote: its own course/, or else the installed one."""
    return root / "course" if (root / "course").is_dir() else Path(course.__file__).parent


def find_workbook(start: Path | None = None) -> Workbook:
    """The workbook that `start` (the current folder) stands in.

    Raises:
        UsageError: neither this folder nor one above it holds lectures/, solutions/ and exercises/.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if all((folder / name).is_dir() for name in FOLDERS):
            return Workbook(folder)
    raise UsageError(
        f"{start} is not inside a workbook: no folder above it holds {', '.join(FOLDERS)}; "
        "change into your checkout of the course"
    )
