"""Student release: lectures, exercises without answers, and the pages of docs/ that they link to.

`course start` takes it from the installed package, from a checkout, or from what `course release` gave away;
`course release` takes it from any workbook. Neither ever reads an output or an answer of solutions/ into it.
"""

import json
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat

import course
from course.errors import NotebookError, UsageError

from .cells import heading
from .document import held, normalize, read_notebook, to_text
from .public_answers import read_public
from .release import answers_digest, release
from .workbook import Workbook
from .written import RELEASED, stamp, untouched

RECORD = ".course.json"  # what was laid out, in the student's folder; see `laying_out`
SHOWN = ("lectures", "exercises")
PUBLIC = "exercises/public"  # answers for the cards, beside the notebooks: see `course.questions.public`
QUIZZES = "lectures/quizzes"  # of an instructor's own lectures: see `course.widgets.quiz`
LINK = re.compile(r"\]\(([^)\s#]+)")
TO_NOTEBOOK = re.compile(
    r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<to>[^)\s:#]+\.ipynb)[^)\s]*\)"
    r'|<a href="(?P<there>[^":#]+\.ipynb)[^"]*">(?P<words>.*?)</a>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Handout:
    """Files by their path in the student's folder, with "/" between its parts, and the course's version."""

    files: dict[str, bytes]
    version: str


def installed() -> Path:
    """The folder with the notebooks of the installed course: its checkout, or inside the package.

    Raises:
        UsageError: the package was built without notebooks.
    """
    package = Path(course.__file__).parent
    for root in (package / "handout", package.parent):
        if all(any((root / name).glob("*.ipynb")) for name in SHOWN):
            return root
    raise UsageError(f"{package} was installed without notebooks; install the course's wheel or its checkout")


def handout_of(root: Path) -> Handout:
    """The handout that stands in a folder: an installed package, a checkout, or a release.

    Raises:
        UsageError: there are no exercises.
        NotebookError: an exercise holds answers, and there is no solution to cut it from anew.
    """
    if not any((root / "exercises").glob("*.ipynb")):
        raise UsageError(f"{root} holds no course: there are no notebooks in its exercises/")
    workbook = Workbook(root)
    files = {
        f"lectures/{stem}.ipynb": held(workbook.path("lectures", stem)) for stem in workbook.stems("lectures")
    }
    files |= {f"exercises/{stem}.ipynb": _exercise(workbook, stem) for stem in workbook.stems("exercises")}
    for folder in (PUBLIC, QUIZZES):
        files |= {f"{folder}/{path.name}": held(path) for path in sorted((root / folder).glob("*.json"))}
    if (root / RECORD).is_file() and (root / "README.md").is_file():  # a release
        files["README.md"] = held(root / "README.md")
    return Handout(files | _linked(root, files), _version(root))


def release_of(workbook: Workbook, sessions: list[str], install: str = "") -> Handout:
    """What an instructor gives away: the handout of a workbook, with its answers for the cards.

    Args:
        sessions: those to give away; all when empty.
        install: what students' pip installs the course from, such as "git+https://HOST/OWNER/NAME". The page
            for students and the first cell of each notebook say it, there as a line to run on Colab.

    Raises:
        UsageError: an unknown session.
        NotebookError: a notebook that cannot be read, or a slip that would give an answer away.
    """
    stems = sessions or workbook.stems("exercises")
    files = {}
    for stem in stems:
        workbook.find("exercises", stem)
        lecture = workbook.path("lectures", stem)
        if lecture.is_file():
            files[f"lectures/{stem}.ipynb"] = held(lecture)
        quiz = workbook.root / QUIZZES / f"{stem}.json"
        if quiz.is_file():
            files[f"{QUIZZES}/{stem}.json"] = held(quiz)
        files[f"exercises/{stem}.ipynb"] = _exercise(workbook, stem)
        answers = workbook.public_answers / f"{stem}.json"
        public = read_public(answers)
        if public["questions"]:
            _refuse_stale(workbook, stem, public["digest"])
            files[f"{PUBLIC}/{stem}.json"] = held(answers)
    if install:
        files |= {
            name: _says_how(content, install) for name, content in files.items() if name.endswith(".ipynb")
        }
    titles = {stem: heading(read_notebook(workbook.find("exercises", stem))) or stem for stem in stems}
    files["README.md"] = _readme(titles, files, install).encode()
    files |= _linked(workbook.root, files)
    files = {name: _unlinked_file(name, content, files) for name, content in files.items()}
    return Handout(files, course.__version__)


def _refuse_stale(workbook: Workbook, stem: str, digest: str) -> None:
    """Answers of another state of the solution: no card of the released exercise would judge by them."""
    solution = workbook.path("solutions", stem)
    if solution.is_file() and digest != answers_digest(read_notebook(solution)):
        raise NotebookError(f"{stem}: its public answers are older than its solution; run: course build")


def _exercise(workbook: Workbook, stem: str) -> bytes:
    """An exercise as it is released: cut anew where there is a solution, for somebody may have solved it."""
    solution = workbook.path("solutions", stem)
    if solution.is_file():
        return to_text(release(normalize(read_notebook(solution)))).encode()
    path = workbook.path("exercises", stem)
    if not untouched(read_notebook(path), RELEASED):
        raise NotebookError(f"{path}: somebody wrote into it, so it cannot be given to others")
    return held(path)


def _says_how(content: bytes, install: str) -> bytes:
    """A notebook whose first cell ends with how to install the course from there, ready to run on Colab."""
    notebook = nbformat.reads(content.decode(), as_version=4)
    first = notebook.cells[0]
    if first.cell_type == "markdown":
        first.source = (
            first.source.replace(f"\n\n{FROM_CHECKOUT}", "") + "\n\n" + INSTALL.format(f'"{install}"')
        )
    return _rewritten(notebook)


def _rewritten(notebook: nbformat.NotebookNode) -> bytes:
    """A notebook's file, which says what it was released as."""
    if RELEASED in notebook.metadata.get("course", {}):
        stamp(notebook, RELEASED)
    return to_text(notebook).encode()


def unlinked(text: str, name: str, given: Iterable[str] = ()) -> str:
    """A text with the words alone of each link to a lecture or exercise that is not given away.

    Args:
        name: the file that the text is from.
        given: the files that are given away, to which links stay.

    >>> unlinked("See [session 3](03_linear_classifier.ipynb).", "lectures/02_knn.ipynb")
    'See session 3.'
    """

    def words(link: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link["to"] or link["there"]))
        if target in given or not target.startswith(tuple(f"{folder}/" for folder in SHOWN)):
            return link[0]
        return link["text"] if link["to"] else link["words"]

    return TO_NOTEBOOK.sub(words, text)


