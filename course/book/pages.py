"""What a notebook looks like as a page of the book: the same cells, with solutions folded away.

The notebook's file stays as it is, so that a reader downloads what the course keeps; only what Sphinx reads
of it changes, between file and page.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from course.notebooks.cells import BEGIN_SOLUTION, END_SOLUTION, role
from course.notebooks.contract import CLAIM

FOLDS = {  # role of a cell: what its fold says
    "answer": "Show the answer",
    "versions": "Show typical mistakes, and odd but right answers",
    "hidden": "Show what belongs to the answer",
}
OUTSIDE = re.compile(r"\[([^\[\]]+)\]\(\.\./(?!lectures/|solutions/|exercises/|docs/)([\w./-]+)(#[^)\s]*)?\)")
NOTEBOOK_LINK = re.compile(r"\[([^\[\]]+)\]\(([\w./]+)\.ipynb(?:#[^)\s]*)?\)")
CLAIM_FOLD = "Show how this is checked"


def page(folder: str, stem: str, text: str, also: set[str]) -> str:
    """The text of a notebook as Sphinx shall read it.

    Args:
        folder: "lectures" or "solutions".
        stem: the session, such as "06_optimizers".
        text: the notebook's file.
        also: the folders in which this session has a notebook too, for links.
    """
    notebook = json.loads(text)
    notebook["metadata"].setdefault("language_info", {})["pygments_lexer"] = "ipython3"
    cells = notebook["cells"]
    if folder == "solutions":
        notebook["cells"] = [*cells[:1], *_note(stem, also), *(folded(cell) for cell in cells[1:])]
    else:
        notebook["cells"] = [*(folded_claim(cell) for cell in cells), *_onward(stem, also)]
    return json.dumps(notebook)


def folded(cell: dict) -> dict:
    """A cell of a solution; what would give the answer away stands in a fold."""
    source = "".join(cell["source"])
    kind = role(_Cell(cell, source))
    if kind not in FOLDS:
        return folded_claim(cell)
    if cell["cell_type"] == "markdown":
        text = f"<details>\n<summary>{FOLDS[kind]}</summary>\n\n{source}\n\n</details>"
        return cell | {"source": text}
    lines = [line for line in source.split("\n") if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)]
    return cell | {"source": "\n".join(lines), "metadata": _hidden_input(cell, FOLDS[kind])}


def folded_claim(cell: dict) -> dict:
    """A cell whose input is folded away if it checks a claim; its output, the checked sentence, is shown."""
    if cell["cell_type"] != "code" or CLAIM not in cell["metadata"].get("tags", []):
        return cell
    return cell | {"metadata": _hidden_input(cell, CLAIM_FOLD)}


def _hidden_input(cell: dict, prompt: str) -> dict:
    """The cell's metadata with a fold over its input, which says `prompt`."""
    tags = [*cell["metadata"].get("tags", []), "hide-input"]
    return cell["metadata"] | {"tags": tags, "mystnb": {"code_prompt_show": prompt}}


class _Cell:
    """The four things that `role` asks of a cell."""

    def __init__(self, cell: dict, source: str):
        self.cell_type, self.metadata, self.source, self.id = (
            cell["cell_type"],
            cell["metadata"],
            source,
            cell.get("id", ""),
        )


def _markdown(name: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _note(stem: str, also: set[str]) -> Iterator[dict]:
    if "exercises" in also:
        text = (
            f"Try it yourself first: {{download}}`the exercise <../exercises/{stem}.ipynb>`. "
            "Here every answer is folded away; open what you want to compare with."
        )
        yield _markdown("book-note", text)


def _onward(stem: str, also: set[str]) -> Iterator[dict]:
    links = []
    if "exercises" in also:
        links.append(f"* {{download}}`The exercise of this session <../exercises/{stem}.ipynb>`, a notebook")
    if "solutions" in also:
        links.append(f"* [The exercise with folded answers](../solutions/{stem}.ipynb)")
    if links:
        yield _markdown("book-onward", "\n".join(["## Now you", "", *links]))


def resolve_links(text: str, folder: str, left_out: list[str], elsewhere: str = "") -> str:
    """Markdown in which links to exercises download them, and links to what the book leaves out are words.

    Args:
        folder: where the text lies, such as "docs": links start there.
        left_out: names of notebooks, such as "lectures/06_optimizers".
        elsewhere: the address at which readers find other files of the repository, with "/" at its end;
            links to them are words where there is none.
    """

    def words(link: re.Match) -> str:
        way = link[2] if link[2].startswith("../") else f"../{folder}/{link[2]}"
        if way.removeprefix("../") in left_out:
            return link[1]
        is_file = way.startswith("../exercises/")  # which has no page
        return f"{{download}}`{link[1]} <{way}.ipynb>`" if is_file else link[0]

    def outside(link: re.Match) -> str:
        return f"[{link[1]}]({elsewhere}{link[2]}{link[3] or ''})" if elsewhere else link[1]

    return NOTEBOOK_LINK.sub(words, OUTSIDE.sub(outside, text))


def described_pictures(text: str) -> dict[str, dict]:
    """Alternative text and width of each picture, by the SHA-256 of the picture, which is its file's name."""
    pictures = {}
    for cell in json.loads(text)["cells"]:
        for output in cell.get("outputs", []):
            said = output.get("metadata", {}).get("image/png")
            if said and "image/png" in output.get("data", {}):
                png = base64.b64decode("".join(output["data"]["image/png"]))
                pictures[hashlib.sha256(png).hexdigest()] = said
    return pictures


def index(title_text: str, entries: list[str], documents: list[str], repository: str) -> str:
    """The first page: what the book is, and the order of its pages.

    Args:
        title_text: the heading.
        entries: the names of the sessions' pages, in reading order, such as "lectures/06_optimizers".
        documents: the names of the pages from docs/, such as "docs/glossary".
        repository: the address to install from; empty when there is none.
    """
    lines = [f"# {title_text}", "", INTRODUCTION, ""]
    if repository:
        lines += [COLAB.format(repository=repository), ""]
    for caption, names in (("Sessions", entries), ("To look up", documents)):
        if names:
            lines += ["```{toctree}", ":maxdepth: 1", f":caption: {caption}", "", *names, "```", ""]
    return "\n".join(lines)


def names_of(path: Path) -> tuple[str, str]:
    """Folder and stem of a notebook's path."""
    return path.parent.name, path.stem


INTRODUCTION = """A course on deep learning for images. Each session is a lecture, which measures what it
claims, and an exercise. The pages show stored outputs: nothing runs here. An explorer shows one picture; to
move its controls, download the notebook with the button at the top of its page, and open it
in JupyterLab."""

COLAB = """The rocket at the top of a page opens its notebook in Binder, or in Colab where the repository
allows. Binder installs the course by itself; on Colab, run this in a first cell:

```
%pip install git+{repository}
```"""
