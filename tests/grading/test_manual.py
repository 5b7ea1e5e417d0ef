"""A question that a person grades, from the notebook to the report, by the commands that one types."""

import csv

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course.notebooks.build import build
from course.notebooks.check import check
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook
from course.sandbox import KERNEL_NAME

MODEL = "Momentum averages gradients, so it crosses flat places."
TEXTS = {
    "ann": "It keeps <b>moving</b>.\n\nBecause v is a mean.",
    "ben": "I do not know.",
    "cleo": None,
    "dan's": "Velocity.",
}


def answer(text):
    return f"def essay():\n    return {text!r}"


def with_essay(book):
    """The session of `course new`, with a question more that a person judges."""
    path = book.path("solutions", "01_test")
    solution = read_notebook(path)
    model = f'def essay():\n    """Why does momentum help?"""\n    ### BEGIN SOLUTION\n    return "{MODEL}"\n'
    asked = '@question("essay", points=2, manual=True)\ndef _(rng):\n    return essay()'
    solution.cells += [
        new_markdown_cell("## 2. Why does momentum help?\n\nA person reads your text.", id="essay-text"),
        new_code_cell(model + "    ### END SOLUTION", id="essay-answer"),
        new_code_cell(asked, id="essay-question"),
    ]
    write_notebook(solution, path)
    build(book)


def hand_in(book, student, text):
    """A student's notebook: double is right, and the essay is the text; None leaves it as it came."""
    exercise = read_notebook(book.path("exercises", "01_test"))
    for cell in exercise.cells:
        if cell.id == "double-answer":
            cell.source = "def double(x):\n    return 2 * x"
        if cell.id == "essay-answer" and text is not None:
            cell.source = answer(text)
    write_notebook(exercise, book.root / "class" / f"{student}.ipynb")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A workbook with an essay, and a class of four."""
    book = Workbook(tmp_path_factory.mktemp("workbook"))
    new_session(book, "01_test")
    with_essay(book)
    (book.root / "class").mkdir()
    for student, text in TEXTS.items():
        hand_in(book, student, text)
    return book


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_the_session_passes_course_check_and_gives_no_text_away(book):
    """It needs no mistakes and variants, and the solution's text is in nothing that students get."""
    assert check(book, kernel_name=KERNEL_NAME) == []
    for path in (book.path("exercises", "01_test"), book.public_answers / "01_test.json"):
        assert MODEL not in path.read_text("utf-8")


def test_from_the_notebook_to_the_report(book, course, monkeypatch):
    """A text waits, is read, and waits again when it is handed in anew with other words."""
    monkeypatch.chdir(book.root)
    grade = ("grade", "01_test", "class", "-o", "out", "--workers", "1", "--min-isolation", "0")
    code, said, told = course(*grade)
    waits = "to be read by a person; the points of"
    assert code == 1 and f"3 answers wait {waits} ann, ben, dan's are not final" in told
    assert "waiting to be read: essay" in said
    rows = rows_of("out/gradebook.csv")
    assert {name: (row["points"], row["essay"], row["waiting"]) for name, row in rows.items()} == {
        "ann": ("1", "0", "essay"),
        "ben": ("1", "0", "essay"),
        "cleo": ("1", "0", ""),
        "dan's": ("1", "0", "essay"),
    }
    report = (book.root / "out" / "report.html").read_text("utf-8")
    assert "<b>3 answers wait to be read by a person</b>" in report
    assert "It keeps &lt;b&gt;moving&lt;/b&gt;.\n\nBecause v is a mean." in report
    command = "course adjust &#39;dan&#39;&#34;&#39;&#34;&#39;s&#39; essay POINTS --reason &#34;…&#34; -o out"
    assert command.replace("&#34;…&#34;", '"…"') in report
    assert "Wrong answers that nobody foresaw</h2>\n<p>There are none" in report
    feedback = (book.root / "out" / "feedback" / "ann.html").read_text("utf-8")
    assert "<b>1 of 3 points</b> so far: essay waits for a person to read" in feedback
    assert "✎ essay · kept; a person reads this answer · 2 points waiting" in feedback
    assert MODEL not in feedback
    assert MODEL in (book.root / "out" / "review" / "ann.html").read_text("utf-8")

    assert course("adjust", "ann", "essay", "2", "--reason", "well seen", "-o", "out")[0] == 0
    assert course("adjust", "ben", "essay", "0", "--reason", "a pity", "-o", "out")[0] == 0
    code, said, _ = course("adjust", "dan's", "essay", "1.5", "--reason", "of what?", "-o", "out")
    assert (code, said) == (0, "dan's: 2.5 of 3 points; essay = 1.5 (of what?)\n")
    rows = rows_of("out/gradebook.csv")
    assert {name: (row["points"], row["waiting"]) for name, row in rows.items()} == {
        "ann": ("3", ""),
        "ben": ("1", ""),
        "cleo": ("1", ""),
        "dan's": ("2.5", ""),
    }
    feedback = (book.root / "out" / "feedback" / "ann.html").read_text("utf-8")
    assert "✎ essay · read by a person · 2 of 2" in feedback and "Your instructor: well seen" in feedback
    assert "to be read" not in (book.root / "out" / "report.html").read_text("utf-8")
    assert course(*grade)[0] == 0  # nothing runs again, and nobody has to look

    hand_in(book, "ann", "Something else.")  # the points of the old text stay until it is read
    hand_in(book, "ben", TEXTS["ben"] + "  ")  # the same words
    code, said, told = course(*grade)
    assert code == 1 and f"1 answer waits {waits} ann are not final" in told
    row = rows_of("out/gradebook.csv")["ann"]
    assert (row["points"], row["essay"], row["waiting"]) == ("3", "2", "essay")
    assert "answered anew since 2 points were given" in (book.root / "out/report.html").read_text("utf-8")


