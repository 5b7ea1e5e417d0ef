"""The gradebook is a CSV that every spreadsheet reads, and none takes for a program."""

import csv

import pytest

from course.grading.record.gradebook import clean, csv_text, write_gradebook
from course.grading.result import BROKEN, FAILED, GRADED, Result
from course.questions.judge import CORRECT, MISSING, WRONG, Verdict

RIGHT, NOT = Verdict(CORRECT), Verdict(WRONG, "no")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r\n=", " =", "\x00=", "＝", "\u202e="])
def test_no_text_is_a_formula(start):
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    text = csv_text(f'{start}HYPERLINK("http://example.org")')
    assert text[0] == "'" and text.endswith('HYPERLINK("http://example.org")')


@pytest.mark.parametrize("name", [";=cmd|x", "a;=cmd|x", 'a; "=cmd|x', "a;\t+1", "a;;@x", 'a;"" =x'])
def test_no_part_of_a_text_is_a_formula(task, tmp_path, name):
    """Where a comma is the decimal point, a spreadsheet cuts at semicolons: no piece may be a formula."""
    write_gradebook(task, [Result(name, GRADED, "", {})], tmp_path / "gradebook.csv")
    line = (tmp_path / "gradebook.csv").read_text("utf-8-sig").splitlines()[1]
    for piece in (*next(csv.reader([line], delimiter=";")), *next(csv.reader([line]))):
        assert piece.lstrip(' "')[:1] not in ("=", "+", "-", "@"), piece


def test_text_is_one_clean_line():
    """Control characters, escapes of terminals, line ends and text-direction tricks become blanks."""
    assert clean("a\x1b[31mb\nc\r\td\x00\x9be\u202ef\u2066g\u2028h\ud800i") == "a [31mb c  d  e f g h i"
    assert clean(" Zoë Müller-O'Neill, 世界 👍 ") == "Zoë Müller-O'Neill, 世界 👍"
    assert csv_text("a=b") == "a=b" and csv_text(3) == "3"


def test_right_parts_of_a_wrong_answer_earn_their_points(task):
    """Where a question gives points by part; never more than the question is worth."""
    for earned, points in ((1, 1), (2, 2), (9, 2)):
        result = Result("ann", GRADED, "", {"double": Verdict(WRONG, "no", earned=earned), "half": RIGHT})
        assert result.points(task) == {"double": points, "half": 1} and result.total(task) == points + 1


def test_rows_and_columns(task, tmp_path):
    """A column a question, points as numbers; broken is zero, not graded is blank."""
    results = [
        Result("ann", GRADED, "", {"double": RIGHT, "half": RIGHT}),
        Result(
            "=cmd|' /C calc'!A0", GRADED, 'cell a: "Error", really\nnew line', {"double": NOT, "half": RIGHT}
        ),
        Result("bob", BROKEN, "is empty", dict.fromkeys(task.records, Verdict(MISSING, "is empty"))),
        Result("eve", FAILED, "OSError: disk full"),
        Result("half \ud800", GRADED, "", {"double": RIGHT}),
    ]
    path = tmp_path / "gradebook.csv"
    write_gradebook(task, results, path)
    assert b"\r" not in path.read_bytes()
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs it to read UTF-8"
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["student", "status", "points", "of", "double", "half", "days_late", "adjusted", "reason"],
        ["ann", "graded", "3", "3", "2", "1", "", "", ""],
        ["'=cmd|' /C calc'!A0", "graded", "1", "3", "0", "1", "", "", 'cell a: "Error", really new line'],
        ["bob", "broken", "0", "3", "0", "0", "", "", "is empty"],
        ["eve", "not graded", "", "3", "", "", "", "", "OSError: disk full"],
        ["half", "graded", "2", "3", "2", "0", "", "", ""],
    ]
