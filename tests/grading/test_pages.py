"""Feedback and report: what students wrote stands there as text, and shares add up."""

import base64
import hashlib
import html
import re
import shlex
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from nbformat.v4 import new_code_cell

from course.grading.exchange.moodle import comment
from course.grading.record.final_grades import Row
from course.grading.report.class_report import bar_parts, mistake_shares, write_report
from course.grading.report.clusters import Cluster
from course.grading.report.pages import write_feedback
from course.grading.report.review_page import write_review
from course.grading.result import BROKEN, FAILED, GRADED, MISSING_FILE, Adjustment, Result
from course.grading.submission.plagiarism import released_fingerprints, similar_pairs
from course.grading.submission.review import review, unpack_prints, unpack_uses
from course.notebooks.document import to_text
from course.notebooks.release import release
from course.questions.judge import CORRECT, ERROR, MISSING, MISTAKE, WRONG, Verdict
from course.questions.manual import WAITING

from .conftest import solution

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} \x1b[31m"
RIGHT = Verdict(CORRECT)


class Page(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        self.text = " ".join(" ".join(self.words).split()).replace(" ,", ",")

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        if self.tags[-1:] not in (["style"], ["script"]):
            self.words.append(data)

    def handle_endtag(self, tag):
        self.tags.append("/" + tag)


def check_harmless(page):
    """No script, no handler, nothing loaded from elsewhere, no control characters."""
    assert not {"script", "iframe", "object", "svg", "link", "form", "a"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "src" or value.startswith("data:image/png;base64,")
    assert "default-src 'none'" in page.source and "\x1b" not in page.source


def check_report(page):
    """As `check_harmless`, but with links to other pages, charts, and one script that its policy names."""
    assert not {"iframe", "object", "link", "form"} & set(page.tags) and page.tags.count("script") == 1
    script = re.search("<script>(.*?)</script>", page.source, re.S)[1]
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hashed}'" in (
        page.source.replace("&#39;", "'")
    )
    for tag, name, value in page.attributes:
        assert not name.startswith("on") and name not in ("src", "xlink:href"), (tag, name)
        assert name != "href" or re.match(r"(#|feedback/|review/)", value), value
    assert "\x1b" not in page.source


def feedback(task, result, tmp_path):
    path = tmp_path / "feedback.html"
    write_feedback(task, result, path)
    page = Page(path)
    check_harmless(page)
    return page


def test_feedback_says_points_and_hints(task, tmp_path):
    """Points, the card's words, the hint of a known mistake."""
    verdicts = {"double": Verdict(MISTAKE, "a typical mistake", "You square <b>.", 0), "half": RIGHT}
    page = feedback(task, Result("ann", GRADED, "", verdicts), tmp_path)
    assert "1 of 3 points" in page.text
    assert "✗ double · a typical mistake · 0 of 2 You square <b>." in page.text
    assert "✓ half · correct · 1 of 1" in page.text


@pytest.mark.parametrize(
    ("student", "name"),
    [("Cem Öz_1003", "Cem Öz"), ("student_01", "student_01"), ("doejane_123456", "doejane")],
)
def test_a_page_calls_a_student_by_name(task, tmp_path, student, name):
    """In the browser's tab as in its heading, without the number that the platform uses."""
    page = feedback(task, Result(student, GRADED, "", {"double": RIGHT, "half": RIGHT}), tmp_path)
    assert re.findall("<(?:title|h1)>(.*?)</", page.source) == [f"01_test · {name}"] * 2


def test_one_point_is_no_points(task, tmp_path):
    """An exercise with one question of one point: pages of students and instructors."""
    task = replace(task, records={"half": task.records["half"]})
    result = Result("ann", GRADED, "", {"half": RIGHT})
    pages = {"feedback": feedback(task, result, tmp_path)}
    write_report(task, [result], tmp_path / "report.html")
    write_review(task, Row(1, result, "{}", ""), None, {}, tmp_path / "review.html")
    pages |= {name: Page(tmp_path / f"{name}.html") for name in ("report", "review")}
    said = {"feedback": "1 of 1 point ", "report": "1 student, 1 point at most", "review": "1 of 1 point ·"}
    for name, words in said.items():
        assert words in pages[name].text, name


def test_what_a_student_wrote_is_text(task, tmp_path):
    """Names, error messages and reasons are escaped, never HTML, and never a template."""
    verdicts = {"double": Verdict(ERROR, f"ValueError: {EVIL}"), "half": Verdict(WRONG, EVIL)}
    page = feedback(task, Result(EVIL, GRADED, EVIL, verdicts), tmp_path)
    assert page.text.count("<script>alert(1)</script>") >= 4 and "{{ 7 * 7 }}" in page.text
    path = tmp_path / "report.html"
    write_report(task, [Result(EVIL, GRADED, EVIL, verdicts)], path)
    check_report(Page(path))


def test_the_failing_line_stands_as_code(task, tmp_path):
    """An error shows what Python said, and the student's own line, escaped."""
    verdict = Verdict(ERROR, "TypeError: no <len>, in the line: return len(x) < 3  # <b>")
    page = feedback(task, Result("ann", GRADED, "", {"double": verdict, "half": RIGHT}), tmp_path)
    assert "TypeError: no <len> Your line: return len(x) < 3 # <b>" in page.text
    assert page.tags.count("code") == 1
    page = feedback(
        task, Result("ann", GRADED, "", {"double": Verdict(WRONG, "a, in the line: b")}), tmp_path
    )
    assert "code" not in page.tags and "a, in the line: b" in page.text


def test_lateness_attempts_and_changes_by_hand(task, tmp_path):
    """A student reads what was taken off, which attempt counts, and what was changed and why."""
    changes = (Adjustment("2026-11-24T12:00:00", "half", "set", 0.5, "<i>partly</i>"),)
    result = Result("ann", GRADED, "", {"double": RIGHT, "half": Verdict(WRONG, "no")}, attempt=2, attempts=3)
    result.days_late, result.penalty, result.adjustments = 2.0, 0.2, changes
    page = feedback(task, result, tmp_path)
    assert "2 of 3 points" in page.text and "half · not right yet · 0.5 of 1" in page.text
    assert "You handed in 3 times; number 2 counts. Handed in 2 days late: 20 % of" in page.text
    assert "Changed by hand: half = 0.5 (<i>partly</i>)" in page.text
    write_report(task, [result], tmp_path / "report.html")
    text = Page(tmp_path / "report.html").text
    late = "2 days late: 20 % of the points are taken off"
    assert f"attempt 2 of 3; {late}; half = 0.5 (<i>partly</i>)" in text
    result.days_late, result.penalty = 1.0, 0.0
    write_report(task, [result], tmp_path / "report.html")
    assert "; 1 day late; " in Page(tmp_path / "report.html").text
    result.adjustments = (Adjustment("2026-11-24T12:00:00", "late", "set", 1, "the bus"),)
    assert "Changed by hand: days late = 1 (the bus)" in feedback(task, result, tmp_path).text


def test_a_comment_changes_nothing_and_is_read(task, tmp_path):
    """A student reads it; no point changes, and it is not called a change."""
    result = Result("ann", GRADED, "", {"double": RIGHT, "half": Verdict(WRONG, "no")})
    result.adjustments = (Adjustment("2026-11-24", "half", "comment", None, "<b>nearly</b>"),)
    text = feedback(task, result, tmp_path).text
    assert "2 of 3 points" in text and "On half: <b>nearly</b>" in text and "Changed by hand" not in text
    assert text.index("On half:") > text.index("half · not right yet"), "it stands at its question"


def test_a_student_reads_the_changes_in_force(task, tmp_path):
    """What was replaced or taken back stays on record, and on the review page alone."""
    steps = [
        *(("half", "set", 20, "a slip"), ("half", "set", 0.5, "partly"), ("half", "add", 0.25, "and more")),
        *(("double", "add", 1, "withdrawn"), ("double", "set", None, "as it was")),
        *(("total", "add", 1, "neat"), ("double", "comment", None, "well put")),
    ]
    result = Result("ann", GRADED, "", {"double": RIGHT, "half": Verdict(WRONG, "no")})
    result.adjustments = tuple(Adjustment("2026-11-24", *step) for step in steps)
    text = feedback(task, result, tmp_path).text
    told = ["total + 1 (neat)", "On double: well put", "half = 0.5 (partly)", "half + 0.25 (and more)"]
    assert [text.count(line) for line in told] == [1, 1, 1, 1] and "3.75 of 3 points" in text
    assert sorted(told, key=text.index) == told
    words = comment(task, result)
    for gone in ("slip", "withdrawn", "as it was"):
        assert gone not in text and gone not in words
    assert words == (
        "double: 2 of 2 (correct); On double: well put; half: 0.75 of 1 (not right yet); "
        "half = 0.5 (partly); half + 0.25 (and more); total + 1 (neat)"
    )
    write_report(task, [result], tmp_path / "report.html")
    noted = Page(tmp_path / "report.html").text
    assert "half + 0.25 (and more)" in noted and "slip" not in noted and "as it was" not in noted


def test_what_was_all_taken_back_is_no_change(task, tmp_path):
    """Neither the notes of the report nor its filter know of it."""
    result = Result("ann", GRADED, "", {"double": RIGHT, "half": Verdict(WRONG, "no")})
    steps = ("half", "add", 1, "a slip"), ("half", "set", None, "as it was")
    result.adjustments = tuple(Adjustment("2026-11-24", *step) for step in steps)
    write_report(task, [result], tmp_path / "report.html")
    page = Page(tmp_path / "report.html")
    marks = [value for _, name, value in page.attributes if name == "data-marks"]
    assert "slip" not in page.text and marks and not [mark for mark in marks if "adjusted" in mark.split()]


def test_a_comment_on_an_earlier_notebook_says_so(task, tmp_path):
    """On the page, for Moodle and in the report; late days are about no notebook at all."""
    result = Result("ann", GRADED, "", {"double": RIGHT, "half": Verdict(WRONG, "no")})
    result.enrolled = "2026-11-25T08:00:00+00:00"
    result.adjustments = (
        Adjustment("2026-11-24T08:00:00+00:00", "half", "comment", None, "nearly"),
        Adjustment("2026-11-24T08:00:00+00:00", "half", "add", 0.5, "close"),
        Adjustment("2026-11-24T08:00:00+00:00", "late", "set", 0, "the bus"),
        Adjustment("2026-11-26T08:00:00+00:00", "double", "comment", None, "well put"),
    )
    earlier = " · about a notebook that was handed in before"
    words, text = comment(task, result), feedback(task, result, tmp_path).text
    write_report(task, [result], tmp_path / "report.html")
    for told in (words, text, Page(tmp_path / "report.html").text):
        assert f"On half: nearly{earlier}" in told and f"half + 0.5 (close){earlier}" in told
        assert told.count(earlier) == 2


def test_a_notebook_that_never_ended_shows_no_such_cards(task, tmp_path):
    """Whose last cells were not reached here sees theirs down to the cell that does not end."""
    for finished in (True, False):
        result = Result("ann", GRADED, "", {"double": RIGHT, "half": Verdict(WRONG, "no")}, finished=finished)
        text = feedback(task, result, tmp_path).text
        assert ("open it and run all cells" in text) == finished
        assert ("down to the cell that did not come to its end here" in text) != finished


def test_a_notebook_with_an_error_shows_cards_below_it_one_by_one(task, tmp_path):
    """Run All stops at the first error, so it is no way to all cards."""
    reason = "cell half-answer: SyntaxError"
    text = feedback(task, Result("ann", GRADED, reason, {"double": RIGHT}), tmp_path).text
    assert "run those below it one by one" in text and "open it and run all cells" not in text


COPIED = """def double(x):
    numbers = [float(v) for v in x if v is not None]
    import torch.optim as o
    total = sum(number * 0 for number in numbers) + len("<script>")
    while total > 100:
        total = total - max(numbers[0], numbers[-1], 3)
    return [number + number for number in numbers if total < 1000 or number != 7]
"""


def handed_in_by(task):
    """Two who wrote the same under other names, one who did not, and one who handed in rubbish."""
    files = {}
    for student, source in {
        "ann": COPIED,
        "<i>bob</i>": COPIED.replace("numbers", "values").replace("total", "t"),
        "eve": "def double(x):\n    return 2 * x",
    }.items():
        notebook = task.released.copy()
        notebook.cells = [cell.copy() for cell in notebook.cells]
        for cell in notebook.cells:
            cell.source = source if cell.id == "double-answer" else cell.source
        files[student] = to_text(notebook).encode()
    return files | {"rubbish": b"Dear teacher"}


def reported(task, results, path, files):
    """The report on a class that handed in these files, of which each look was stored and read again."""
    looks = {student: review(task, raw).pack() for student, raw in files.items()}
    uses = {student: unpack_uses(packed) for student, (packed, _) in looks.items()}
    prints = {student: unpack_prints(packed) for student, (_, packed) in looks.items()}
    pairs = similar_pairs(prints, released_fingerprints(task.released))
    write_report(task, results, path, uses, pairs)


def test_what_to_look_at(task, tmp_path):
    """Forbidden modules and near-identical pairs are named in the report, modules in the feedback too."""
    task = replace(
        task, records=task.records | {"double": task.records["double"] | {"without": ["torch.optim"]}}
    )
    files = handed_in_by(task)
    results = [Result(student, GRADED, "", {"double": RIGHT, "half": RIGHT}) for student in [*files, "gone"]]
    path = tmp_path / "report.html"
    reported(task, results, path, files)
    page = Page(path)
    check_report(page)
    assert "ann double torch.optim import torch.optim as o" in page.text
    assert "<i>bob</i> ann 100 % double" in page.text and "eve ann" not in page.text
    assert "nor what more than 4 students wrote" in page.text, "in a small class a quarter is too few"
    assert "in the sandbox such a module cannot be imported" in page.text
    write_feedback(task, results[0], path, review(task, files["ann"]).uses)
    page = Page(path)
    assert (
        "is to be answered without torch.optim; your instructor will look at: import torch.optim as"
        in page.text
    )
    assert "3 of 3 points" in page.text
    write_feedback(task, results[2], path, review(task, files["eve"]).uses)
    assert "without torch.optim" not in Page(path).text
    reported(task, results[2:3], path, {"eve": files["eve"]})
    text = Page(path).text
    assert "No answer uses a module that its question forbids (torch.optim)." in text
    assert "No two students have near-identical answers." in text


def test_numbers_of_the_questions(task, tmp_path):
    """Difficulty, discrimination and times; a dash where nothing can be said; the sandbox by its level."""
    results = [*a_class(task), Result("student 4", GRADED, "", {"double": RIGHT, "half": RIGHT})]
    path = tmp_path / "report.html"
    for result in (result for result in results if result.ran):
        result.question_seconds, result.isolation = {"double": 0.25}, "namespaces <1>"
    write_report(task, results, path)
    page = Page(path)
    assert "2 medium, 40 % earned well, 0.41 0.25 s 0.25 s" in page.text
    assert "1 easy, 80 % earned well, 0.41 – –" in page.text
    assert (
        "Isolation of student code: level namespaces <1> for 5 of 5 notebooks that were run." in page.text
        and "ordinary" not in page.text
    )
    assert "To look at" not in page.text


def test_half_characters_end_no_page(task, tmp_path):
    """A name that is no text is written all the same."""
    page = feedback(task, Result("a \ud800", GRADED, "b \udcff", {"double": RIGHT, "half": RIGHT}), tmp_path)
    assert "3 of 3 points" in page.text


def test_students_read_no_ids_of_cells(task, tmp_path):
    """What a question's card tells is not told twice; what no card tells is said without the cell's id."""
    reason = (
        "of another release: it asks third; cell double-answer ended the kernel; the cells below it ran in a "
        "fresh kernel; cell half-answer: NameError; cell added-0 reached the limit of 60 s"
    )
    verdicts = {"double": Verdict(ERROR, "the cell of double ended the kernel"), "half": RIGHT}
    text = feedback(task, Result("ann", GRADED, reason, verdicts), tmp_path).text
    assert (
        "About your notebook: of another release: it asks third; a cell of half stopped with NameError; "
        "a cell that you added reached the limit of 60 s" in text
    )
    markdown = "cell double-answer is a Markdown cell"
    assert "About your" not in feedback(task, Result("ann", GRADED, markdown, verdicts), tmp_path).text


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("cell half-question reached the limit of 60 s", ""),
        ("cell half-question ended the kernel; the cells below it ran in a fresh kernel", ""),
        ("cell double-answer: NameError", "a cell of double stopped with NameError"),
        ("cell set-up: NameError", "a given cell above double stopped with NameError"),
        (
            "cell table reached the limit of 60 s",
            "a given cell between double and half reached the limit of 60 s",
        ),
        ("cell picture ended the kernel", "a given cell below half ended the kernel"),
        ("cell module-1: OSError", "the cell that writes your modules stopped with OSError"),
        ("cell added-1: OSError", "a cell that you added stopped with OSError"),
    ],
)
def test_only_what_a_student_added_is_called_so(task, tmp_path, reason, told):
    """A question cell that runs without an end has its card; given cells are found by their place."""
    notebook = solution()
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "half-text")
    for where, name in ((place, "table"), (len(notebook.cells) + 1, "picture")):
        notebook.cells.insert(where, new_code_cell("double(1)", id=name))
    task = replace(task, released=release(notebook))
    verdicts = {
        "double": RIGHT,
        "half": Verdict(ERROR, "no answer within 60 s; is there a loop without an end?"),
    }
    text = feedback(task, Result("ann", GRADED, reason, verdicts), tmp_path).text
    assert f"About your notebook: {told} ✓ double" in text if told else "About your notebook" not in text


