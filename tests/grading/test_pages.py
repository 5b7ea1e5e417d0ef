"""Feedback and report: what students wrote stands there as text, and shares add up."""

import base64
from html.parser import HTMLParser

import pytest

from course.grading.grade import BROKEN, FAILED, GRADED, MISSING_FILE, Result
from course.grading.pages import mistake_shares, write_feedback, write_report
from course.questions.judge import CORRECT, ERROR, MISSING, MISTAKE, WRONG, Verdict

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} \x1b[31m"
RIGHT = Verdict(CORRECT)


class Page(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        if self.tags[-1:] != ["style"]:
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


def test_what_a_student_wrote_is_text(task, tmp_path):
    """Names, error messages and reasons are escaped, never HTML, and never a template."""
    verdicts = {"double": Verdict(ERROR, f"ValueError: {EVIL}"), "half": Verdict(WRONG, EVIL)}
    page = feedback(task, Result(EVIL, GRADED, EVIL, verdicts), tmp_path)
    assert page.text.count("<script>alert(1)</script>") >= 4 and "{{ 7 * 7 }}" in page.text
    path = tmp_path / "report.html"
    write_report(task, [Result(EVIL, GRADED, EVIL, verdicts)], path)
    check_harmless(Page(path))


def test_half_characters_end_no_page(task, tmp_path):
    """A name that is no text is written all the same."""
    page = feedback(task, Result("a \ud800", GRADED, "b \udcff", {"double": RIGHT, "half": RIGHT}), tmp_path)
    assert "3 of 3 points" in page.text


@pytest.mark.parametrize("status", [MISSING_FILE, BROKEN, FAILED])
def test_feedback_without_a_grade(task, tmp_path, status):
    """A missing or broken notebook has zero points and a reason; one that failed on our side has no score."""
    verdicts = {} if status == FAILED else dict.fromkeys(task.records, Verdict(MISSING, "is empty"))
    page = feedback(task, Result("ann", status, "is empty", verdicts), tmp_path)
    if status == FAILED:
        assert "this is no score" in page.text and "of 3 points" not in page.text
    else:
        assert "0 of 3 points" in page.text and "could not be graded: is empty" in page.text
    assert "double ·" not in page.text


def a_class(task):
    """Five students: two right, two known mistakes (the same one), one broken; and one not graded."""
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
    """Fractions of those who have a grade; the most frequent mistake first; all kinds add up to the class."""
    double, half = mistake_shares(task, a_class(task))
    assert (double["question"], double["correct"]) == ("double", 0.2)
    assert double["mistakes"] == [
        {"hint": "You add & add.", "share": 0.4, "count": 2},
        {"hint": "You square <b>.", "share": 0.2, "count": 1},
    ]
    assert double["other"] == {MISSING: 1}
    assert (half["correct"], half["mistakes"], half["other"]) == (0.6, [], {WRONG: 1, MISSING: 1})


def test_the_report(task, tmp_path):
    """Distribution, shares, one row a student, both plots as PNG; a result without a score shows none."""
    path = tmp_path / "report.html"
    write_report(task, a_class(task), path)
    page = Page(path)
    check_harmless(page)
    assert "6 submissions, 3 points. Seed 7." in page.text
    assert "40 % You add & add. 20 % You square <b>. 1 × not attempted yet" in page.text
    assert "student 2 graded 1" in page.text and "failed not graded OSError: disk full" in page.text
    plots = [value for tag, name, value in page.attributes if tag == "img" and name == "src"]
    assert len(plots) == 2
    for plot in plots:
        assert base64.b64decode(plot.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    assert all(value for tag, name, value in page.attributes if name == "alt")


@pytest.mark.parametrize("results", [[], [Result("failed", FAILED, "OSError")]])
def test_a_class_without_grades_has_a_report(task, tmp_path, results):
    """Nothing to draw is no reason to stop."""
    write_report(task, results, tmp_path / "report.html")
    assert mistake_shares(task, results)[0]["correct"] == 0.0


def test_who_has_no_score_is_not_in_the_plots(task, tmp_path):
    """A student who could not be graded changes neither the distribution nor the shares."""
    plots = []
    for results in (a_class(task), a_class(task)[:-1]):
        write_report(task, results, tmp_path / "report.html")
        page = Page(tmp_path / "report.html")
        plots.append([value for tag, name, value in page.attributes if (tag, name) == ("img", "src")])
    assert plots[0] == plots[1]