def _unlinked_file(name: str, content: bytes, given: Iterable[str]) -> bytes:
    if name.endswith(".md"):
        return unlinked(content.decode("utf-8"), name, given).encode("utf-8")
    if not name.endswith(".ipynb"):
        return content
    notebook, changed = nbformat.reads(content.decode("utf-8"), as_version=4), False
    for cell in notebook.cells:
        text = unlinked(cell.source, name, given) if cell.cell_type == "markdown" else cell.source
        changed, cell.source = changed or text != cell.source, text
    return _rewritten(notebook) if changed else content


def _linked(root: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of docs/ that these files link to, and those that they link to in turn."""
    pages: dict[str, bytes] = {}
    waiting = dict(files)
    while waiting:
        name, content = waiting.popitem()
        for link in _links(name, content):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
            if target.startswith("docs/") and target not in pages and (root / target).is_file():
                pages[target] = waiting[target] = held(root / target)
    return pages


def _links(name: str, content: bytes) -> list[str]:
    if name.endswith(".ipynb"):
        cells = json.loads(content)["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    else:
        texts = [content.decode("utf-8")] if name.endswith(".md") else []
    return [link for text in texts for link in LINK.findall(text)]


def _version(root: Path) -> str:
    try:
        return str(json.loads(held(root / RECORD) or b"{}").get("version", course.__version__))
    except (ValueError, AttributeError):
        return course.__version__


def _readme(titles: dict[str, str], files: Iterable[str], install: str) -> str:
    sessions = []
    for stem, title in titles.items():
        lecture = f"lectures/{stem}.ipynb"
        beside = f", with its [lecture]({lecture})" if lecture in files else ""
        sessions.append(f"* [{title}](exercises/{stem}.ipynb){beside}")
    return README.format(install=f'"{install}"' if install else UNNAMED, sessions="\n".join(sessions))


UNNAMED = "WHAT-YOUR-INSTRUCTOR-NAMES"
INSTALL = "*No module named `course`?* Run `%pip install {}` in a cell of its own, then restart the kernel."
FROM_CHECKOUT = (
    INSTALL.format("..")[:-1] + "; outside of a checkout, your instructor names what stands for `..`."
)
README = """# Lectures and exercises

Install the course once, with Python 3.11 or newer, in this folder:

```
python -m venv .venv
.venv/bin/pip install --extra-index-url https://download.pytorch.org/whl/cpu {install}
.venv/bin/course lab
```

On Windows write `.venv\\Scripts\\` in place of `.venv/bin/`. On Linux, PyTorch comes with CUDA (5 GB) unless
the second line names that address (0.8 GB). The last line opens JupyterLab at a page with the sessions and
your points. Read a lecture, fill in the cells of its exercise that say `# YOUR CODE HERE`, run the question
cell below each, and hand in the notebook under its own name.

{sessions}

`.venv/bin/course start --update --from NEW.zip` brings a newer release of this folder; what you wrote stays.
"""
