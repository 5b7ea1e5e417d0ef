"""Safe unzipping of an archive that anybody may have filled, and the same list of a folder's files.

Nothing in a zip decides where a file is written or how much is read. What cannot be taken is refused with a
reason, file by file. A file is read to its end before it is used, and no more than `FILE_LIMIT` bytes of it;
all files together no more than `TOTAL_LIMIT`. A zip in a zip is opened too, as if it were a folder.
"""

import contextlib
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.errors import UsageError
from course.notebooks.document import LIMIT_BYTES

from ..submission.files import notebook_stem

FILE_LIMIT = LIMIT_BYTES  # what `course grade` reads of a notebook
TOTAL_LIMIT = 4 * 2**30
MOST_FILES = 100_000
INNER_LIMIT, INNER_FILES = 256 * 2**20, 20_000  # of a zip in a zip or folder, packed and unpacked
DEEPEST = 2  # a zip in a zip in a zip
MOST_RATIO = 200  # unpacked to packed; notebooks stay below 50
UNSUSPECTED = 2**20  # a file of this size may be packed as small as it likes
UTF8 = 0x800
ENCRYPTED = 0x1
ZIP, ARCHIVES = ".zip", (".tar", ".gz", ".tgz", ".7z", ".rar", ".xz", ".bz2")
BY_PROGRAM = "written by a program, not by a person"
NO_NOTEBOOK = "not a notebook"
OF_PROGRAMS = (
    *("__MACOSX", "__pycache__", "node_modules", "site-packages"),
    *("Thumbs.db", "desktop.ini", "Icon\r", "timestamp.txt"),  # the last is nbgrader's
)
TABLES = ("collected.csv", "left_aside.csv")  # what `course collect` writes
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error)


@dataclass(frozen=True)
class Member:
    """A file in a zip or folder: its path, and its bytes or the reason why it is not taken.

    Only notebooks, Python files and `TABLES` have bytes; those of a folder are read later, and have neither.
    """

    path: str
    content: bytes | None
    refused: str = ""


@dataclass
class _Budget:
    """What may still be read of a zip, with all that it holds."""

    shown: str
    most_files: int
    most_bytes: int
    files: int = 0
    size: int = 0

    def spend(self, files: int = 0, size: int = 0) -> None:
        """Count files and bytes; UsageError when there are too many."""
        self.files, self.size = self.files + files, self.size + size
        if self.files > self.most_files:
            raise UsageError(f"{self.shown} holds {self.files:,} files, at most {self.most_files:,}")
        if self.size > self.most_bytes:
            raise UsageError(f"{self.shown} unpacks to more than {self.most_bytes / 2**30:g} GiB")


def members(path: Path, name: str = "ZIP") -> Iterator[Member]:
    """The files of a zip in their order.

    Args:
        name: of the argument that errors name.

    Raises:
        UsageError: it is no zip that can be read, or the whole is larger than the limits.
    """
    shown = f"{name}={str(path)!r}"
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise UsageError(f"{shown}: there is no such file") from None
    except DAMAGED as error:
        raise UsageError(f"{shown} is no zip that can be read ({str(error)[:100]})") from None
    with archive:
        yield from _of_archive(archive, "", _Budget(shown, MOST_FILES, TOTAL_LIMIT), 0)


def folder_members(folder: Path, name: str = "ZIP") -> Iterator[Member]:
    """The files of a folder, sorted; no link is followed. Zips in it are opened."""
    budget = _Budget(f"{name}={str(folder)!r}", MOST_FILES, TOTAL_LIMIT)  # of the zips in it
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(inner for inner in folders if not by_program(inner))
        for file in sorted(files):
            path = Path(here, file)
            shown = path.relative_to(folder).as_posix()
            if file.lower().endswith(ZIP) and not by_program(file):
                yield from _opened(path, shown, budget)
            else:
                yield Member(shown, None, _kind_refused(shown))


