"""Grades in the forms of Moodle, Canvas and nbgrader; no score is an empty cell, and no cell is a formula."""

import csv
import re
from dataclasses import replace

import pytest

from course.errors import UsageError
from course.grading.exchange import canvas, moodle, nbgrader_export
from course.grading.exchange.export import export_grades
from course.grading.exchange.moodle import comment
from course.grading.exchange.platform import name_and_number
from course.grading.result import BROKEN, FAILED, GRADED, Adjustment, Result
from course.notebooks.written import Record
from course.questions.judge import CORRECT, ERROR, MISSING, MISTAKE, Verdict

RIGHT, SQUARES = Verdict(CORRECT), Verdict(MISTAKE, "a typical mistake", "You square <b>.", 0)
HALF_A_POINT = (Adjustment("2026-11-24T12:00:00", "half", "set", 0.5, "partly"),)


def class_of_five(task):
    """Right; a mistake and a formula for a name; broken; not graded; half a point by hand."""
    missing = dict.fromkeys(task.records, Verdict(MISSING, "is empty"))
    return [
        Result(
            "Zoë Müller_11", GRADED, "", {"double": RIGHT, "half": RIGHT}, handed_in="2026-11-24T10:00:00"
        ),
        Result("=cmd|'!A1_12", GRADED, "", {"double": SQUARES, "half": RIGHT}),
        Result("bob_13", BROKEN, "is empty", missing),
        Result("eve_14", FAILED, "OSError: disk full"),
        Result("ann", GRADED, "", {"double": RIGHT, "half": SQUARES}, adjustments=HALF_A_POINT),
    ]


def exported(task, tmp_path, to, **options):
    """The rows of the CSV, and what was told."""
    path = tmp_path / "grades.csv"
    path.unlink(missing_ok=True)
    delimiter = options.pop("delimiter", ",")
    told = export_grades(task, class_of_five(task), to, path, **options).lines
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "-")) or cell == "-"
    return rows, told


def test_plain(task, tmp_path):
    """A column a question; points as numbers, halves too; a blank where there is no score."""
    assert exported(task, tmp_path, "csv")[0] == [
        ["student", "points", "of", "status", "double", "half"],
        ["Zoë Müller_11", "3", "3", "graded", "2", "1"],
        ["'=cmd|'!A1_12", "1", "3", "graded", "0", "1"],
        ["bob_13", "0", "3", "broken", "0", "0"],
        ["eve_14", "", "3", "not graded", "", ""],
        ["ann", "2.5", "3", "graded", "2", "0.5"],
    ]


def test_moodle(task, tmp_path):
    """The columns that its importer looks for; the participant's number from the zip; hints as comments."""
    head, first, second, broken, failed, ann = exported(task, tmp_path, "moodle")[0]
    assert head == list(moodle.COLUMNS)
    row = dict(zip(head, first, strict=True))
    assert (row["Identifier"], row["Full name"], row["Grade"]) == ("Participant 11", "Zoë Müller", "3")
    assert (row["Maximum Grade"], row["Last modified (grade)"]) == ("3", "-")
    assert row["Feedback comments"] == "double: 2 of 2 (correct); half: 1 of 1 (correct)"
    assert second[-1].startswith("double: 0 of 2 (You square <b>.)") and second[1].startswith("'=cmd")
    assert (broken[4], broken[-1], failed[4], failed[-1]) == ("0", "is empty", "", "not graded yet")
    assert ann[0] == "" and ann[4] == "2.5" and ann[-1].endswith("; half = 0.5 (partly)")


def test_a_comment_explains_the_grade(task):
    """What lateness takes off stands in the comment: points by question do not add up to the grade."""
    late = Result("a", GRADED, "", {"double": RIGHT, "half": RIGHT}, days_late=4, penalty=0.2)
    assert comment(task, late).endswith(
        "half: 1 of 1 (correct); 4 days late: 20 % of the points are taken off"
    )
    loop = Verdict(ERROR, "no answer within 10 s; is there a loop without an end?")
    words = comment(task, Result("a", GRADED, "", {"double": loop, "half": RIGHT}))
    assert words.startswith("double: 0 of 2 (no answer within 10 s; is there a loop without an end?); half")


