"""The first page: for whom the course is, how to install it, and a card a session.

What the README says, it says once: the page takes the paragraph "For whom" and each session's sentence from
there. A card's picture is a stored one of the lecture.
"""

import base64
import re
from dataclasses import dataclass
from html import escape

from nbformat import NotebookNode

COVER = "cover"  # tag of the cell whose picture stands for the lecture
LEAST_COVER = (480, 150)  # width and height in pixels of a picture that can, where no cell is tagged
AUDIENCE = re.compile(r"^\*\*For whom:\*\*.*?(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Card:
    """A session as the first page shows it.

    Attributes:
        title: of the lecture.
        pages: names of its pages, such as "lectures/06_optimizers", in reading order.
        sentence: what a reader will do; may be empty.
        picture: address of the picture within the book, and its alternative text; None where there is none.
    """

    title: str
    pages: tuple[str, ...]
    sentence: str = ""
    picture: tuple[str, str] | None = None


def audience(readme: str) -> str:
    """The README's paragraph that says for whom the course is, and how long it takes; empty without one."""
    match = AUDIENCE.search(readme)
    return match[0] if match else ""


def sentence(readme: str, stem: str) -> str:
    """What the README's table says that a reader of a session will do: the last column of its row."""
    link = rf"\]\(lectures/{stem}\.ipynb\)"
    row = re.search(rf"^\|[^|\n]*\|[^|\n]*{link}\s*\|([^|\n]+)\|\s*$", readme, re.MULTILINE)
    return f"You will {row[1].strip()}." if row else ""


def cover(lecture: NotebookNode) -> tuple[bytes, str] | None:
    """A picture that stands for a lecture, with its alternative text: the tagged one, or the first."""
    pictures = [
        (COVER in cell.metadata.get("tags", []), output)
        for cell in lecture.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    chosen = [output for tagged, output in pictures if tagged] or [o for _, o in pictures if _is_wide(o)]
    if not chosen:
        return None
    png = base64.b64decode("".join(chosen[0].data["image/png"]))
    return png, chosen[0].metadata.get("image/png", {}).get("alt", "")


def _is_wide(output: NotebookNode) -> bool:
    shown = output.metadata.get("image/png", {})
    return shown.get("width", 0) >= LEAST_COVER[0] and shown.get("height", 0) >= LEAST_COVER[1]


def index(title: str, cards: list[Card], documents: list[str], repository: str, readme: str) -> str:
    """The first page as Markdown.

    Args:
        title: the heading.
        cards: the sessions in their order.
        documents: names of the pages from docs/, such as "docs/glossary".
        repository: the address to install from; empty when there is none.
        readme: the text of the README; empty when there is none.
    """
    lines = [f"# {title}", "", INTRODUCTION, "", audience(readme), ""]
    install = f"`pip install git+{repository}`" if repository else "`pip install WHEEL-OR-CHECKOUT`"
    whose = "" if repository else ": a wheel or a checkout that your instructor names"
    more = " [For students](docs/students.md) has each step." if "docs/students" in documents else ""
    lines += [INSTALL.format(install=install, whose=whose) + more, ""]
    if repository:
        lines += [COLAB.format(repository=repository), ""]
    lines += ["## Sessions", "", '<div class="sessions">', *map(_drawn, cards), "</div>", ""]
    pages = [_entry(card.title, page) for card in cards for page in card.pages]
    for caption, names, hidden in (("Sessions", pages, True), ("To look up", documents, False)):
        if names:
            options = [":hidden:"] if hidden else []
            lines += [] if hidden else [f"## {caption}", ""]
            lines += ["```{toctree}", ":maxdepth: 1", f":caption: {caption}", *options, "", *names, "```", ""]
    return "\n".join(lines)


def _entry(title: str, page: str) -> str:
    """A line of the table of contents; solutions, and titles that hold markup, keep their own titles."""
    plain = bool(title) and not re.search(r"[<>`\\\n]", title)
    return f"{title} <{page}>" if plain and page.startswith("lectures/") else page


def _drawn(card: Card) -> str:
    """A card as HTML on one line: the picture, the title, the sentence, and a link to each page."""
    first, *others = card.pages
    image = ""
    if card.picture:
        address, words = card.picture
        image = f'<img src="{escape(address)}" alt="{escape(" ".join(words.split()))}" loading="lazy">'
    link = f'<a href="{first}.html"><b>{escape(card.title or first)}</b></a>'
    more = "".join(f' <a href="{page}.html">Exercise, with folded answers</a>' for page in others)
    text = f"<span>{escape(card.sentence)}</span>" if card.sentence else ""
    return f'<div class="session">{image}{link}{text}{more}</div>'


INTRODUCTION = """A course on deep learning for images. Each session is a lecture, which measures what it
claims, and an exercise, which knows the typical mistakes. The pages show stored outputs: nothing runs here.
An explorer shows one picture; to move its controls, and to solve the exercises, install the course."""

INSTALL = """**Install the course.** With Python 3.11 or newer: {install}{whose}. Then
`course start my-course` lays out lectures and exercises in a folder, and `course lab` opens them in
JupyterLab."""

COLAB = """The rocket at the top of a page opens its notebook in Binder, or in Colab where the repository
allows. Binder installs the course by itself; on Colab, run this in a first cell:

```
%pip install git+{repository}
```"""
