"""A class with every kind of trouble among honest students: `python tests/troubled_class.py FOLDER [COUNT]`.

FOLDER becomes a workbook of two small sessions, 01_small and 02_other, whose cells take no time, and
FOLDER/class what is handed in for the first. A kind of trouble has the points that it must get and the words
that an instructor must read: in the row's reason, at a question, or among the files that were left aside.
"""

import io
import itertools
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from course.notebooks.build import build
from course.notebooks.document import LIMIT_BYTES, read_notebook, to_text, write_notebook
from course.notebooks.new import new_session
from course.notebooks.release import release
from course.notebooks.workbook import Workbook

SESSION, OTHER = "01_small", "02_other"
MOST = 8  # points: double 1, step 3, root 2, essay 2
FULL = 6  # without the essay, which a person reads
ANSWERS = {
    "double": "def double(x):\n    return 2 * x",
    "step": "def step(w, dw, v, lr, mu):\n    v = mu * v - lr * dw\n    return w + v, v",
    "root": "def root(x):\n    return x**0.5",
    "essay": 'def essay():\n    return "It averages gradients."',
}
WRONG = {
    "double": ["x**2", "x + 2", "x"],
    "step": ["(w - v, v)", "(w - lr * dw, v)", "(w + mu * v, v)"],
    "root": ["x / 2", "x**2", "-(x**0.5)"],
}
ASKED = {
    "double": '@question("double", points=1)\ndef _(rng):\n    return double(rng.normal(size=3))',
    "step": (
        '@question("step", points=3)\ndef _(rng):\n    w, dw, v = rng.normal(size=(3, 4))\n'
        "    return step(w, dw, v, lr=rng.uniform(0.1, 0.5), mu=rng.uniform(0.5, 0.9))"
    ),
    "root": (
        '@question("root", points=2, without=("scipy",))\ndef _(rng):\n'
        "    return root(rng.uniform(1, 9, size=3))"
    ),
    "essay": '@question("essay", points=2, manual=True)\ndef _(rng):\n    return essay()',
}


class Kind(NamedTuple):
    """A kind of trouble: what is handed in, its points, whether it is a row to look at, what is to be read.

    `files` gets a student's name and a notebook that is right, and gives bytes by path below the class.
    """

    files: Callable[[str, nbformat.NotebookNode], dict[str, bytes]]
    points: float = FULL
    words: str = ""
    status: str = "graded"
    aside: str = ""  # why a file of this student was left aside


def write_workbook(folder: Path) -> Workbook:
    """A workbook with the two sessions."""
    book = Workbook(folder)
    for stem in (SESSION, OTHER):
        new_session(book, stem)
    path = book.path("solutions", SESSION)
    solution = read_notebook(path)
    heads = ("title", "parameters", "set-up", "begin", "versions-import")
    solution.cells = [cell for cell in solution.cells if cell.id in heads]
    for name, code in ANSWERS.items():
        head, _, body = code.partition("\n")
        cut = f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
        versions = [
            f'@mistake("{name}", "Not {wrong}.")\n{head}\n    return {wrong}' for wrong in WRONG.get(name, ())
        ]
        versions += [f'@variant("{name}")\n{code}'] if versions else []
        solution.cells += [
            new_markdown_cell(f"## {name}", id=f"{name}-text"),
            new_code_cell(cut, id=f"{name}-answer"),
            *([new_code_cell("\n\n\n".join(versions), id=f"{name}-versions")] if versions else []),
            new_code_cell(ASKED[name], id=f"{name}-question"),
        ]
    write_notebook(solution, path)
    build(book)
    return book


def solved(book: Workbook, answers: dict[str, str], session: str = SESSION) -> nbformat.NotebookNode:
    """The exercise with these answers."""
    exercise = release(read_notebook(book.path("solutions", session)))
    for cell in exercise.cells:
        name = cell.id.removesuffix("-answer")
        cell.source = answers.get(name, cell.source) if name != cell.id else cell.source
    return exercise