def test_one_point_is_no_points(task, tmp_path):
    """Lines about an exercise of one point say it in the singular."""
    task = replace(task, records={"half": task.records["half"]})
    changes = (Adjustment("2026-11-24T12:00:00", "half", "set", 2, "more"),)
    person = Result("Ann Lee_11", GRADED, "", {"half": RIGHT}, adjustments=changes)
    [line] = export_grades(task, [person], "moodle", tmp_path / "grades.csv").lines
    assert line == "more than 1 point, which the platform may refuse: Ann Lee_11"


def test_a_long_error_in_a_comment_ends_between_words(task):
    """With a sign that it goes on; a text without blanks is cut where it must be, a short one stays."""
    for text in ("ValueError: " + "a shape that does not fit " * 20, "KeyError: " + "x" * 500):
        result = Result("a", GRADED, "", {"double": Verdict(ERROR, text), "half": RIGHT})
        words = re.search(r"double: 0 of 2 \((.*)…\); half", comment(task, result))[1]
        assert text.startswith(words) and moodle.MOST_LETTERS / 2 < len(words) < moodle.MOST_LETTERS
        assert " " not in text[20:40] or (text[len(words)] == " " and not words.endswith(" "))
    exact = "KeyError: " + "x" * (moodle.MOST_LETTERS - 10)
    assert f"({exact})" in comment(task, Result("a", GRADED, "", {"double": Verdict(ERROR, exact)}))


def test_canvas(task, tmp_path):
    """Student columns up to Section, the row of possible points, and the assignment under its name."""
    rows, _ = exported(task, tmp_path, "canvas", assignment="Optimizers (4711)")
    assert rows[0] == [*canvas.COLUMNS, "Optimizers (4711)"]
    assert rows[1] == ["Points Possible", "", "", "", "3"]
    assert rows[2] == ["Zoë Müller", "11", "", "", "3"] and rows[5] == ["eve", "14", "", "", ""]


def test_nbgrader(task, tmp_path):
    """The columns of its own export; what lateness takes is the penalty."""
    rows, _ = exported(task, tmp_path, "nbgrader")
    assert rows[0] == list(nbgrader_export.COLUMNS)
    assert rows[1] == [
        "01_test", "", "2026-11-24T10:00:00", "Zoë Müller_11", "", "", "", "3", "0", "3", "3",
    ]  # fmt: skip
    assert rows[4][7:] == ["", "", "", "3"]
    late = [Result("a", GRADED, "", {"double": RIGHT, "half": RIGHT}, penalty=0.5)]
    export_grades(task, late, "nbgrader", tmp_path / "late.csv")
    assert (tmp_path / "late.csv").read_text("utf-8").splitlines()[1].endswith(",3,1.5,1.5,3")