def test_the_machines_trouble_is_none_of_the_notebook(task, tmp_path):
    """Where a person gave points to whom the machine failed, the page blames no cell."""
    for reason in (
        "cell half-answer had no time: this machine is too busy",
        "cell begin, which is the course's",
    ):
        result = Result("ann", FAILED, reason)
        result.adjustments = (Adjustment("2026-11-24", "total", "set", 2, "read it myself"),)
        text = feedback(task, result, tmp_path).text
        assert "2 of 3 points" in text and "About your notebook" not in text and "cell" not in text


def commands(page):
    """The commands of a page, as a shell takes them apart."""
    code = re.findall(r"<code>(course .*?)</code>", page.read_text("utf-8"))
    return [shlex.split(html.unescape(command)) for command in code]


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("name", ["grades", "my class/gra'des", "-o"])
def test_commands_name_out_as_seen_from_the_working_folder(task, tmp_path, monkeypatch, inside, name):
    """Where it lies below, relative; else absolute. What is copied into a shell finds the folder."""
    out, elsewhere = tmp_path / "here" / name, tmp_path / "elsewhere"
    for folder in (out / "review", elsewhere):
        folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" if inside else elsewhere)
    verdicts = {"double": Verdict(WRONG, "no"), "half": Verdict(WAITING, "a text")}
    result = Result("ann lee", GRADED, "", verdicts)
    groups, codes = [Cluster("double", "3fa2c1", "no", ("ann lee",), 1)], {"double 3fa2c1": ("x", "")}
    write_report(task, [result], out / "report.html", clusters=groups, codes=codes)
    write_review(task, Row(1, result, "{}", ""), None, {}, out / "review" / "ann lee.html")
    shown = f"./{name}" if name.startswith("-") else name
    where = shown if inside else str(out)
    assert commands(out / "report.html") == [
        ["course", "export", where, "--to", "reading"],
        ["course", "adjust", "--sheet", f"{where}/reading.csv", "-o", where],
        ["course", "adjust", "ann lee", "half", "POINTS", "--reason", "…", "-o", where],
        ["course", "mistake", where, "double", "3fa2c1"],
    ]
    assert commands(out / "review" / "ann lee.html") == [
        ["course", "adjust", "ann lee", "QUESTION", "+1", "--reason", "…", "-o", where],
        ["course", "adjust", "ann lee", "half", "POINTS", "--reason", "…", "-o", where],
    ]


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        (
            "is the notebook of session 07_convolution; hand in 01_test",
            "session 07_convolution; hand in 01_test.",
        ),
        ("is larger than 20 MiB", "is larger than 20 MiB. Clear its outputs"),
        ("holds the marks of a merge that was not finished (<<<<<<< in line 4)", "Finish the merge"),
    ],
)
def test_what_to_do_about_a_broken_notebook(task, tmp_path, reason, advice):
    """A sentence with a subject, and what to do."""
    result = Result("ann", BROKEN, reason, dict.fromkeys(task.records, Verdict(MISSING, reason)))
    text = feedback(task, result, tmp_path).text
    assert f"could not be graded: the file {reason}." in text and advice in text


