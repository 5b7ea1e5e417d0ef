"""The welcome notebook: the course's order, how far each session is, and links that open the notebooks.

It is written anew by every `course lab`, into build/, which git does not track. Its one code cell reads the
states again, and its stored output shows them before anything runs. In a page with a person's notes, that
output alone is renewed.
"""

import os
from pathlib import Path
from urllib.parse import quote

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.errors import NotebookError
from course.notebooks.document import held, read_notebook, write_notebook
from course.notebooks.written import PAGE, put_aside, stamp, untouched

from .progress import Progress, read_all

WELCOME = Path("build") / "welcome.ipynb"
GREETING = """# Welcome to the course

Read a lecture, then solve its exercise: fill in the cells that say `# YOUR CODE HERE`, and run the question
below. In every notebook run the cells at the top first.

The table shows what your saved notebooks show. After you have saved one, click the table and press
Shift-Enter."""
BAR = 10  # blocks of a full bar
CODE = "from course.lab.welcome import overview\n\noverview()"


def write_welcome(place: Path) -> Path:
    """Write the welcome notebook of a folder that holds exercises/. Returns its path."""
    path = place / WELCOME
    path.parent.mkdir(exist_ok=True)
    ignore = path.parent / ".gitignore"
    if not ignore.exists():  # a student's folder may be a repository of its own, without our .gitignore
        ignore.write_text("*\n", "utf-8")
    text = table(read_all(place), path.parent)
    output = new_output("display_data", {"text/markdown": text, "text/plain": text})
    overview_cell = new_code_cell(CODE, id="overview", outputs=[output], execution_count=1)
    overview_cell.metadata.jupyter = {"source_hidden": True}
    page = new_notebook(cells=[new_markdown_cell(GREETING, id="welcome"), overview_cell])
    stamp(page, PAGE)
    write_notebook(_with_notes(path, page), path)
    return path


def _with_notes(path: Path, page: NotebookNode) -> NotebookNode:
    """The page as a person wrote into it, with today's table; the fresh page when nobody did."""
    if not held(path).strip():
        return page
    try:
        theirs = read_notebook(path)
    except NotebookError:
        put_aside(path)
        return page
    if untouched(theirs, PAGE, page):
        return page
    fresh = page.cells[1]
    for cell in theirs.cells:
        if cell.cell_type == "code" and cell.source == fresh.source:
            cell.outputs = fresh.outputs
    return theirs


def table(sessions: list[Progress], folder: Path) -> str:
    """The table as Markdown, with links relative to the folder of the page that shows it; the sum below."""
    lines = ["| session | lecture | exercise | points | |", "|---|---|---|---|---|"]
    here = next((item for item in sessions if item.exercise and not item.trouble and not item.done), None)
    for item in sessions:
        lecture, exercise = (
            f"[{word}]({_address(path, folder)})" if path else ""
            for word, path in (("read", item.lecture), ("solve", item.exercise))
        )
        lecture += f": {plain(item.lecture_state)}" if item.lecture_state else ""
        mark = "**← go on here**" if item is here else ""
        lines.append(f"| {plain(item.title)} | {lecture} | {exercise} | {plain(item.state)} | {mark} |")
    points, earned = sum(item.points for item in sessions), sum(item.earned for item in sessions)
    return "\n".join([*lines, "", f"{bar(earned, points)} {earned} of {points} points"])


def bar(earned: int, points: int) -> str:
    """A progress bar of ten blocks; it is full only when every point is earned.

    >>> bar(12, 18)
    '██████░░░░'
    """
    full = BAR * earned // points if points else 0
    return "█" * full + "░" * (BAR - full)


def overview() -> None:
    """Show the table again, in the welcome notebook itself."""
    from IPython.display import Markdown, display

    folder = Path.cwd()
    display(Markdown(table(read_all(folder.parent), folder)))


def plain(text: str) -> str:
    """Text that Markdown shows as it is: a title comes from a notebook, and may hold anything."""
    escaped = "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+!|~$&" else letter for letter in text)
    return " ".join(escaped.split())


def _address(path: Path, folder: Path) -> str:
    return quote(Path(os.path.relpath(path, folder)).as_posix())
