"""The reading sheet keeps lines, and finds students whose names a spreadsheet has written in another way."""

import csv

import pytest

from course.errors import UsageError
from course.grading.exchange.reading import Reading, read_reading_sheet, write_reading_sheet
from course.grading.result import GRADED, Adjustment, Result, Task
from course.notebooks.written import Record
from course.questions.judge import MISSING, Verdict
from course.questions.manual import WAITING

TEXT = "Momentum keeps what was:\n\n- v is a mean\n- =1+1 is no formula"
NAMES = ("Zoe\u0308", "0042", "007", "7")


@pytest.fixture
def essay(released):
    """A task of one question that a person judges."""
    return Task("01_test", 7, released, {"essay": {"question": "essay", "points": 2, "manual": True}})


def a_class(text=TEXT):
    return [Result(name, GRADED, "", {"essay": Verdict(WAITING, text)}) for name in NAMES]


def read(essay, tmp_path, *rows, head="student,question,points,reason"):
    path = tmp_path / "filled.csv"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return read_reading_sheet(essay, a_class(), path)


def test_lines_stay_lines(essay, tmp_path):
    """A cell of several lines, none of them a formula; and it comes back as the same text."""
    path = tmp_path / "reading.csv"
    write_reading_sheet(essay, a_class(), path, Record(tmp_path))
    with open(path, encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert rows[0][head.index("text")] == TEXT.replace("- v", "'- v").replace("- =", "'- =")
    formula = "=1+1"
    write_reading_sheet(essay, a_class(f"a\n{formula}\n b;{formula}"), path, Record(tmp_path))
    assert "\n'=1+1\nb;'=1+1\"" in path.read_text("utf-8-sig")
    for text in (TEXT, TEXT.replace("\n", "\r\n"), " ".join(TEXT.split())):  # as Excel or an older course
        [row] = read(essay, tmp_path, f'0042,essay,1,fine,"{text}"', head=",".join([*head[:2], *head[3:]]))
        assert row == Reading("0042", "essay", "1", "fine")


def test_names_as_a_spreadsheet_writes_them(essay, tmp_path):
    """Composed letters and numbers without leading zeros, where only one student can be meant."""
    rows = read(essay, tmp_path, "Zo\u00eb,essay,1,x", "42,essay,2,x", "7,essay,0,x", "007,essay,1,x")
    given = [(row.student, row.points) for row in rows]
    assert given == [(NAMES[0], "1"), ("0042", "2"), ("7", "0"), ("007", "1")]
    with pytest.raises(UsageError, match="row 2: student='0007' stands for two students"):
        read(essay, tmp_path, "0007,essay,1,x")
    with pytest.raises(UsageError, match="row 3: 0042 has points for essay in row 2 already"):
        read(essay, tmp_path, "42,essay,1,x", "0042,essay,1,x")


def test_points_for_a_text_count_while_there_is_one(essay):
    """Whoever hands in no text later has none of its points; the change stays on record."""
    [read_, *_] = a_class()
    change = Adjustment("2026-11-24", "essay", "set", 2, "well seen", read_.text_hash("essay"))
    by_hand = Adjustment("2026-11-24", "essay", "set", 1, "told me in class")  # about no text
    for verdict, changes, points in (
        (Verdict(WAITING, TEXT), (change,), 2),
        (Verdict(WAITING, "Another text."), (change,), 2),
        (Verdict(MISSING), (change,), 0),
        (Verdict(MISSING), (change, by_hand), 1),
    ):
        result = Result("ann", GRADED, "", {"essay": verdict}, adjustments=changes)
        assert result.points(essay) == {"essay": points} and result.adjustments == changes
        assert result.total(essay) == points