def by_program(name: str) -> bool:
    """Whether a file or folder of this name was put there by a program, such as macOS or Jupyter."""
    hidden = name.startswith((".", "~$")) and "_assignsubmission_" not in name  # a person's name may be odd
    return hidden or name in OF_PROGRAMS


def decoded_name(info: zipfile.ZipInfo) -> str:
    """The path as its author wrote it, without "./". Many programs write UTF-8 and forget to say so."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part != ".") or name


def _of_archive(archive: zipfile.ZipFile, outer: str, budget: _Budget, depth: int) -> Iterator[Member]:
    entries = [info for info in archive.infolist() if not info.orig_filename.endswith("/")]
    budget.spend(files=len(entries))
    for info in entries:
        name = decoded_name(info)
        refused, content = _refused(info, name), None
        if not refused:
            content, refused = _read(archive, info, INNER_LIMIT if name.lower().endswith(ZIP) else FILE_LIMIT)
            budget.spend(size=len(content or b""))
        if content is not None and name.lower().endswith(ZIP):
            yield from _opened(io.BytesIO(content), f"{outer}{name}", budget, depth + 1)
        else:
            yield Member(f"{outer}{name}", content, refused)


def _opened(source: Path | io.BytesIO, name: str, budget: _Budget, depth: int = 1) -> Iterator[Member]:
    """The files of a zip that lies in a zip or folder, below its own name."""
    if depth > DEEPEST:
        yield Member(name, None, "an archive in an archive in an archive; look into it by hand")
        return
    inner = _Budget("the archive", INNER_FILES, INNER_LIMIT)
    try:
        if isinstance(source, Path) and (source.is_symlink() or not source.is_file()):
            raise OSError("not a regular file")
        with zipfile.ZipFile(source) as archive:
            read = list(_of_archive(archive, f"{name}/", inner, depth))
    except (*DAMAGED, UsageError) as error:
        yield Member(name, None, f"an archive in the zip that cannot be read ({str(error)[:80]})")
        return
    budget.spend(inner.files, inner.size)
    yield from read or [Member(name, None, "an archive with nothing in it")]


def _refused(info: zipfile.ZipInfo, name: str) -> str:
    """Why an entry is not even opened; "" when there is no reason."""
    parts = name.split("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if "\0" in name:
        return "its name holds a NUL"
    if ".." in parts or parts[0] == "" or parts[0][1:2] == ":":
        return "its path leads out of the zip"
    if kind not in (0, stat.S_IFREG):
        return "a link" if kind == stat.S_IFLNK else "not a regular file"
    if (refused := _kind_refused(name)) and not (refused != BY_PROGRAM and name.lower().endswith(ZIP)):
        return refused
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in a way that Moodle and Canvas do not use"
    limit = INNER_LIMIT if name.lower().endswith(ZIP) else FILE_LIMIT
    if info.file_size > limit:
        return f"larger than {limit // 2**20} MiB"
    if info.file_size > max(UNSUSPECTED, MOST_RATIO * info.compress_size):
        return f"unpacks to more than {MOST_RATIO} times its packed size"
    return ""


def _kind_refused(path: str) -> str:
    """Why a file of this name is neither notebook nor module."""
    *folders, name = path.split("/")
    if by_program(name) or any(map(by_program, folders)):
        return BY_PROGRAM
    if name.lower().endswith(ARCHIVES):
        return "an archive that is no zip; look into it by hand"
    return "" if notebook_stem(name) or name.endswith(".py") or name in TABLES else NO_NOTEBOOK


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> tuple[bytes | None, str]:
    try:
        with archive.open(info) as file:
            content = file.read(limit + 1)  # what the zip says about sizes may be a lie
    except DAMAGED as error:
        return None, f"cannot be unpacked ({(str(error).splitlines() or ['damaged'])[0][:80]})"
    if len(content) > limit:
        return None, f"larger than {limit // 2**20} MiB"
    return content, ""
