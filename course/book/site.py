"""`course book`: lay out the sources, and let Sphinx make the site of them.

    build/book/source    copies of the notebooks and of docs/, the first page, conf.py, MathJax
    build/book/site      the site

    build/book/written.json    hashes of both; a folder in which a person wrote is refused

Formulas are drawn by MathJax, local files out of the package sphinx-mathjax-offline. Every warning is a
fault, a link that leads nowhere above all.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from course.errors import UsageError
from course.extras import pip_command
from course.notebooks.cells import heading
from course.notebooks.contract import CLAIM, claim_faults, has
from course.notebooks.document import read_notebook, write_text
from course.notebooks.workbook import Workbook
from course.notebooks.written import Record

from .assets import ICONS, LOADED, MATHJAX, copy_mathjax, leave_unused_icons_out
from .front import Card, cover, index, sentence

TITLE = "The CNN course workbook"
NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme", "sphinx-mathjax-offline")
UNFINISHED = "unfinished"
FOLDERS = ("lectures", "solutions")  # in reading order, within a session


def build_book(
    workbook: Workbook,
    out: Path,
    sessions: list[str] | None = None,
    repository: str = "",
    branch: str = "main",
    solutions: bool = True,
) -> list[str]:
    """Build the site into `out`/site, from notebooks as they are stored.

    Args:
        sessions: the sessions to show; all when None.
        repository: where readers find the notebooks, for the links to Binder and Colab; none when empty.
        branch: of the repository.
        solutions: also show the solutions, folded; without them exercises are downloads alone.

    Returns:
        What Sphinx complains about, a line each; empty when the book is whole.

    Raises:
        UsageError: a package of the extra `book` is missing, an unknown session, a strange address, a folder
            that holds something else.
        NotebookError: a notebook that cannot be read.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"the book needs {', '.join(missing)}; run: {pip_command('book')}")
    if repository and not re.fullmatch(r"https://[\w.-]+(/[\w.~-]+)+/?", repository):
        raise UsageError(f"--repository={repository!r} must be an address such as https://HOST/OWNER/NAME")
    source, site = out / "source", out / "site"
    stems = workbook.stems("lectures") if sessions is None else sessions
    for stem in stems:
        workbook.find("lectures", stem)
    record = _claim(out)
    for folder in (source, site):
        if folder.exists():
            shutil.rmtree(folder)
    readme = workbook.root / "README.md"
    told = readme.read_text("utf-8") if readme.is_file() else ""
    cards = _copy_notebooks(workbook, source, stems, FOLDERS if solutions else FOLDERS[:1], told)
    documents = _copy_documents(workbook.root / "docs", source / "docs")
    write_text(index(TITLE, cards, documents, repository, told), source / "index.md")
    left_out = _left_out(workbook, source)
    write_text(settings(repository.rstrip("/"), branch, left_out), source / "conf.py")
    _copy_static(source)
    faults = [*_failed_claims(source), *run_sphinx(source, site)]
    if (site / ICONS).is_file():
        leave_unused_icons_out(site)
    record.files.clear()
    for path in _files(out):
        record.note(path)
    record.save()
    return faults


def _files(out: Path) -> list[Path]:
    return [path for name in ("source", "site") for path in sorted((out / name).rglob("*")) if path.is_file()]


def _claim(out: Path) -> Record:
    """Make sure that a folder holds an earlier book as it was built, or nothing: its old files go.

    Until the new book is whole, the record says that it is unfinished: what then lies there is ours.
    """
    record = Record(out)
    if out.exists() and any(out.iterdir()) and not record.files.keys() & {"source/conf.py", UNFINISHED}:
        raise UsageError(f"{out} holds something else than a book; choose another folder with -o")
    if UNFINISHED not in record.files:
        for path in _files(out):
            if not record.ours(path):
                raise UsageError(f"{path} is not as course book wrote it; move it, or choose another -o")
    record.files = {UNFINISHED: ""}
    record.save()
    return record


def _copy_notebooks(
    workbook: Workbook, source: Path, stems: list[str], shown: tuple[str, ...], readme: str
) -> list[Card]:
    """Copy the notebooks, and of each lecture the picture that stands for it; gives the sessions' cards."""
    cards = []
    for stem in stems:
        pages, title, picture = [], "", None
        for folder in (*shown, "exercises"):
            path = workbook.path(folder, stem)
            if not path.is_file():
                continue
            notebook = read_notebook(path)  # a damaged file is named here, by its own path
            write_text(path.read_text("utf-8"), source / folder / path.name)
            if folder in shown:
                pages.append(f"{folder}/{stem}")
            if folder == "lectures":
                title, picture = heading(notebook), cover(notebook)
        if picture:
            address = Path("_static") / "covers" / f"{stem}.png"
            (source / address).parent.mkdir(parents=True, exist_ok=True)
            (source / address).write_bytes(picture[0])
            picture = (address.as_posix(), picture[1])
        cards.append(Card(title, tuple(pages), sentence(readme, stem), picture))
    return cards