@pytest.mark.parametrize("status", [MISSING_FILE, BROKEN, FAILED])
def test_feedback_without_a_grade(task, tmp_path, status):
    """A missing or broken notebook has zero points and a reason; one that failed on our side has no score."""
    verdicts = {} if status == FAILED else dict.fromkeys(task.records, Verdict(MISSING, "is empty"))
    page = feedback(task, Result("ann", status, "is empty", verdicts), tmp_path)
    if status == FAILED:
        assert "this is no score" in page.text and "of 3 points" not in page.text
    else:
        subject = "the file " if status == BROKEN else ""
        assert "0 of 3 points" in page.text
        assert f"could not be graded: {subject}is empty. Hand in 01_test.ipynb with your answers" in page.text
    assert "double ·" not in page.text


def a_class(task):
    """Five students: one right, three with known mistakes, one broken; and one not graded."""
    wrong = Verdict(MISTAKE, "a typical mistake", "You add & add.", 1)
    square = Verdict(MISTAKE, "a typical mistake", "You square <b>.", 0)
    verdicts = [
        {"double": RIGHT, "half": RIGHT},
        {"double": wrong, "half": Verdict(WRONG, "no")},
        {"double": wrong, "half": RIGHT},
        {"double": square, "half": RIGHT},
    ]
    results = [Result(f"student {n}", GRADED, "", made) for n, made in enumerate(verdicts)]
    results.append(
        Result("broken", BROKEN, "is empty", dict.fromkeys(task.records, Verdict(MISSING, "is empty")))
    )
    return [*results, Result("failed", FAILED, "OSError: disk full")]


