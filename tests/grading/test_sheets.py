"""Sheets of Moodle, Canvas and Excel are read in the form that they have, or a line says what to switch."""

from datetime import datetime

import pytest

from course.errors import UsageError
from course.grading.exchange.moodle import read_worksheet
from course.grading.exchange.sheets import read_sheet, readings


@pytest.mark.parametrize(
    ("head", "time"),
    [
        ("ID;Vollständiger Name;Bewertung;Zuletzt geändert (Abgabe)", "Sonntag, 25. Oktober 2026, 02:45"),
        ("Identifiant,Note,Dernière modification (travail remis)", '"dimanche 25 octobre 2026, 02:45"'),
        ("Identificador,Última modificación (entrega)", '"domingo, 25 de octubre de 2026, 02:45"'),
        ("Identifier\tLast modified (submission)", "Sunday, 25 October 2026, 2:45 AM"),
        ("Identifier,Last modified (submission)", "2026-10-25T02:45:00"),
    ],
)
def test_worksheets_in_other_languages(tmp_path, head, time):
    """German, French and Spanish names and dates as in Moodle's language packs, semicolons and tabs."""
    sign = next(sign for sign in ";\t," if sign in head)
    cells = ["Teilnehmer/in1234567", *[""] * (head.count(sign) - 1), time]
    (tmp_path / "w.csv").write_text(f"\ufeff{head}\r\n{sign.join(cells)}\r\n", "utf-8", newline="")
    assert read_worksheet(tmp_path / "w.csv") == {"1234567": datetime(2026, 10, 25, 2, 45)}


def test_another_language_says_what_to_switch(tmp_path):
    """Names and dates that nobody here knows are one line with the way out."""
    dates = "Identifier,Last modified (submission)\n1,25 lokakuuta\n"
    for text in ("Tunniste,Viimeksi muokattu\n1,x\n", dates):
        (tmp_path / "w.csv").write_text(text, "utf-8")
        with pytest.raises(UsageError, match="switch Moodle's language to English and download the work"):
            read_worksheet(tmp_path / "w.csv")


def test_numbers_in_both_ways_of_writing_them():
    """A point, a comma, groups of three; what may be two numbers is both."""
    known = {
        "3": {3}, "3,0": {3}, "3.50": {3.5}, "1,234.5": {1234.5}, "1.234,5": {1234.5},
        "1\u202f234,5": {1234.5},
        "1'234.5": {1234.5}, "1,234,567": {1234567}, "1.234": {1.234, 1234}, "-1": {-1},
        "100 %": set(), "": set(), "1,2,3": set(), "1.234.5": set(), "pass": set(), "nan": set(),
    }  # fmt: skip
    assert {text: readings(text) for text in known} == known


def test_sheets_are_written_as_they_came(tmp_path):
    """Delimiter and byte-order mark stay, also where Excel names the delimiter; half a character is told."""
    sheet = tmp_path / "w.csv"
    for text, delimiter, bom in (
        ("a;b,c\n1;2\n", ";", False),
        ("\ufeffa,b\n1,2\n", ",", True),
        ("sep=;\r\na;b\r\n1;2\r\n", ";", False),
        ("a\tb\n1\t2\n", "\t", False),
    ):
        sheet.write_text(text, "utf-8", newline="")
        read = read_sheet(sheet, "--sheet")
        assert (read.delimiter, read.bom, read.rows[1]) == (delimiter, bom, ["1", "2"])
        again = read.to_text(read.rows)
        assert again.startswith("\ufeff") == bom and again.count(delimiter) == 2
    sheet.write_bytes("ä,b\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"--sheet='.*' cannot be read: it is not UTF-8; save it as CSV"):
        read_sheet(sheet, "--sheet")
