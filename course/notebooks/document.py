"""Notebook reader and writer: one normal form of .ipynb, so that a diff shows what a person changed.

1. nbformat 4.5, keys sorted, one space of indent, a newline at the end, no blanks behind code.
2. Every cell has an id that stays; a missing or doubled one is made from the cell's position and text.
3. Metadata keeps what the course and Jupyter need, and no timings, versions or view states.
4. Executed cells are counted 1, 2, 3 … in reading order.
5. JupyterLab folds the code of claims, whose sentences stand below it.
"""

import hashlib
import json
import os
import re
import tempfile
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course.errors import NotebookError

from .contract import CLAIM, has

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_METADATA = ("course", "deletable", "editable", "jupyter", "nbgrader", "tags")
LIMIT_BYTES = 20 * 2**20
# told which bytes a file is about to hold; `written.Record` notes them, for the moment after may never come
before_replacing: ContextVar[Callable[[Path, bytes], None]] = ContextVar(
    "before_replacing", default=lambda path, raw: None
)


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of ours or of a student.

    What JupyterLab opens is read, though a tool has left out an output, doubled an id or added a key.

    Raises:
        NotebookError: missing, no regular file, too large, not JSON, or not a notebook.
    """
    try:
        return parse_notebook(_read_bytes(path))
    except NotebookError as error:
        raise NotebookError(f"{path}: {error}") from None
    except FileNotFoundError:
        raise NotebookError(f"{path}: there is no such file") from None
    except OSError as error:
        raise NotebookError(f"{path}: cannot be read ({error.strerror})") from None


def parse_notebook(content: bytes) -> NotebookNode:
    """The notebook that these bytes of a file are; as `read_notebook`.

    Raises:
        NotebookError: too large, empty, not JSON, or not a notebook; its text names no file.
    """
    if len(content) > LIMIT_BYTES:
        raise NotebookError(f"is larger than {LIMIT_BYTES // 2**20} MiB")
    if not content.strip():
        raise NotebookError("is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.convert(nbformat.reader.reads(content.decode("utf-8-sig")), 4)
            _mend(notebook)
            nbformat.validate(notebook, relax_add_props=True)
    except RecursionError:
        raise NotebookError("is not a notebook (nested too deep)") from None
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise NotebookError(f"is not a notebook ({reason})") from None
    return notebook


def _mend(notebook: NotebookNode) -> None:
    """Give every cell what nbformat 4.5 asks for, ids above all; what a cell has, it keeps."""
    seen: set[str] = set()
    for position, cell in enumerate(notebook.cells):
        cell.source.encode("utf-8")  # half a character (a surrogate) cannot be sent to a kernel
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(cell.get("id", ""))) or cell.id in seen:
            cell.id = hashlib.sha256(f"{position}\n{cell.source}".encode()).hexdigest()[:8]
        seen.add(cell.id)
        if cell.cell_type == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
    notebook.nbformat_minor = 5


def _read_bytes(path: Path) -> bytes:
    """At most one byte more than is allowed."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise NotebookError("is not a regular file")
    with open(path, "rb") as file:
        return file.read(LIMIT_BYTES + 1)


def normalize(notebook: NotebookNode) -> NotebookNode:
    """A copy of the notebook in normal form."""
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    kept = {key: notebook.metadata[key] for key in ("course",) if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}, **kept}
    )
    for cell in notebook.cells:
        cell.source = plain_source(cell)
    _mend(notebook)
    executed = 0
    for cell in notebook.cells:
        metadata = {
            key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key) not in (None, [], {})
        }
        if has(cell, CLAIM):
            metadata["jupyter"] = {"source_hidden": True}
        cell.metadata = nbformat.from_dict(metadata)
        if cell.cell_type == "code":
            executed += cell.execution_count is not None
            cell.execution_count = executed if cell.execution_count is not None else None
            _normalize_outputs(cell)
    return notebook


def plain_source(cell: NotebookNode) -> str:
    """A cell's text without blanks behind code and empty lines around it."""
    lines = cell.source.replace("\r\n", "\n").split("\n")
    # Two blanks at the end of a line of Markdown are a line break; behind code they are nothing.
    return "\n".join(line.rstrip() if cell.cell_type == "code" else line for line in lines).strip("\n")


def _normalize_outputs(cell: NotebookNode) -> None:
    for output in cell.outputs:
        output.pop("transient", None)
        if output.output_type == "execute_result":
            output.execution_count = cell.execution_count
        for name, text in output.get("data", {}).items():
            if name == "image/png" and isinstance(text, str):
                output.data[name] = text.strip()


def to_text(notebook: NotebookNode) -> str:
    """The notebook as the text of its file, in normal form."""
    plain = json.loads(nbformat.writes(normalize(notebook)))
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def held(path: Path) -> bytes:
    """The bytes of a file; none when there is no file."""
    return path.read_bytes() if path.is_file() else b""


class ChangedMeanwhileError(NotebookError):
    """Somebody saved the file between our reading and our writing."""


def write_notebook(notebook: NotebookNode, path: Path, seen: bytes | None = None) -> bool:
    """Write a notebook in normal form; as `write_text`."""
    return write_text(to_text(notebook), path, seen)


def write_text(text: str, path: Path, seen: bytes | None = None) -> bool:
    """Write a file whole or not at all: whoever reads the path sees the old file or the new one, never half.

    Args:
        seen: what the file held when it was read; None replaces it whatever it holds by now.

    Returns:
        Whether the file changed.

    Raises:
        ChangedMeanwhileError: the file no longer holds `seen`; it is left.
    """
    raw = text.encode("utf-8", "backslashreplace")  # half a character ends no run; in JSON it stays the same
    if path.is_file() and path.read_bytes() == raw:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".aside-")
    try:
        with open(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o644)
        if seen is not None and held(path) != seen:
            raise ChangedMeanwhileError(f"{path.name} was saved meanwhile; it is left as it is")
        before_replacing.get()(path, raw)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return True