def raw(notebook: nbformat.NotebookNode) -> bytes:
    return to_text(notebook).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def named(form: str, **also: bytes) -> Callable:
    """The notebook under another name."""
    return lambda who, notebook: {form.format(who=who, session=SESSION): raw(notebook)}


def bytes_of(change: Callable[[bytes], bytes]) -> Callable:
    """The notebook's file with other bytes."""
    return lambda who, notebook: {f"{who}.ipynb": change(raw(notebook))}


def answering(**answers: str) -> Callable:
    """Other answers in the cells of these questions."""

    def files(who, notebook):
        for cell in notebook.cells:
            cell.source = answers.get(cell.id.removesuffix("-answer"), cell.source)
        return {f"{who}.ipynb": raw(notebook)}

    return files


def edited(change: Callable[[nbformat.NotebookNode], object]) -> Callable:
    """A notebook whose cells somebody has changed."""

    def files(who, notebook):
        change(notebook)
        return {f"{who}.ipynb": raw(notebook)}

    return files


def cell_of(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def insert(position: str, source: str) -> Callable:
    """A cell of a student's own above the cell `position`."""

    def change(notebook):
        place = notebook.cells.index(cell_of(notebook, position))
        notebook.cells.insert(place, new_code_cell(source, id="own"))

    return edited(change)


def markdown(notebook):
    place = notebook.cells.index(cell := cell_of(notebook, "step-answer"))
    notebook.cells[place] = new_markdown_cell(cell.source, id=cell.id, metadata=cell.metadata)


def cut_in_two(notebook):
    cell = cell_of(notebook, "step-answer")
    head, _, body = cell.source.partition("\n")
    place = notebook.cells.index(cell)
    cell.source = head + "\n    pass"
    notebook.cells.insert(
        place + 1, new_code_cell("\n".join(line[4:] for line in body.split("\n")), id="body")
    )


def without_cells(*names: str) -> Callable:
    def change(notebook):
        notebook.cells = [cell for cell in notebook.cells if cell.id not in names]

    return edited(change)


def stripped(who, notebook):
    """As another program saves it: no ids, no metadata, nbformat 4.4."""
    plain = json.loads(raw(notebook))
    plain["metadata"], plain["nbformat_minor"] = {}, 4
    for cell in plain["cells"]:
        cell.pop("id")
        cell["metadata"] = {}
    return {f"{who}.ipynb": json.dumps(plain).encode()}


def older_release(notebook):
    question, answer = cell_of(notebook, "step-question"), cell_of(notebook, "step-answer")
    question.source = question.source.replace('"step"', '"momentum"').replace("step(", "move(")
    answer.source = answer.source.replace("def step", "def move")
    question.metadata.nbgrader.grade_id = "momentum"
    notebook.metadata["course"] = {"released": "0" * 16}


MERGE = b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n"
STEP = "def step(w, dw, v, lr, mu):\n    "
IN_FOLDER = "{who}/{session}/{session}.ipynb"
KINDS = {
    # what browsers, platforms and people make of a name: graded, and named where somebody should know
    "capitals": Kind(named("{who}.IPYNB")),
    "txt": Kind(named("{who}.ipynb.txt")),
    "tree": Kind(named(IN_FOLDER)),
    "number": Kind(named("{who}/{session}/{session} (1).ipynb")),
    "copy": Kind(named("{who}/{session}-Copy1.ipynb"), words="handed in as 01_small-Copy1.ipynb"),
    "any_name": Kind(named("{who}/final version.ipynb"), words="handed in as final version.ipynb"),
    "moodle": Kind(named("{who} Lee_1234567_assignsubmission_file_/{session}.ipynb")),
    "zip": Kind(
        lambda who, n: {f"{who}.zip": zipped({f"{SESSION}.ipynb": raw(n), "__MACOSX/._x.ipynb": b"x"})}
    ),
    "zip_in_zip": Kind(
        lambda who, n: {f"{who}.zip": zipped({"in.zip": zipped({f"{SESSION}.ipynb": raw(n)})})}
    ),
    "zip_in_folder": Kind(lambda who, n: {f"{who}/my work.zip": zipped({f"{SESSION}.ipynb": raw(n)})}),
    "two": Kind(
        lambda who, n: {f"{who}/{SESSION}.ipynb": b"{}", f"{who}/{SESSION} (1).ipynb": raw(n)},
        aside="another file of this student counts",
    ),
    "module": Kind(
        lambda who, n: (
            insert("double-answer", "import helper")(f"{who}/{SESSION}", n) | {f"{who}/helper.py": b"x = 1\n"}
        ),
        words="helper.py",
    ),
    "pdf_beside": Kind(
        lambda who, n: {f"{who}.ipynb": raw(n), f"{who}'s notes.pdf": b"%PDF-1.4"}, aside="not a notebook"
    ),
    # files that cannot be this notebook: a row of 0 points that says what it is
    "other_session": Kind(
        lambda who, n: {f"{who}.ipynb": b"OTHER"}, 0, "is the notebook of session 02_other", "broken"
    ),
    "merge": Kind(bytes_of(lambda text: MERGE + text), 0, "marks of a merge", "broken"),
    "cut_off": Kind(bytes_of(lambda text: text[: len(text) // 2]), 0, "is cut off in line", "broken"),
    "utf16": Kind(bytes_of(lambda text: text.decode().encode("utf-16")), 0, "UTF-16", "broken"),
    "latin1": Kind(bytes_of(lambda text: text.replace(b"averages", b"mi\xdft")), 0, "not UTF-8", "broken"),
    "login_page": Kind(
        bytes_of(lambda _: b"<!DOCTYPE html><title>Log in</title>"), 0, "is a web page", "broken"
    ),
    "script": Kind(bytes_of(lambda _: b"import numpy as np\n"), 0, "is a Python script", "broken"),
    "pdf": Kind(bytes_of(lambda _: b"%PDF-1.4"), 0, "is a PDF", "broken"),
    "empty_file": Kind(bytes_of(lambda _: b""), 0, "is empty", "broken"),
    "huge": Kind(bytes_of(lambda _: b" " * (LIMIT_BYTES + 1)), 0, "is larger than 20 MiB", "broken"),
    "no_cells": Kind(edited(lambda n: n.cells.clear()), 0, "without cells", "broken"),
    "nothing": Kind(lambda who, n: {f"{who}/{SESSION}/": b""}, 0, "no notebook was handed in", "missing"),
    "only_a_pdf": Kind(
        lambda who, n: {f"{who}/answers.pdf": b"%PDF"},
        0,
        "answers.pdf (not a notebook) lies there",
        "missing",
    ),
    # notebooks that run, with trouble at one question
    "older_release": Kind(edited(older_release), 3, "of another release: it asks momentum"),
    "syntax": Kind(answering(step=STEP + "return (w, v"), 3, "SyntaxError"),
    "indentation": Kind(answering(step=STEP.replace("    ", "") + "return w, v"), 3, "IndentationError"),
    "forbidden": Kind(
        answering(root="from scipy.special import cbrt\n\n\ndef root(x):\n    return cbrt(x)"), 4, "scipy"
    ),
    "not_installed": Kind(answering(step="import nosuchpackage\n\n\n" + ANSWERS["step"]), 3, "nosuchpackage"),
    "renamed": Kind(answering(step=ANSWERS["step"].replace("def step", "def momentum")), 3, "momentum"),
    "markdown": Kind(edited(markdown), 3, "the cell of step is a Markdown cell"),
    "cut_in_two": Kind(edited(cut_in_two), 3, "a part of step stands in a cell of its own"),
    "exit": Kind(answering(step=STEP + "exit()\n    return w, v"), 3, "exit"),
    "exit_below": Kind(answering(step=ANSWERS["step"] + "\n\n\nexit()"), FULL, "KernelExit"),
    "os_exit": Kind(answering(step="import os\n\nos._exit(0)"), 3, "ended the kernel"),
    "memory": Kind(
        answering(step=STEP + "a = []\n    while True:\n        a.append(b'x' * 10**8)"), 3, "memory"
    ),
    "loop": Kind(answering(step=STEP + "while True:\n        pass"), 3, "is there a loop without an end?"),
    "figures": Kind(
        insert(
            "step-answer",
            "import matplotlib.pyplot as plt\nfor _ in range(20):\n    plt.figure()\nwhile True:\n    pass",
        ),
        FULL,
        "reached the limit",
    ),
    "recursion": Kind(answering(step=STEP + "return step(w, dw, v, lr, mu)"), 3, "RecursionError"),
    "prints": Kind(insert("step-answer", "for _ in range(10**5):\n    print('x' * 100)"), FULL),
    "input": Kind(insert("step-answer", "name = input()"), FULL, "StdinNotImplementedError"),
    "file": Kind(answering(step=STEP + "open('data.csv')"), 3, "FileNotFoundError"),
    "name_again": Kind(insert("step-question", "range = 5\nstep = 3"), 3, "TypeError"),
    "no_return": Kind(answering(step=STEP + "v = mu * v"), 3, "is a return missing?"),
    "no_question": Kind(without_cells("step-question", "begin")),
    "no_answer": Kind(without_cells("step-answer"), 3, "step"),
    "stripped": Kind(stripped),
    "bom": Kind(bytes_of(lambda text: b"\xef\xbb\xbf" + text)),
    "crlf": Kind(bytes_of(lambda text: text.replace(b"\n", b"\r\n"))),
    "unforeseen": Kind(answering(step=STEP + "return w + 3 * v, v"), 3),
    "no_essay": Kind(answering(essay='def essay():\n    return ""'), FULL),
}
SLOW = ("huge", "loop", "figures", "memory")
"""Kinds that take megabytes or seconds."""


def write_class(folder: Path, students: int) -> dict[str, Kind]:
    """Write the workbook and the class. Returns the kind of each student's trouble; honest ones have none.

    Half of the class, or one student of each kind where it is smaller than that, is in trouble.
    """
    book, kinds = write_workbook(folder), {}
    troubled = max(students // 2, len(KINDS))
    few = [name for name in KINDS if name not in SLOW]
    order = itertools.chain(KINDS, itertools.cycle(few))
    names = [*itertools.islice(order, troubled), *["honest"] * max(students - troubled, 3)]
    other = raw(solved(book, {}, OTHER))
    for number, name in enumerate(names):
        student = f"{number:03d}_{name}"
        kind = KINDS.get(name) or honest(number)
        answers = ANSWERS | {"essay": f'def essay():\n    return """Student {number} says: it averages."""'}
        files = kind.files(student, solved(book, answers))
        for path, content in files.items():
            target = folder / "class" / path
            if path.endswith("/"):
                target.mkdir(parents=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(other if content == b"OTHER" else content)
        student = f"{student} Lee_1234567" if name == "moodle" else student
        kinds[student] = kind
    return kinds


def honest(number: int) -> Kind:
    """A student who did the exercise: all right, or with one typical mistake."""
    if number % 3:
        return Kind(answering())
    name = ("double", "step", "root")[number % 9 // 3]
    head, wrong = ANSWERS[name].split("\n")[0], WRONG[name][number % 2]
    worth = {"double": 1, "step": 3, "root": 2}[name]
    return Kind(answering(**{name: f"{head}\n    return {wrong}"}), FULL - worth, f"Not {wrong}.")


if __name__ == "__main__":
    made = write_class(Path(sys.argv[1]), int((sys.argv[2:] or ["300"])[0]))
    print(f"{len(made)} students in {Path(sys.argv[1]) / 'class'}")
