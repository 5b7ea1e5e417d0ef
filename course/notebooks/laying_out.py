"""Installer of a handout in a student's folder, and updater, which leaves what the student wrote.

The folder's .course.json says what each file was when it was given. A file that still says so is replaced by
its newer form; one that a person wrote into stays, and the newer form stands beside it as NAME.new.ipynb.
Outputs are not writing: a lecture that was only run is replaced.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path

from course.errors import NotebookError, UsageError

from .cells import role
from .document import held, parse_notebook, plain_source, write_text
from .handout import RECORD, SHOWN, Handout, unlinked
from .written import digest, listed, questions_below, text_digest

BORN = (2026, 1, 1, 0, 0, 0)  # the date of every file in a zip, so that equal content is an equal zip

NOT_OURS = "{path} is not as course release wrote it; move it, or name a new folder"


@dataclass(frozen=True)
class Given:
    """A file as it was given: hashes of its bytes, of a notebook's text, and of each cell by its id."""

    bytes: str = ""
    text: str = ""
    cells: dict[str, str] = field(default_factory=dict)


@dataclass
class LaidOut:
    """What a call did to a folder.

    Attributes:
        before: the version that stood there; empty when there was none.
        new, renewed: names of files that were written.
        kept: a sentence for each file that a person wrote into and that has a newer form.
    """

    before: str = ""
    new: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def lay_out(handout: Handout, folder: Path, update: bool = False) -> LaidOut:
    """Write a handout into a folder, new or not; every file that a person wrote stays.

    Args:
        update: the folder holds an earlier handout, and must.

    Raises:
        UsageError: the folder holds the course already, or does not; it is a workbook with solutions.
    """
    version, record = read_record(folder)
    if (folder / "solutions").is_dir() and all((folder / name).is_dir() for name in SHOWN):
        raise UsageError(f"FOLDER={str(folder)!r} is a workbook with solutions; name another folder")
    if update and not record:
        raise UsageError(f"FOLDER={str(folder)!r} holds no course yet; leave --update out")
    if record and not update:
        raise UsageError(f"FOLDER={str(folder)!r} holds the course already; add --update for what is new")
    done = LaidOut(version)
    for name, content in sorted(handout.files.items()):
        _lay(folder, name, content, record, done)
    files = {name: asdict(given) for name, given in record.items()}
    write_text(json.dumps({"version": handout.version, "files": files}, indent=1) + "\n", folder / RECORD)
    return done


def _lay(folder: Path, name: str, content: bytes, record: dict[str, Given], done: LaidOut) -> None:
    path, fresh, old = folder / name, given(name, content), record.get(name, Given())
    record[name] = fresh
    if not path.exists():
        _write(path, content)
        done.new.append(name)
        return
    theirs = given(name, held(path))
    if theirs.bytes == fresh.bytes or (theirs.text and theirs.text == fresh.text != old.text):
        return
    only_run = theirs.text and theirs.text == old.text
    if theirs.bytes == old.bytes or (only_run and fresh.text != old.text):
        _write(path, content)
        done.renewed.append(name)
    elif not only_run and (fresh.text or fresh.bytes) != (old.text or old.bytes):
        if theirs.text and fresh.text and _differs_in_links(path, name, content, old, fresh):
            return
        beside = _beside(folder, name, fresh, record)
        _write(folder / beside, content)
        record[beside] = fresh
        done.kept.append(_sentence(path, Path(beside).name, name, content, old, fresh))


def _differs_in_links(path: Path, name: str, content: bytes, old: Given, fresh: Given) -> bool:
    """Whether what is new is only which other notebooks it links to, as in a release of more sessions."""
    changed = [key for key, text in fresh.cells.items() if old.cells.get(key) != text]
    theirs, newer = (
        {cell.id: unlinked(plain_source(cell), name) for cell in parse_notebook(raw).cells}
        for raw in (held(path), content)
    )
    same = bool(changed) and old.cells.keys() == fresh.cells.keys()
    return same and all(theirs.get(key) == newer[key] for key in changed)


def _write(path: Path, content: bytes) -> None:
    try:
        write_text(content.decode("utf-8"), path)
    except UnicodeDecodeError:  # a picture
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _beside(folder: Path, name: str, fresh: Given, record: dict[str, Given]) -> str:
    """A name beside a file, NAME.new.ipynb, that is free or holds an earlier form nobody wrote into."""
    path, number = Path(name), 1
    while True:
        word = "new" if number == 1 else f"new-{number}"
        beside = path.with_name(f"{path.stem}.{word}{path.suffix}").as_posix()
        there = given(beside, held(folder / beside)) if (folder / beside).exists() else None
        known = record.get(beside)
        if there is None or there.bytes == fresh.bytes or (known and there.bytes == known.bytes):
            return beside
        number += 1


