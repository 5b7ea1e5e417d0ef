"""Pages and tables that people open: weapons in names, comments and code, in every place where they stand."""

import csv
import re

import pytest

from course.grading.record.final_grades import Row
from course.grading.report.pages import write_feedback
from course.grading.report.review_page import write_review
from course.grading.result import COMMENT, GRADED, Adjustment, Result
from course.grading.term import Session, write_term
from course.questions.judge import CORRECT, WRONG, Verdict

from .test_class import NAMES

WEAPON = "</p><script>alert(1)</script><img src=x onerror=alert(2)>\u202egpj\x1b[2J\u200b\U000e0041"
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def harmless(path, scripts=0):
    """Whether a page runs nothing of a stranger, and shows nothing that hides."""
    text = path.read_text("utf-8")
    assert text.lower().count("<script") == scripts and "onerror=alert" not in re.sub(
        r"&[^;]+;[^<]*", "", text
    )
    assert not INVISIBLE.search(text), INVISIBLE.search(text)


@pytest.mark.parametrize("what", ["double", "total"])
def test_97_comments_and_reasons(place, tmp_path, what):
    """What a person copied out of a notebook into a comment stays text on the page that the student reads."""
    change = Adjustment("2026-11-29T00:00:00+00:00", what, COMMENT, None, WEAPON)
    verdicts = {"double": Verdict(WRONG, WEAPON), "half": Verdict(CORRECT)}
    result = Result("eve", GRADED, WEAPON, verdicts, adjustments=(change,))
    write_feedback(place.task, result, tmp_path / "feedback.html")
    write_review(place.task, Row(1, result, "{}", ""), None, {"double": "2 * x"}, tmp_path / "review.html")
    for page in tmp_path.iterdir():
        harmless(page)
        assert "&lt;script&gt;alert(1)" in page.read_text("utf-8")


def test_98_a_term_of_weapons(tmp_path):
    """Names of every kind in a term's page and table: a row each, no formula, no tag, nothing invisible."""
    scores = dict.fromkeys([*NAMES, WEAPON.replace("/", "|")], 1.0)
    sessions = [Session(name, 3, scores, tmp_path / "out") for name in ("01_a", "02_b")]
    rows = write_term(sessions, tmp_path / "term")
    assert len(rows) == len(scores) and {row.total for row in rows} == {2}
    harmless(tmp_path / "term" / "term.html", scripts=1)
    with open(tmp_path / "term" / "term.csv", encoding="utf-8-sig", newline="") as file:
        names = [row["student"] for row in csv.DictReader(file)]
    assert len(names) == len(scores) + 1 and not any(name[0] in "=+-@\t\r" for name in names)
    assert not any(INVISIBLE.search(name) for name in names)