def test_shares_of_the_class(task):
    """Fractions of those whose notebook ran; the most frequent mistake first; all kinds add up to them."""
    double, half = mistake_shares(task, a_class(task))
    assert (double["question"], double["correct"]) == ("double", 0.25)
    assert double["mistakes"] == [
        {"hint": "You add & add.", "share": 0.5, "count": 2, "who": ["student 1", "student 2"]},
        {"hint": "You square <b>.", "share": 0.25, "count": 1, "who": ["student 3"]},
    ]
    assert double["other"] == {} and double["texts"] == []
    assert (half["correct"], half["mistakes"]) == (0.75, [])
    assert half["other"] == {WRONG: ["student 1"]}


def test_a_bar_is_the_whole_class(task):
    """Its parts follow each other and fill it, also where one student counts in two mistakes."""
    for share in mistake_shares(task, a_class(task)):
        parts = bar_parts(share)
        assert sum(part["count"] for part in parts) == 4
        ends = [0, *(part["left"] + part["width"] for part in parts)]
        assert [part["left"] for part in parts] == pytest.approx(ends[:-1]) and ends[-1] == pytest.approx(100)


def test_two_hints_and_frequent_diagnoses(task, tmp_path):
    """Two hints are two lines and count twice; what cards say most often stands there without the numbers."""
    both = Verdict(WRONG, "the sign is wrong", "You square <b>.\nYou add & add.", 0, True)
    shifted = [
        Verdict(WRONG, f"input {n}, loss: {n}.5e-07 times too large <i>", diagnosed=True) for n in (1, 2)
    ]
    plain = Verdict(WRONG, "input 1: the number differs")
    results = [
        Result(f"student {n}", GRADED, "", {"double": verdict, "half": RIGHT})
        for n, verdict in enumerate([both, *shifted, plain])
    ]
    double, _ = mistake_shares(task, results)
    assert [(row["hint"], row["count"]) for row in double["mistakes"]] == [
        ("You square <b>.", 1),
        ("You add & add.", 1),
    ]
    assert {kind: len(who) for kind, who in double["other"].items()} == {WRONG: 3} and double["texts"] == [
        ("loss: … times too large <i>", 2)
    ]
    text = feedback(task, results[0], tmp_path).text
    assert "the sign is wrong You square <b>. You add & add." in text
    path = tmp_path / "report.html"
    write_report(task, results, path)
    page = Page(path)
    check_report(page)
    assert "3 75 % not right yet student 1, student 2, student 3 2 50 % of these: loss: …" in page.text
    assert "loss: … times too large <i>" in page.text


