"""Overwrite protection: how a command knows that a file is still as the course wrote it.

A notebook that the course writes for a person carries a hash of its cells' texts in its metadata:

    course.released    an exercise, by `course build`
    course.run         an executed lecture, by `course run`
    course.page        the welcome page, by `course lab`

While the hash fits, nobody wrote into it; outputs and empty cells do not count. `Record` does the same for
the other files of a folder, in its written.json.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nbformat import NotebookNode

from course.errors import NotebookError

from .cells import asked
from .document import before_replacing, held, plain_source, read_notebook, write_text

RELEASED, RUN, PAGE = "released", "run", "page"
OVERWRITE = "course build --overwrite"


def digest(notebook: NotebookNode) -> str:
    """A hash of what the cells say, in their order."""
    texts = [
        [cell.cell_type, plain_source(cell), *([cell.attachments] if cell.get("attachments") else [])]
        for cell in notebook.cells
        if cell.source.strip()
    ]
    return text_digest(json.dumps(texts))


def text_digest(text: str) -> str:
    """A short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamp(notebook: NotebookNode, key: str) -> None:
    """Write the hash into a notebook's metadata."""
    notebook.metadata.setdefault("course", NotebookNode())[key] = digest(notebook)


def untouched(notebook: NotebookNode, key: str, fresh: NotebookNode | None = None) -> bool:
    """Whether nobody wrote into a notebook: its hash fits, or it says what the fresh one says."""
    course = notebook.metadata.get("course")
    carried = course.get(key) if isinstance(course, dict) else None
    return digest(notebook) in (carried, fresh and digest(fresh))


def written_in(path: Path, released: NotebookNode) -> str | None:
    """What keeps an exercise from being replaced, in words; None when nothing does.

    Args:
        released: the exercise as its solution gives it today.
    """
    if not held(path).strip():
        return None
    try:
        exercise = read_notebook(path)
    except NotebookError as error:
        return str(error).removeprefix(f"{path}: ")
    return None if untouched(exercise, RELEASED, released) else f"holds {_words(exercise, released)}"


def _words(exercise: NotebookNode, released: NotebookNode) -> str:
    ours = {cell.id: cell for cell in released.cells}
    changed = [
        cell.id
        for cell in exercise.cells
        if cell.source.strip() and (cell.id not in ours or plain_source(cell) != plain_source(ours[cell.id]))
    ]
    solved = [
        name for name in changed if name in ours and ours[name].metadata.get("nbgrader", {}).get("solution")
    ]
    if solved:
        return f"a person's answers ({listed(questions_below(solved, released))})"
    return f"cells that a person changed ({listed(changed)})" if changed else "less than was released"


def questions_below(ids: list[str], released: NotebookNode) -> list[str]:
    """The question that follows each of these cells, or the cell where none follows."""
    questions = {item.cell_id: item.name for item in asked(released)}
    names, place = [], {cell.id: number for number, cell in enumerate(released.cells)}
    for name in ids:
        below = (questions.get(cell.id) for cell in released.cells[place[name] :])
        names.append(next(filter(None, below), name))
    return list(dict.fromkeys(names))


def listed(names: list[str], most: int = 5) -> str:
    """The first names, with commas, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def put_aside(path: Path) -> Path:
    """Give a file another name beside its own, NAME.kept-1.EXT. Returns the new path."""
    number = 1
    while (kept := path.with_name(f"{path.stem}.kept-{number}{path.suffix}")).exists():
        number += 1
    path.rename(kept)
    return kept


class Record:
    """Hashes of the files that a command wrote into a folder, kept there in written.json.

    Until `save` they stand in written.new, each before its file appears: a command that is killed knows its
    files again.

    Attributes:
        files: the hashes, by the path within the folder, or by the whole path for a file elsewhere.
        kept: what `keeping` put aside.
    """

    def __init__(self, folder: Path):
        self.folder, self.path = folder.resolve(), folder / "written.json"
        self.journal = folder / "written.new"
        self.kept: list[Path] = []
        self.files: dict[str, str] = {}
        with suppress(ValueError, TypeError):
            self.files |= dict(json.loads(held(self.path) or b"{}"))
        self._known = {(name, made) for name, made in self.files.items()}
        for line in (held(self.journal) or b"").splitlines():
            with suppress(ValueError, TypeError):  # half a line
                name, made = json.loads(line)
                self._known.add((name, made))
                if self._hash(self.folder / name) == made:  # it came to that
                    self.files[name] = made

    def ours(self, path: Path) -> bool:
        """Whether a file is not there, or as the command left it."""
        return not path.exists() or (self._key(path), self._hash(path)) in self._known

    def knows(self, path: Path) -> bool:
        """Whether the command wrote a file there before, whatever it holds now."""
        return self._key(path) in {name for name, _ in self._known}

    def note(self, path: Path) -> None:
        """Remember a file as it is now."""
        name = self._key(path)
        self.files[name] = self._hash(path)
        self._expect(name, self.files[name])

    def _expect(self, name: str, made: str) -> None:
        """Know a file with this hash as ours from now on, whatever ends this process."""
        if (name, made) not in self._known:
            self._known.add((name, made))
            with self.journal.open("a", encoding="utf-8") as file:
                file.write("\n" + json.dumps([name, made]) + "\n")

    def save(self) -> None:
        """Write written.json."""
        write_text(json.dumps(self.files, indent=1, sort_keys=True) + "\n", self.path)
        self.journal.unlink(missing_ok=True)

    @contextmanager
    def keeping(self, path: Path) -> Iterator[None]:
        """Inside, a file is written or removed; one that a person changed is put aside before."""
        aside = None if self.ours(path) else put_aside(path)
        told = before_replacing.set(lambda file, raw: self._expect(self._key(file), _hash_of(raw)))
        try:
            yield
        finally:
            before_replacing.reset(told)
        if aside is not None and held(path) == held(aside):
            aside.unlink()
        elif aside is not None:
            self.kept.append(aside)
        if path.exists():
            self.note(path)

    def _key(self, path: Path) -> str:
        whole = Path(os.path.abspath(path.parent.resolve() / path.name))
        return whole.relative_to(self.folder).as_posix() if whole.is_relative_to(self.folder) else str(whole)

    @staticmethod
    def _hash(path: Path) -> str:
        return _hash_of(path.read_bytes()) if path.is_file() else ""


def _hash_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
