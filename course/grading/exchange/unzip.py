"""Safe unzipping of an archive that anybody may have filled.

Nothing in it decides where a file is written or how much is read.
What cannot be taken is refused with a reason, file by file. A file is read to its end before it is used, and
no more than `FILE_LIMIT` bytes of it; all files together no more than `TOTAL_LIMIT`.
"""

import contextlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.errors import UsageError
from course.notebooks.document import LIMIT_BYTES

FILE_LIMIT = LIMIT_BYTES  # what `course grade` reads of a notebook
TOTAL_LIMIT = 4 * 2**30
MOST_FILES = 100_000
MOST_RATIO = 200  # unpacked to packed; notebooks stay below 50
UNSUSPECTED = 2**20  # a file of this size may be packed as small as it likes
UTF8 = 0x800
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Member:
    """A file in a zip: its decoded path, and its bytes or the reason why it was not read."""

    path: str
    content: bytes | None
    refused: str = ""


def members(path: Path, suffix: str = ".ipynb") -> Iterator[Member]:
    """The files of a zip in their order; only those that end with `suffix` are read.

    Raises:
        UsageError: it is no zip that can be read, or the whole is larger than the limits.
    """
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise UsageError(f"ZIP={str(path)!r}: there is no such file") from None
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise UsageError(f"ZIP={str(path)!r} is no zip that can be read ({str(error)[:100]})") from None
    with archive:
        entries = [info for info in archive.infolist() if not info.orig_filename.endswith("/")]
        if len(entries) > MOST_FILES:
            raise UsageError(f"ZIP={str(path)!r} holds {len(entries):,} files, at most {MOST_FILES:,}")
        total = 0
        for info in entries:
            name = decoded_name(info)
            refused = _trouble(info, name, suffix)
            content = None
            if not refused:
                content, refused = _read(archive, info)
                total += len(content or b"")
            if total > TOTAL_LIMIT:
                raise UsageError(f"ZIP={str(path)!r} unpacks to more than {TOTAL_LIMIT / 2**30:g} GiB")
            yield Member(name, content, refused)


def decoded_name(info: zipfile.ZipInfo) -> str:
    """The path as its author wrote it. Many programs write UTF-8 and forget to say so."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _trouble(info: zipfile.ZipInfo, name: str, suffix: str) -> str:
    """Why an entry is not even opened; "" when there is no reason."""
    parts = name.split("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if "\0" in name:
        return "its name holds a NUL"
    if ".." in parts or parts[0] == "" or parts[0][1:2] == ":":
        return "its path leads out of the zip"
    if kind not in (0, stat.S_IFREG):
        return "a link" if kind == stat.S_IFLNK else "not a regular file"
    if any(part in ("__MACOSX", ".ipynb_checkpoints") for part in parts) or parts[-1].startswith("."):
        return "written by a program, not by a person"
    if name.lower().endswith((".zip", ".tar", ".gz", ".7z", ".rar")):
        return "an archive in the zip; look into it by hand"
    if not name.lower().endswith(suffix):
        return "not a notebook"
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "packed in a way that Moodle and Canvas do not use"
    if info.file_size > FILE_LIMIT:
        return f"larger than {FILE_LIMIT // 2**20} MiB"
    if info.file_size > max(UNSUSPECTED, MOST_RATIO * info.compress_size):
        return f"unpacks to more than {MOST_RATIO} times its packed size"
    return ""


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[bytes | None, str]:
    try:
        with archive.open(info) as file:
            content = file.read(FILE_LIMIT + 1)  # what the zip says about sizes may be a lie
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        return None, f"cannot be unpacked ({(str(error).splitlines() or ['damaged'])[0][:80]})"
    if len(content) > FILE_LIMIT:
        return None, f"larger than {FILE_LIMIT // 2**20} MiB"
    return content, ""
