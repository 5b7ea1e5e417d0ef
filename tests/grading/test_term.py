"""A term: one page and one CSV over all sessions, also where a platform numbers its students anew."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from course.errors import UsageError
from course.grading.record.database import open_database
from course.grading.record.roster import hand_in
from course.grading.record.runs import Runs
from course.grading.report.publish import publish
from course.grading.result import GRADED, Result
from course.grading.submission.files import Submission
from course.grading.term import Session, read_sessions, term_rows, write_term
from course.questions.judge import CORRECT, WRONG, Verdict

RIGHT, NOT = Verdict(CORRECT), Verdict(WRONG, "no")


@pytest.fixture
def outs(task, tmp_path):
    """Two graded sessions of 3 points: who came to which, and under which name."""
    made = []
    for session, students in {
        "02_second": {"Zoë Müller_21": (RIGHT, RIGHT), "ann": (NOT, RIGHT), "=cmd": (NOT, NOT)},
        "01_first": {"Zoë Müller_11": (RIGHT, NOT), "Kim Lee_12": (RIGHT, RIGHT), "Kim Lee_13": (NOT, NOT)},
    }.items():
        out = tmp_path / session
        with open_database(out, create=True) as db:
            own = replace(task, session=session)
            db.add_task(own)
            for student, verdicts in students.items():
                [job] = Runs(db, own).pending([hand_in(db, Submission(student, None), student.encode())])
                result = Result(student, GRADED, "", dict(zip(own.records, verdicts, strict=True)))
                Runs(db, own).finish(job, result.pack())
            hand_in(db, Submission("not graded", None), b"x") if session == "02_second" else None
            publish(db, out)
        made.append(out)
    return made


def test_a_row_a_student(outs, tmp_path):
    """Numbers may differ between sessions; two of one name stay two; no score adds nothing, and is blank."""
    write_term(read_sessions(outs), tmp_path / "term")
    content = (tmp_path / "term" / "term.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(content.decode("utf-8-sig").splitlines())) == [
        ["student", "01_first", "02_second", "total", "of"],
        ["(points possible)", "3", "3", "6", "6"],
        ["'=cmd", "", "0", "0", "6"],
        ["Kim Lee_12", "3", "", "3", "6"],
        ["Kim Lee_13", "0", "", "0", "6"],
        ["Zoë Müller", "2", "3", "5", "6"],
        ["ann", "", "1", "1", "6"],
        ["not graded", "", "", "0", "6"],
    ]


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        ("student_01", "student_02", ["student_01", "student_02"]),
        ("student_12", "student_12", ["student_12"]),
        ("group 3_01", "group 3_02", ["group 3_01", "group 3_02"]),
        ("Ann Lee_11", "ann  lee_21", ["Ann Lee"]),
        ("Zo\u00eb_1001", "Zoe\u0308_2002", ["Zo\u00eb"]),
        ("doejane_4567", "doejane_4567", ["doejane"]),
    ],
)
def test_who_is_who(first, second, rows):
    """A platform's number goes; one of a name's own stays; the ways to write one name are one student."""
    sessions = [Session(name, 1, {who: 1}, Path(name)) for name, who in (("01", first), ("02", second))]
    found = term_rows(sessions)
    assert [row.student for row in found] == rows and sum(row.total for row in found) == 2
    both = term_rows([Session("01", 2, {"Ann Lee_11": 1, "ann lee_12": 0}, Path("01"))])
    assert [(row.student, row.total) for row in both] == [("Ann Lee_11", 1), ("ann lee_12", 0)]


@pytest.mark.nightly("a browser; test_pages_browser.py opens pages by day", early=True)
def test_the_page_links_to_each_session(outs, tmp_path, browser):
    """Every score leads to that student's review page; the table sorts and searches; it fits a phone."""
    write_term(read_sessions(outs), tmp_path / "term")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "term" / "term.html").as_uri())
    assert len(asked) == 1 and page.evaluate("document.documentElement.scrollWidth") <= 390
    text = page.inner_text("body")
    assert "6 students, 2 sessions, 6 points at most." in text and "no score" in text
    page.click("#students th:has-text('02_second') button")
    page.click("#students th:has-text('02_second') button")
    shown = page.locator("#students tbody tr .name").all_inner_texts()
    assert shown[0] == "Zoë Müller" and set(shown[-3:]) == {"Kim Lee_12", "Kim Lee_13", "not graded"}
    page.fill("#search", "kim")
    assert page.inner_text("#shown") == "2 of 6"
    links = page.eval_on_selector_all("#students a", "all => all.map(link => link.href)")
    assert len(links) == 7
    for link in links:
        assert page.goto(link).ok or page.url == link
        assert re.search("0[12]_", page.title()) and "review" in page.title()
    page.close()


def test_slips(outs, tmp_path):
    """A folder without grades, and the same session twice."""
    with pytest.raises(UsageError, match="holds no grades"):
        read_sessions([*outs, tmp_path])
    with pytest.raises(UsageError, match="both hold 02_second; name one of them"):
        read_sessions([*outs, outs[0]])
    for folder in ("feedback", "review/deeper"):
        with pytest.raises(UsageError, match=r"--out=.* of a graded session"):
            write_term(read_sessions(outs[:1]), outs[1] / folder)
        assert not (outs[1] / folder / "term.csv").exists()


def test_what_somebody_edited_is_kept(outs, tmp_path):
    """A table with notes of one's own is put aside before the next one is written."""
    sessions = read_sessions(outs)
    write_term(sessions, tmp_path / "term")
    (tmp_path / "term" / "term.csv").write_text("mine", "utf-8")
    write_term(sessions, tmp_path / "term")
    assert (tmp_path / "term" / "term.kept-1.csv").read_text("utf-8") == "mine"