def test_filling_in_a_worksheet_of_moodle(task, tmp_path):
    """Rows, columns and foreign values stay; only grade and comment change; who is missing is told."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "\ufeffIdentifier,Full name,Status,Grade,Maximum Grade,Last modified (grade),Feedback comments\n"
        "Participant 11,Zoë,Submitted,,3,-,\nParticipant 99,Absent,No submission,,3,-,\n"
        'Participant 14,Eve,Submitted,1,3,"Monday, 2 March 2026, 1:00 PM",old\n',
        "utf-8",
    )
    rows, told = exported(task, tmp_path, "moodle", sheet=sheet)
    assert rows[1][:6] == ["Participant 11", "Zoë", "Submitted", "3", "3", "-"]
    assert rows[2] == ["Participant 99", "Absent", "No submission", "", "3", "-", ""]
    assert rows[3][3:6] == ["1", "3", "Monday, 2 March 2026, 1:00 PM"]
    assert told == [
        "1 of 5 students have no number of Moodle, which finds them by it: grade names such as "
        "Full Name_1234567, as course collect writes them",
        *("not in the sheet: ann", "not in the sheet: =cmd|'!A1", "not in the sheet: bob"),
    ]
    done = export_grades(task, class_of_five(task), "moodle", tmp_path / "again.csv", sheet)
    assert done.students == 2


def test_numbers_without_their_leading_zeros(task, tmp_path):
    """Excel drops them; a number counts as the same where no other is as like."""
    people = [Result(f"Ann Lee_{number}", GRADED, "", {"double": RIGHT}) for number in ("0042", "007", "7")]
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Identifier,Grade\n42,\n7,\n0007,\n", "utf-8")
    done = export_grades(task, people, "moodle", tmp_path / "grades.csv", sheet)
    assert (tmp_path / "grades.csv").read_text("utf-8") == "Identifier,Grade\n42,2\n7,2\n0007,\n"
    assert done.students == 2 and done.lines == ["not in the sheet: Ann Lee"]


def test_a_student_without_the_platforms_number_is_told(task, tmp_path):
    """Moodle and Canvas find nobody without it; a spreadsheet needs none."""
    for to, count in {"moodle": 1, "canvas": 1, "csv": 0, "nbgrader": 0}.items():
        told = exported(task, tmp_path, to)[1]
        assert sum(f"no number of {to.capitalize()}" in line for line in told) == count


def test_more_points_than_there_are_is_told(task, tmp_path):
    """A platform has a maximum; who gave more by hand hears it before the upload."""
    generous = Adjustment("now", "total", "add", 9, "kind")
    person = Result("Ann Lee_12", GRADED, "", {"double": RIGHT}, adjustments=(generous,))
    done = export_grades(task, [person], "moodle", tmp_path / "grades.csv")
    assert "more than 3 points, which the platform may refuse: Ann Lee_12" in done.lines


def test_the_sheet_is_never_written_over(task, tmp_path):
    """Not even where it is an earlier export of ours, which could be replaced."""
    path, record = tmp_path / "grades.csv", Record(tmp_path)
    export_grades(task, class_of_five(task), "moodle", path, record=record)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is the --sheet, which stays as it came; name another file with -o"):
        export_grades(task, class_of_five(task), "moodle", path, path, record=record)
    assert path.read_bytes() == before


def test_filling_in_a_gradebook_of_canvas(task, tmp_path):
    """The assignment's column is found by its name, with or without Canvas's number."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Other (1),01_test (4711),Final Score\n"
        "    Points Possible,,,,,5,3,(read only)\n"
        '"Müller, Zoë",11,x11,zoe,A,4,,80\n"Absent, A",99,x99,abs,A,3,2,70\n',
        "utf-8",
    )
    rows, _ = exported(task, tmp_path, "canvas", sheet=sheet)
    assert rows[2] == ["Müller, Zoë", "11", "x11", "zoe", "A", "4", "3", "80"]
    assert rows[3][6] == "2" and rows[1][6:] == ["3", "(read only)"]
    with pytest.raises(UsageError, match="--sheet has no column 'Optimizers'"):
        exported(task, tmp_path, "canvas", sheet=sheet, assignment="Optimizers")


@pytest.mark.parametrize(
    ("to", "text"),
    [
        ("moodle", "Identifier,Maximum Grade,Grade\nParticipant 11,{},\n"),
        ("canvas", "Student,ID,01_test (7)\n    Points Possible,,{}\nZoë,11,\n"),
    ],
)
def test_another_maximum_is_told(task, tmp_path, to, text):
    """20 points where the platform counts to 100 would be a bad grade: the numbers must be equal."""
    sheet = tmp_path / "sheet.csv"
    for maximum, words in {"100.00": ["the sheet has 100.00 points"], "3,00": [], "3": [], "": []}.items():
        sheet.write_text(text.format(f'"{maximum}"'), "utf-8")
        told = exported(task, tmp_path, to, sheet=sheet)[1]
        told = [line for line in told if "no number of" not in line]
        found = [line[:27] for line in told if not line.startswith("not in the sheet")]
        assert found == words, maximum


