"""Python modules that a student handed in beside the notebook: `course grade --with-modules`.

In the sandbox they lie where the notebook runs, byte by byte. A cell of the grader writes them behind
`begin`, so that the course's own cells have been run before a student's module can be imported.
"""

import copy
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import packages_distributions

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course.notebooks.cells import role

WRITES_A_MODULE = "module-"  # how the id of a cell of the grader begins
MOST_LINES = 20_000  # a file of a million line ends would make a cell of 15 MB
BLOCK = 4096  # bytes


def is_installed(name: str) -> bool:
    """Whether a module file has the name of an installed package, which it would hide from all others."""
    return name.removesuffix(".py") in _installed()


def can_be_taken_along(modules: dict[str, bytes]) -> dict[str, bytes]:
    """Those modules that hide no installed package."""
    return {name: content for name, content in modules.items() if not is_installed(name)}


def describe_modules(names: Iterable[str], with_modules: bool) -> str:
    """What an instructor should know about the modules of a submission; "" when there are none."""
    names = sorted(names)
    hiding = [name for name in names if is_installed(name)]
    others = [name for name in names if name not in hiding]
    parts = []
    if others and with_modules:
        parts.append(f"run with {', '.join(others)}")
    elif others:
        lie = "lies" if len(others) == 1 else "lie"
        parts.append(f"{', '.join(others)} {lie} beside the notebook, not taken along without --with-modules")
    if hiding:
        parts.append(f"{', '.join(hiding)} left out: the name of an installed package")
    return "; ".join(parts)


def with_modules(notebook: NotebookNode, modules: dict[str, bytes]) -> NotebookNode:
    """A copy of a composed notebook with a cell behind `begin` that writes each module."""
    made = copy.copy(notebook)
    place = next((n for n, cell in enumerate(notebook.cells, start=1) if role(cell) == "begin"), 0)
    cells = [
        new_code_cell(_writing(name, content), id=f"{WRITES_A_MODULE}{number}")
        for number, (name, content) in enumerate(sorted(modules.items()), start=1)
    ]
    made.cells = [*notebook.cells[:place], *cells, *notebook.cells[place:]]
    return made


def _writing(name: str, content: bytes) -> str:
    """A cell that writes a file and leaves no name behind. The file can be read in it, by lines if few."""
    parts = content.splitlines(keepends=True)
    if len(parts) > MOST_LINES:
        parts = [content[at : at + BLOCK] for at in range(0, len(content), BLOCK)]
    lines = "\n".join(f"        {part!r}" for part in parts) or "        b''"
    return (
        f"# handed in beside the notebook\nwith open({name!r}, 'wb') as _:\n    _ = _.write(\n{lines}\n    )"
    )


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    return frozenset({"course", *sys.stdlib_module_names, *packages_distributions()})