def _copy_documents(folder: Path, target: Path) -> list[str]:
    """Copy docs/ with its pictures; returns the names of its pages."""
    if folder.is_dir():
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*.py", ".*"))
    pages = sorted(path.relative_to(target) for path in target.rglob("*.md"))
    return [f"docs/{path.with_suffix('').as_posix()}" for path in pages]


def _left_out(workbook: Workbook, source: Path) -> list[str]:
    """The notebooks of the workbook that are not in this book, such as "lectures/06_optimizers"."""
    folders = (*FOLDERS, "exercises")
    names = [f"{folder}/{stem}" for folder in folders for stem in workbook.stems(folder)]
    return [name for name in names if not (source / f"{name}.ipynb").is_file()]


def _failed_claims(source: Path) -> list[str]:
    """Claims that a page would show although they did not hold, or never ran."""
    return [
        f"{folder}/{path.name}: cell {cell.id} {fault}"
        for folder in FOLDERS
        for path in sorted((source / folder).glob("*.ipynb"))
        for cell in read_notebook(path).cells
        if has(cell, CLAIM)
        for fault in claim_faults(cell)
    ]


def _copy_static(source: Path) -> None:
    here = Path(__file__).parent
    copy_mathjax(source / "_static" / "mathjax")
    shutil.copyfile(here / "book.css", source / "_static" / "book.css")
    write_text((here / "layout.html.j2").read_text("utf-8"), source / "_templates" / "layout.html")


def settings(repository: str, branch: str, left_out: Sequence[str] = ()) -> str:
    """The text of Sphinx's conf.py; links to notebooks that are left out become plain words."""
    theme = {
        "show_navbar_depth": 1,
        "show_toc_level": 1,
        "use_download_button": True,
        "use_fullscreen_button": False,
        "home_page_in_toc": True,
    }
    if repository:
        launch = {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
        if repository.startswith("https://github.com/"):  # Colab opens notebooks of GitHub alone
            launch["colab_url"] = "https://colab.research.google.com"
        theme |= {
            "repository_url": repository,
            "repository_branch": branch,
            "use_repository_button": True,
            "launch_buttons": launch,
        }
    values = {
        "project": TITLE,
        "html_title": TITLE,
        "author": "",
        "copyright": "",
        "language": "en",
        "extensions": ["myst_nb", "course.book.extension"],
        "left_out": list(left_out),
        "elsewhere": f"{repository}/blob/{branch}/" if repository else "",
        "exclude_patterns": ["exercises"],
        "html_context": {"default_mode": "auto"},
        "html_theme": "sphinx_book_theme",
        "html_theme_options": theme,
        "html_static_path": ["_static"],
        "templates_path": ["_templates"],
        "html_css_files": ["book.css"],
        "html_sourcelink_suffix": "",
        "html_show_copyright": False,
        "html_show_sphinx": False,
        "html_last_updated_fmt": None,
        "mathjax_path": f"mathjax/{MATHJAX}",
        "mathjax3_config": {"loader": {"load": LOADED}},
        "myst_enable_extensions": ["dollarmath"],
        "myst_heading_anchors": 4,
        "myst_heading_slug_func": "course.book.extension.heading_address",
        "suppress_warnings": ["myst.header"],  # a level that is left out is a matter of looks
        "nb_execution_mode": "off",
        "nb_ipywidgets_js": {},
        "nb_merge_streams": True,
        "nitpicky": True,
    }
    return "".join(f"{name} = {value!r}\n" for name, value in values.items())


def run_sphinx(source: Path, site: Path) -> list[str]:
    """Run Sphinx in a child process; returns its warnings and errors, a line each."""
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-E", "-W", "--keep-going", "--no-color"]
    command += ["-d", str(site.parent / "doctrees"), str(source), str(site)]
    environment = os.environ | {"PYTHONWARNINGS": "ignore", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip()]
    faults = [line.replace(f"{source.resolve()}{os.sep}", "") for line in lines if _is_fault(line)]
    if run.returncode and not faults:
        return lines[-5:] or [f"Sphinx ended with {run.returncode}"]
    return faults


def _is_fault(line: str) -> bool:
    return bool(re.search(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b", line))