@pytest.mark.parametrize("to", ["csv", "moodle", "canvas", "nbgrader"])
def test_exports_say_which_rows_are_not_final(book, course, monkeypatch, to):
    """On the screen in any case, and in the file where it has a place for words."""
    monkeypatch.chdir(book.root)
    code, said, _ = course("export", "out", "--to", to)
    assert code == 0 and "the points of ann are not final" in said
    name = "grades.csv" if to == "csv" else f"grades_{to}.csv"
    text = (book.root / "out" / name).read_text("utf-8-sig")
    if to == "csv":
        assert rows_of("out/grades.csv")["ann"]["waiting"] == "essay"
    if to == "moodle":
        assert "essay: 2 of 2 (kept; a person reads this answer)" in text
        assert "essay: 1.5 of 2 (read by a person); essay = 1.5 (of what?)" in text


def test_a_term_says_which_session_is_not_final(book, course, monkeypatch):
    """On the screen and on its page."""
    monkeypatch.chdir(book.root)
    code, said, _ = course("term", "out")
    assert code == 0 and "01_test: 1 not final: a person has still to read an answer\n" in said
    assert "not final, 1 to be read" in (book.root / "term" / "term.html").read_text("utf-8")


def test_a_sheet_of_points_is_filled_in_and_read_back(book, course, monkeypatch):
    """All rows or none, with a decimal comma, in another order; a filled-in sheet is never written over."""
    monkeypatch.chdir(book.root)
    code, said, _ = course("export", "out", "--to", "reading")
    assert code == 0 and "1 of 4 students: out/reading.csv" in said
    path = book.root / "out" / "reading.csv"
    head, row = path.read_text("utf-8-sig").splitlines()
    assert (head, row) == ("student,question,of,points,reason,text", "ann,essay,2,,,Something else.")
    for wrong, line in {
        "eve,essay,2,1,x,": "student='eve' is not in this gradebook",
        "ann,double,1,1,x,": "question='double' is none that a person reads",
        "ann,essay,2,3,x,": "points='3' must be a number from 0 to 2",
        "ann,essay,2,good,x,": "points='good' must be a number from 0 to 2",
        "ann,essay,2,1,x,": "ann has points for essay in row 2 already",
        "ann,essay,2,1,x,It keeps moving.": "ann has handed in another text since",
    }.items():
        path.write_text(f"{head}\n{row.replace('2,,', '2,1,')}\n{wrong}\n", "utf-8")
        code, _, told = course("adjust", "--sheet", "out/reading.csv", "-o", "out")
        assert code == 2 and f"row 3: {line}" in told
    assert rows_of("out/gradebook.csv")["ann"]["waiting"] == "essay"  # nothing of it was taken
    path.write_text("student,question,points,points,reason\nann,essay,1,2,x\n", "utf-8")
    assert "has two columns 'points'" in course("adjust", "--sheet", "out/reading.csv", "-o", "out")[2]
    path.write_text("question;points;student;reason\nessay;1,5;ann;close\nessay;;ben;\n", "utf-8")
    for _ in range(2):  # what is in force is not recorded twice
        code, said, _ = course("adjust", "--sheet", "out/reading.csv", "-o", "out")
        assert (code, said) == (0, "1 answer has points from out/reading.csv; 0 wait to be read\n")
    row = rows_of("out/gradebook.csv")["ann"]
    assert (row["points"], row["essay"], row["waiting"]) == ("2.5", "1.5", "")
    assert row["adjusted"].count("(close)") == 1
    code, _, told = course("export", "out", "--to", "reading")
    assert code == 2 and "is no export as it was written" in told


def test_who_hands_in_no_text_loses_its_points(book, course, monkeypatch):
    """Until the text is there again; the gradebook says so, and nobody is asked to read nothing."""
    monkeypatch.chdir(book.root)
    grade = ("grade", "01_test", "class", "-o", "out", "--workers", "1", "--min-isolation", "0")
    exercise = read_notebook(book.path("class", "ann"))
    written = {cell.id: cell.source for cell in exercise.cells}["essay-answer"]
    gone = "does not count, no text is handed in now"
    for source, points, note in ((answer(""), "1", gone), (written, "2.5", "")):
        for cell in exercise.cells:
            cell.source = source if cell.id == "essay-answer" else cell.source
        write_notebook(exercise, book.path("class", "ann"))
        assert course(*grade)[0] == 0
        row = rows_of("out/gradebook.csv")["ann"]
        assert (row["points"], row["waiting"]) == (points, "")
        assert note in row["adjusted"] and ("does not count" in row["adjusted"]) == bool(note)