def test_the_report(task, tmp_path):
    """Numbers of the class, shares, who made which mistake, a row a student with points of each question."""
    path = tmp_path / "report.html"
    write_report(task, a_class(task), path)
    page = Page(path)
    check_report(page)
    told = "6 students, 3 points at most. 5 with a score: mean 1, median 1, quartiles 0 and 1."
    assert told in page.text
    assert "1 of these did not run, because the notebook is missing or cannot be graded" in page.text
    assert "2 50 % You add & add. student 1, student 2 1 25 % You square <b>. student 3" in page.text
    assert "not attempted yet broken" not in page.text, "a broken notebook says nothing about a question"
    assert "student 2 feedback · notebook graded 1 0 1" in page.text
    assert "failed feedback not graded OSError: disk full" in page.text
    charts = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert charts == [
        "Histogram of the points of the class: 0 points 2, 1 point 2, 3 points 1",
        "1 right; 2 You add & add.; 1 You square <b>.",
        "3 right; 1 other wrong answers",
    ]


def test_links_lead_to_files_of_any_name(task, tmp_path):
    """Names with #, ?, %, quotes and letters of any language are links that a browser can follow."""
    for name in ("a#b?c%20d", "Zoë 名前", 'o\'neill "x"', "half \ud800"):
        write_report(task, [Result(name, GRADED, "", {"double": RIGHT, "half": RIGHT})], tmp_path / "r.html")
        links = [value for tag, key, value in Page(tmp_path / "r.html").attributes if key == "href"]
        pages = {unquote(value.split("#")[0]) for value in links if not value.startswith("#")}
        assert pages <= {f"review/{name}.html", f"feedback/{name}.html"} or "\ud800" in name


@pytest.mark.parametrize("results", [[], [Result("failed", FAILED, "OSError")]])
def test_a_class_without_grades_has_a_report(task, tmp_path, results):
    """Nothing to draw is no reason to stop."""
    write_report(task, results, tmp_path / "report.html")
    assert mistake_shares(task, results)[0]["correct"] == 0.0


def test_who_has_no_score_is_not_in_the_plots(task, tmp_path):
    """A student who could not be graded changes neither the distribution nor the bars."""
    plots = []
    for results in (a_class(task), a_class(task)[:-1]):
        write_report(task, results, tmp_path / "report.html")
        page = Page(tmp_path / "report.html")
        plots.append([value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")])
    assert plots[0] == plots[1]