def test_slips(task, tmp_path):
    """An unknown form, a sheet for a form that has none, and sheets that are none."""
    with pytest.raises(
        UsageError, match="--to='moodel' is unknown; choose from csv, moodle, canvas, nbgrader"
    ):
        exported(task, tmp_path, "moodel")
    with pytest.raises(UsageError, match="is for moodle and canvas"):
        exported(task, tmp_path, "csv", sheet=tmp_path / "x")
    with pytest.raises(UsageError, match="cannot be read"):
        exported(task, tmp_path, "moodle", sheet=tmp_path / "x")
    (tmp_path / "x").write_text("", "utf-8")
    with pytest.raises(UsageError, match="is empty"):
        exported(task, tmp_path, "moodle", sheet=tmp_path / "x")
    assert name_and_number("a_b_7") == ("a_b", "7") and name_and_number("ann") == ("ann", "")


def test_only_our_own_unedited_exports_are_replaced(task, tmp_path):
    """Another file of that name, the sheet itself or an export that somebody edited is left, in one line."""
    results, path = class_of_five(task), tmp_path / "grades.csv"
    for to in ("csv", "moodle"):
        export_grades(task, results, to, path, record=Record(tmp_path))
    for target, text in (
        (path, "edited"),
        (tmp_path / "thesis.csv", "mine"),
        (tmp_path / "sheet.csv", "Identifier"),
    ):
        target.write_text(text, "utf-8")
        for record in (Record(tmp_path), None):
            why = "somebody has edited it" if record and target == path else "another file lies there"
            with pytest.raises(UsageError, match=rf"\.csv is no export as it was written: {why}; name"):
                export_grades(task, results, "moodle", target, tmp_path / "sheet.csv", record=record)
        assert target.read_text("utf-8") == text


def test_excel_opens_the_plain_table(task, tmp_path):
    """It begins with a byte-order mark, without which Excel reads UTF-8 as something else."""
    exported(task, tmp_path, "csv")
    assert (tmp_path / "grades.csv").read_bytes().startswith("\ufeffstudent,".encode())


@pytest.mark.parametrize(
    "head",
    [
        "ID;Vollständiger Name;Bewertung;Bestwertung;Feedback als Kommentar",
        "Identifiant;Nom complet;Note;Note maximale;Feedback par commentaires",
        "Identificador;Nombre completo;Calificación;Calificación máxima;Comentarios de retroalimentación",
        "Identifier;Full name;Grade;Maximum Grade;Feedback comments",
    ],
)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_worksheets_in_other_languages(task, tmp_path, head, bom):
    """Filled in by number, and written as they came: the same columns, semicolons, byte-order mark."""
    sheet = tmp_path / "sheet.csv"
    rows = "Teilnehmer/in11;Zoë;;3,00;\nParticipant99;Absent;;3,00;\n"
    sheet.write_text(f"{bom}{head}\n{rows}", "utf-8")
    filled, told = exported(task, tmp_path, "moodle", sheet=sheet, delimiter=";")
    assert ";".join(filled[0]) == head
    assert filled[1][:4] == ["Teilnehmer/in11", "Zoë", "3", "3,00"]
    assert filled[1][4].startswith("double: 2 of 2")
    assert filled[2] == ["Participant99", "Absent", "", "3,00", ""]
    assert all(line.startswith("not in the sheet") for line in told[1:])
    assert (tmp_path / "grades.csv").read_text("utf-8").startswith(bom + head)