def _sentence(path: Path, beside: str, name: str, content: bytes, old: Given, fresh: Given) -> str:
    stands = f"the newer one stands beside it: {beside}"
    if not fresh.text:
        return f"{name} stays as you wrote it; {stands}"
    notebook, theirs, base = parse_notebook(content), given(name, held(path)), old.cells or fresh.cells
    written = {key for key, text in theirs.cells.items() if base.get(key) != text}
    answers = [
        cell.id
        for cell in notebook.cells
        if cell.id in written and cell.metadata.get("nbgrader", {}).get("solution")
    ]
    holds = f", with your answers ({listed(questions_below(answers, notebook))})" if answers else ""
    begins = {cell.id for cell in notebook.cells if role(cell) == "begin"}  # it names the release's answers
    other = [key for key, text in fresh.cells.items() if old.cells and old.cells.get(key) != text]
    changed = [key for key in other if key not in begins]
    parts = [f"it changes {listed(questions_below(changed, notebook))}"] if changed else []
    gone = len(old.cells.keys() - fresh.cells.keys())
    parts += (
        [f"{gone} cell{'s' * (gone > 1)} of the old one {'are' if gone > 1 else 'is'} gone"] if gone else []
    )
    return "; ".join([f"{name} stays as you wrote it{holds}", stands, *parts])


def given(name: str, content: bytes) -> Given:
    """The hashes of a file; without those of cells where it is no notebook."""
    whole = hashlib.sha256(content).hexdigest()[:16]
    if not name.endswith(".ipynb"):
        return Given(whole)
    try:
        notebook = parse_notebook(content)
    except NotebookError:
        return Given(whole)
    cells = {cell.id: text_digest(plain_source(cell)) for cell in notebook.cells if cell.source.strip()}
    return Given(whole, digest(notebook), cells)


def read_record(folder: Path) -> tuple[str, dict[str, Given]]:
    """The version in a folder and what each file was when it was given; nothing of a damaged record."""
    try:
        stored = json.loads(held(folder / RECORD) or b"{}")
        return str(stored["version"]), {name: Given(**entry) for name, entry in stored["files"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", {}


def find_laid_out(start: Path) -> Path:
    """The folder, this one or the nearest above it, in which a handout was laid out.

    Raises:
        UsageError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / RECORD).is_file():
            return folder
    raise UsageError(f"{start}: neither here nor above was a course laid out; name the folder")


@contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """The folder of a release, given as a folder or as a zip.

    Raises:
        UsageError: it is neither.
    """
    if source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(source) as archive:
                archive.extractall(folder)
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"--from={str(source)!r} is no folder and no zip of course release") from error
        folders = sorted(Path(folder).rglob("exercises"))
        # __MACOSX holds macOS's own twin of each file
        holds = [path.parent for path in folders if "__MACOSX" not in path.parts]
        yield holds[0] if holds else Path(folder)


def give_away(handout: Handout, folder: Path) -> Path:
    """Write a release, and beside it FOLDER.zip. Returns the path of the zip.

    Raises:
        UsageError: the folder or the zip holds something that `course release` did not write.
    """
    archive = folder if folder.name else folder.resolve()
    archive = archive.with_name(f"{archive.name}.zip")
    _, record = read_record(folder)
    if folder.exists() and any(folder.iterdir()) and not record:
        raise UsageError(f"OUT={str(folder)!r} holds something else than a release; name a new folder")
    for name, old in record.items():
        if (folder / name).exists() and given(name, held(folder / name)).bytes != old.bytes:
            raise UsageError(NOT_OURS.format(path=folder / name))
    if archive.exists() and _unzipped(archive) != _contents(folder, archive.stem, [*record, RECORD]):
        raise UsageError(NOT_OURS.format(path=archive))
    for name in record.keys() - handout.files.keys():  # a session that is no longer given away
        (folder / name).unlink(missing_ok=True)
    lay_out(handout, folder, update=bool(record))
    archive.write_bytes(_zip(_contents(folder, archive.stem, [*handout.files, RECORD])))
    return archive


def _contents(folder: Path, top: str, names: Iterable[str]) -> dict[str, bytes]:
    return {f"{top}/{name}": held(folder / name) for name in sorted(names)}


def _zip(contents: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, BORN), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unzipped(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return {}
