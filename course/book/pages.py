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
from types import SimpleNamespace

from course.notebooks.cells import BEGIN_SOLUTION, END_SOLUTION, role, versions
from course.notebooks.contract import CLAIM

SHOW, HIDE = "Show", "Hide"  # what a fold says when it is shut, and when it is open
FOLDED = ("answer", "versions", "hidden")  # roles of the cells of a solution that would give the answer away
EQUIVALENT = "equivalent"  # tag of a text about changes that leave an answer right
IMPORTS = re.compile(r"((from|import)\b[^\n]*\s*)+")
ANNOUNCEMENT = re.compile(r"\*[^*\n]+\*")  # a line in italics that says what the folds below it say too
OUTSIDE = re.compile(r"\[([^\[\]]+)\]\(\.\./(?!lectures/|solutions/|exercises/|docs/)([\w./-]+)(#[^)\s]*)?\)")
NOTEBOOK_LINK = re.compile(r"\[([^\[\]]+)\]\(([\w./]+)\.ipynb(?:#[^)\s]*)?\)")
CLAIM_FOLD = "how this is checked"


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
        shown = (folded(cell) for cell in cells[1:] if not is_empty(cell))
        notebook["cells"] = [*cells[:1], *_note(stem, also), *shown]
    else:
        notebook["cells"] = [*(folded_claim(cell) for cell in cells), *_onward(stem, also)]
    return json.dumps(notebook)


def is_empty(cell: dict) -> bool:
    """Whether a hidden cell of a solution tells a reader nothing: it imports, or announces what follows."""
    text = _source(cell).strip()
    told = IMPORTS if cell["cell_type"] == "code" else ANNOUNCEMENT
    return role(_Cell(cell)) == "hidden" and bool(told.fullmatch(text))


def folded(cell: dict) -> dict:
    """A cell of a solution; what would give the answer away stands in a fold, which says what it holds."""
    source, kind = _source(cell), role(_Cell(cell))
    if kind not in FOLDED or _is_claim(cell):
        return folded_claim(cell)
    held = contents(cell, kind)
    if cell["cell_type"] == "markdown":
        titles = (
            f'<p class="{state} admonition-title">{word} {held}</p>'
            for state, word in (("collapsed", SHOW), ("expanded", HIDE))
        )
        head = f'<details class="admonition hide">\n<summary>{"".join(titles)}</summary>'
        return cell | {"source": f"{head}\n\n{source}\n\n</details>"}
    lines = [line for line in source.split("\n") if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)]
    return cell | {"source": "\n".join(lines), "metadata": _hidden_input(cell, held)}


def contents(cell: dict, kind: str) -> str:
    """What the fold of a cell holds, in words that follow "Show" and "Hide"."""
    if kind == "answer":
        return "the answer"
    if kind == "hidden" and cell["cell_type"] == "markdown":
        equivalent = EQUIVALENT in cell["metadata"].get("tags", [])
        return "which changes leave the answer right" if equivalent else "a note on the answer"
    if kind == "hidden":
        return "code that the mistakes below share"
    variants = len(re.findall(r"^@variant\(", _source(cell), re.MULTILINE))
    mistakes = versions(SimpleNamespace(cells=[_Cell(cell)])).total() - variants  # one hint counts once
    parts = [_several(mistakes, "typical mistake")] if mistakes else []
    return " and ".join([*parts, *([_several(variants, "odd but right answer")] if variants else [])])


def _several(number: int, thing: str) -> str:
    return f"{number} {thing}s" if number > 1 else f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def folded_claim(cell: dict) -> dict:
    """A cell whose input is folded away if it checks a claim; its output, the checked sentence, is shown."""
    return cell | {"metadata": _hidden_input(cell, CLAIM_FOLD)} if _is_claim(cell) else cell


def _is_claim(cell: dict) -> bool:
    return cell["cell_type"] == "code" and CLAIM in cell["metadata"].get("tags", [])


def _source(cell: dict) -> str:
    return "".join(cell["source"])


def _hidden_input(cell: dict, held: str) -> dict:
    """The cell's metadata with a fold over its input, which says what it holds."""
    tags = [*cell["metadata"].get("tags", []), "hide-input"]
    prompts = {"code_prompt_show": f"{SHOW} {held}", "code_prompt_hide": f"{HIDE} {held}"}
    return cell["metadata"] | {"tags": tags, "mystnb": prompts}


class _Cell:
    """The four things that `role` asks of a cell."""

    def __init__(self, cell: dict):
        self.cell_type, self.metadata, self.id = cell["cell_type"], cell["metadata"], cell.get("id", "")
        self.source = _source(cell)


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
        target = link[2] if link[2].startswith("../") else f"../{folder}/{link[2]}"
        if target.removeprefix("../") in left_out:
            return link[1]
        is_file = target.startswith("../exercises/")  # which has no page
        return f"{{download}}`{link[1]} <{target}.ipynb>`" if is_file else link[0]

    def outside(link: re.Match) -> str:
        return f"[{link[1]}]({elsewhere}{link[2]}{link[3] or ''})" if elsewhere else link[1]

    return NOTEBOOK_LINK.sub(words, OUTSIDE.sub(outside, text))


def described_pictures(text: str) -> dict[str, dict]:
    """Alternative text and width of each picture, by the SHA-256 of the picture, which is its file's name."""
    pictures = {}
    for cell in json.loads(text)["cells"]:
        for output in cell.get("outputs", []):
            metadata = output.get("metadata", {}).get("image/png")
            if metadata and "image/png" in output.get("data", {}):
                png = base64.b64decode("".join(output["data"]["image/png"]))
                pictures[hashlib.sha256(png).hexdigest()] = metadata
    return pictures


def names_of(path: Path) -> tuple[str, str]:
    """Folder and stem of a notebook's path."""
    return path.parent.name, path.stem
