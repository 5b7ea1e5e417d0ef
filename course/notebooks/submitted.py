"""Reader of notebooks that students hand in: what they wrote, and nothing else of the file.

Of a cell there remain type, text, id and nbgrader's grade_id. Outputs, attachments and other metadata are
dropped before anything looks at them: to check them against nbformat's schema, let alone to find its best
words for what is wrong with them, can take minutes and gigabytes. Older formats are read, too.

The time for a file of `LIMIT_BYTES` and the memory for what is in it are bounded by counting, before it is
parsed, what costs most: brackets and texts.
"""

import hashlib
import json
import re

from nbformat import NotebookNode

from course.errors import NotebookError

from .document import LIMIT_BYTES

MOST_CELLS = 2000  # a session has less than a hundred
MOST_BRACKETS, MOST_QUOTES = 1_000_000, 4_000_000
KINDS = {"code": "code", "raw": "raw"}  # of what was once "html" or "heading", Markdown was made


def parse_submission(content: bytes) -> NotebookNode:
    """The notebook that these bytes are: nbformat 4.5, cells without outputs, every id unique.

    Raises:
        NotebookError: too large, empty, not JSON, not a notebook, or of more than `MOST_CELLS` cells; one
            line that names no file.
    """
    if len(content) > LIMIT_BYTES:
        raise NotebookError(f"is larger than {LIMIT_BYTES // 2**20} MiB")
    if not content.strip():
        raise NotebookError("is empty")
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS or content.count(b'"') > MOST_QUOTES:
        raise NotebookError("is not a notebook (it holds too many values)")
    try:
        cells = _cells(json.loads(content.decode("utf-8-sig")))
        if len(cells) > MOST_CELLS:
            raise NotebookError(f"has {len(cells):,} cells; at most {MOST_CELLS:,} are read")
        named = _named(cells)
    except RecursionError:
        raise NotebookError("is not a notebook (nested too deep)") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise NotebookError(f"is not a notebook ({reason})") from None
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=named)


def _cells(notebook: object) -> list[dict]:
    """The cells as they stand in the file, whatever its format."""
    if not isinstance(notebook, dict):
        raise TypeError("it is no JSON object")
    version = notebook.get("nbformat", 1)
    if type(version) is not int or not 1 <= version <= 4:
        raise ValueError(f"its nbformat is {str(version)[:20]}, not 4")
    if version == 4:
        cells = notebook.get("cells")
    else:
        cells = [cell for sheet in notebook.get("worksheets", [notebook]) for cell in sheet["cells"]]
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise TypeError("it has no list of cells")
    return cells


def _named(cells: list[dict]) -> list[NotebookNode]:
    """What a student wrote; a missing or doubled id is made from the cell's place and text."""
    read, seen = [], set()
    for place, cell in enumerate(cells):
        source = _source(cell)
        name = cell.get("id")
        if not isinstance(name, str) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) or name in seen:
            name = hashlib.sha256(f"{place}\n{source}".encode()).hexdigest()[:16]
        seen.add(name)
        kind = KINDS.get(str(cell.get("cell_type")), "markdown")
        made = NotebookNode(cell_type=kind, id=name, source=source, metadata=_metadata(cell))
        if kind == "code":
            made |= {"outputs": [], "execution_count": None}
        read.append(made)
    return read


def _source(cell: dict) -> str:
    source = cell.get("source", cell.get("input", ""))
    text = "".join(source) if isinstance(source, list) else source
    if not isinstance(text, str):
        raise TypeError("the text of a cell is no text")
    text.encode("utf-8")  # half a character (a surrogate) cannot be sent to a kernel
    return text


def _metadata(cell: dict) -> NotebookNode:
    nbgrader = cell["metadata"].get("nbgrader") if isinstance(cell.get("metadata"), dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return NotebookNode(nbgrader=NotebookNode(grade_id=name)) if isinstance(name, str) else NotebookNode()