def test_an_unknown_language_says_what_to_switch(task, tmp_path):
    """One line with the column that is missing, those that are there, and the way out."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Tunniste,Arvosana\n1,\n", "utf-8")
    with pytest.raises(UsageError, match="but Tunniste, Arvosana: switch Moodle's language to English"):
        exported(task, tmp_path, "moodle", sheet=sheet)
    with pytest.raises(UsageError, match="switch Canvas to English"):
        exported(task, tmp_path, "canvas", sheet=sheet)


def test_canvas_with_semicolons_and_blanks(task, tmp_path):
    """Canvas's own option for Europe; an ID with blanks around it is the student's all the same."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Student;ID;Section;01_test (7)\n    Points Possible;;;3,0\nZoë; 11 ;A;\n", "utf-8")
    filled, told = exported(task, tmp_path, "canvas", sheet=sheet, delimiter=";")
    assert filled[2] == ["Zoë", "11", "A", "3"] and not any("11" in line for line in told)


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        ("1,234.5", "the sheet has 1,234.5 points at most, the session 3"),
        ("1.234,5", "the sheet has 1.234,5 points at most"),
        ("1 234,5", "the sheet has 1 234,5 points at most"),
        ("100 %", "the sheet's maximum is '100 %', no number: see that it means 3 points"),
        ("3,0", ""), ("3.00", ""), (" 3 ", ""), ("", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("row", ["    Points Possible", "    Mögliche Punkte", "Puntos posibles"])
def test_every_other_maximum_is_told(task, tmp_path, theirs, words, row):
    """Thousands, percent, and the row of Canvas in whatever language."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        f'Student,ID,Section,01_test (7)\n,,,Manual Posting\n{row},,,"{theirs}"\nZoë,11,A,\n', "utf-8"
    )
    told = exported(task, tmp_path, "canvas", sheet=sheet)[1]
    found = [line for line in told if not line.startswith(("not in the sheet", "1 of 5 students"))]
    assert len(found) == bool(words) and "".join(found).startswith(words)


def test_an_assignment_that_fits_two_columns(task, tmp_path):
    """Refused with both names; named whole, it is filled; what is not there is told with what is."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Student,ID,Section,Nets (47) (4711),Nets (47) (4712)\nZoë,11,A,,\n", "utf-8")
    with pytest.raises(UsageError) as error:
        exported(task, tmp_path, "canvas", sheet=sheet, assignment="Nets (47)")
    assert str(error.value) == (
        "--assignment='Nets (47)' fits 'Nets (47) (4711)' and 'Nets (47) (4712)'; name one of them whole"
    )
    filled, _ = exported(task, tmp_path, "canvas", sheet=sheet, assignment="Nets (47) (4712)")
    assert filled[1][3:] == ["", "3"]
    with pytest.raises(UsageError, match=r"with --assignment: Nets \(47\) \(4711\), Nets \(47\) \(4712\)"):
        exported(task, tmp_path, "canvas", sheet=sheet, assignment="Net")


def test_a_column_that_canvas_takes_for_a_total(task, tmp_path):
    """Its importer drops columns such as Final Score (instructure/canvas-lms#2134)."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Student,ID,Section,Final nets (47)\nZoë,11,A,\n", "utf-8")
    for options in ({}, {"sheet": sheet}):
        told = exported(task, tmp_path, "canvas", assignment="Final nets", **options)[1]
        assert sum("Canvas may ignore the column 'Final nets" in line for line in told) == 1


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_no_spreadsheet_finds_a_formula_in_a_sheet(task, tmp_path, delimiter):
    """Whichever sign it cuts rows at: names of files that a student chose stand in comments."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        delimiter.join(["Identifier", "Grade", "Feedback comments"]) + f"\n7{delimiter}\n", "utf-8"
    )
    reason = 'no notebook was handed in; a,=1+1;=2+2, "+3.pdf (not a notebook) lies there'
    missing = Result("eve_7", BROKEN, reason, dict.fromkeys(task.records, Verdict(MISSING, reason)))
    export_grades(task, [missing], "moodle", tmp_path / "out.csv", sheet)
    for sign in (",", ";"):
        for row in csv.reader((tmp_path / "out.csv").read_text("utf-8").splitlines(), delimiter=sign):
            assert not any(cell.strip(' "').startswith(("=", "+", "-", "@")) for cell in row), row
