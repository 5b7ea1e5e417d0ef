"""Notebook viewer: an executed notebook as data for a page that is safe to open.

Code, text and outputs become escaped text. Of pictures only PNGs of a sane size are shown; HTML, SVG,
scripts, widgets and whatever asks for another file are left out; the text beside them stands in their place.
"""

import re
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from course.notebooks.safe_outputs import is_safe_png

from ..record.gradebook import CONTROL

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONGEST = 20_000  # characters of one output


@dataclass(frozen=True)
class Output:
    """What a cell showed: text, or a PNG in base64."""

    text: str = ""
    png: str = ""
    error: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell: its text, whether a student wrote it, and what it showed."""

    id: str
    code: bool
    source: str
    student: bool = False
    outputs: list[Output] = field(default_factory=list)


def parse_executed(text: str) -> NotebookNode:
    """An executed notebook from the text of its file, which the grader wrote; it is not validated again."""
    return nbformat.v4.reads(text)


def view(notebook: NotebookNode) -> list[Cell]:
    """The cells of an executed notebook, without anything that could run or load."""
    return [
        Cell(
            clean_lines(cell.get("id", "")),
            cell.cell_type == "code",
            clean_code(cell.source),
            "student" in cell.metadata.get("tags", ()),
            [shown for output in cell.get("outputs", []) if (shown := _output(output))],
        )
        for cell in notebook.cells
    ]


def clean_lines(text: object) -> str:
    """Text of several lines without colors of a terminal, control characters and text-direction tricks."""
    lines = ANSI.sub("", str(text)).expandtabs(4).split("\n")
    return "\n".join(CONTROL.sub(" ", line.rstrip("\r").rsplit("\r", 1)[-1]).rstrip() for line in lines)


def clean_code(source: str) -> str:
    """Code as `clean_lines` has text; a carriage return ends a line, as for Python, and hides nothing."""
    return clean_lines(source.replace("\r\n", "\n").replace("\r", "\n"))


def _output(output: dict) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        return _text(output.get("text"))
    if kind == "error":
        trace = output.get("traceback")
        lines = (
            trace if isinstance(trace, list) and trace else [f"{output.get('ename')}: {output.get('evalue')}"]
        )
        return _text("\n".join(map(str, lines)), error=True)
    data = output.get("data")
    if not isinstance(data, dict):
        return None
    png = _joined(data.get("image/png")).replace("\n", "")
    if is_safe_png(png):
        return Output(png=png)
    if data.get("text/plain"):
        return _text(data["text/plain"])
    return Output(f"({', '.join(sorted(map(str, data)))[:200]}: not shown here)") if data else None


def _text(text: object, error: bool = False) -> Output:
    plain = clean_lines(_joined(text)[: 4 * LONGEST])
    more = f"\n… {len(plain) - LONGEST:,} characters more" if len(plain) > LONGEST else ""
    return Output(plain[:LONGEST] + more, error=error)


def _joined(text: object) -> str:
    """The text of an output, which nbformat allows to be a list of lines."""
    return "".join(map(str, text)) if isinstance(text, list) else text if isinstance(text, str) else ""
