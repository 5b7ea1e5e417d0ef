"""What counts: late days, the best of several attempts, changes by hand; nothing is overwritten."""

import pytest

from course.errors import UsageError
from course.grading.record import roster
from course.grading.record.database import open_database
from course.grading.record.final_grades import (
    adjustments,
    final_results,
    final_rows,
    parse_adjustment,
    parse_comment,
)
from course.grading.record.gradebook import above_by_earlier, describe, described
from course.grading.record.runs import Runs, content
from course.grading.result import FAILED, GRADED, Result
from course.grading.submission.files import Submission
from course.questions.judge import CORRECT, WRONG, Verdict

RIGHT, NOT = Verdict(CORRECT), Verdict(WRONG, "no")
POINTS = {b"0": (NOT, NOT), b"1": (NOT, RIGHT), b"2": (RIGHT, NOT), b"3": (RIGHT, RIGHT)}


@pytest.fixture
def db(task, tmp_path):
    """An empty database of the task."""
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        yield db


def hand_in(db, task, points, days_late=0.0, student="ann", status=GRADED):
    """Hand in a notebook that earns so many points, and grade it."""
    number = roster.hand_in(db, Submission(student, None, "2026-05-09", days_late), points)
    runs = Runs(db, task)
    for job in runs.pending([number]):
        if status == FAILED:
            while runs.fail(job, "disk full") < 3:
                pass
        else:
            runs.finish(job, Result(student, GRADED, "", verdicts(task, points)).pack())


def verdicts(task, points):
    return dict(zip(task.records, POINTS[points], strict=True))


def total(db, task):
    [result] = final_results(db)
    return result.total(task)


def adjust(db, task, what, points, reason="because"):
    roster.adjust(db, "ann", parse_adjustment(task, what, points, reason))


def test_the_last_attempt_or_the_best(db, task):
    """All attempts stay on record; which one counts is a setting."""
    for points in (b"1", b"3", b"2"):
        hand_in(db, task, points)
    [result] = final_results(db)
    assert (result.total(task), result.attempt, result.attempts) == (2, 3, 3)
    assert (final_rows(db, task)[0].number, roster.wanted(db)) == (3, [3])
    db.record("attempts", "best")
    [result] = final_results(db)
    assert (result.total(task), result.attempt, result.attempts) == (3, 2, 3)
    assert (final_rows(db, task)[0].number, roster.wanted(db, ["ann"])) == (2, [1, 2, 3])
    assert content(db, 2) == b"3" and roster.wanted(db, ["bob"]) == []
    hand_in(db, task, b"1")
    db.record("attempts", "last")
    assert total(db, task) == 1, "the first notebook was handed in again"


def test_best_does_not_hide_that_somebody_has_to_look(db, task):
    """An attempt that the machine could not grade might have been the best one."""
    db.record("attempts", "best")
    hand_in(db, task, b"1")
    hand_in(db, task, b"3", status=FAILED)
    assert total(db, task) is None


def test_late_days(db, task):
    """So many percent a day, after the free ones, at most everything; the best attempt is the best then."""
    hand_in(db, task, b"3", days_late=2.5)
    assert total(db, task) == 3, "shown, and not subtracted, unless somebody says so"
    db.record("late_percent", "20")
    assert total(db, task) == 1.5
    db.record("late_free", "2")
    assert total(db, task) == 2.7
    db.record("late_percent", "100")
    db.record("late_free", "0")
    assert total(db, task) == 0
    db.record("attempts", "best")
    hand_in(db, task, b"1", days_late=0)
    assert total(db, task) == 1
    rows = db.sql.execute("SELECT value FROM settings WHERE name = 'late_percent' ORDER BY id").fetchall()
    assert [row["value"] for row in rows] == ["20", "100"]


def test_a_late_mark_that_changes_is_a_new_row(db, task):
    """The last mark holds, the first one can be read; the same mark again is no row."""
    for days in (0.0, 3.0, 3.0):
        hand_in(db, task, b"3", days)
    [result] = final_results(db)
    assert (result.days_late, result.handed_in) == (3.0, "2026-05-09")
    assert db.sql.execute("SELECT COUNT(*) FROM marks").fetchone()[0] == 2


def test_changes_by_hand(db, task):
    """A number sets, a sign changes, "graded" withdraws; questions, the total and late days; all stay."""
    hand_in(db, task, b"1", days_late=1)
    db.record("late_percent", "50")
    steps = [
        (("late", "0"), 1),
        (("double", "1.5"), 2.5),
        (("double", "+0.5"), 3),
        (("total", "-1"), 2),
        (("total", "10"), 10),
        (("total", "+1"), 11),
        (("total", "graded"), 3),
        (("double", "graded"), 1),
        (("half", "-5"), 0),
        (("double", "1,5"), 1.5),
        (("double", "+0,25"), 1.75),
        (("double", " +0.25 "), 2),
    ]
    for number, (change, expected) in enumerate(steps, start=1):
        adjust(db, task, *change)
        assert total(db, task) == expected, change
        assert len(adjustments(db)[roster.student_id("ann")]) == number
    lines = [describe(change) for change in adjustments(db)[roster.student_id("ann")]]
    assert lines[:4] == [
        "days late = 0 (because)",
        "double = 1.5 (because)",
        "double + 0.5 (because)",
        "total - 1 (because)",
    ]
    assert lines[6] == "total as graded (because)"


def test_points_by_hand_where_the_machine_failed(db, task):
    """Without a score only a total that somebody sets is one."""
    hand_in(db, task, b"3", status=FAILED)
    adjust(db, task, "total", "+1")
    assert total(db, task) is None
    adjust(db, task, "total", "2")
    assert total(db, task) == 2


@pytest.mark.parametrize(
    ("what", "points", "reason", "words"),
    [
        ("doubel", "1", "x", "QUESTION='doubel' is unknown; choose from double, half, total, late (did you"),
        ("double", "one", "x", "POINTS='one' must be a number up to 10,000, +number, -number, or graded"),
        ("double", "99999", "x", "POINTS='99999' must be a number up to 10,000, +number, -number, or graded"),
        ("double", "1,234", "x", "POINTS='1,234' must be a number"),
        ("double", "nan", "x", "POINTS='nan' must be a number"),
        ("double", "", "x", "POINTS='' must be a number"),
        ("double", "1e9", "x", "POINTS='1e9' must be a number"),
        ("double", "1", " ", "--reason=' ' must say why"),
    ],
)
def test_slips(task, what, points, reason, words):
    """One line that names what was typed."""
    with pytest.raises(UsageError) as error:
        parse_adjustment(task, what, points, reason)
    assert words in str(error.value)


def test_nobody_of_this_name(db, task):
    """A change for somebody who is not in the class is refused."""
    with pytest.raises(UsageError, match="STUDENT='ann' is not in this gradebook"):
        adjust(db, task, "total", "1")


def test_strange_names(db, task):
    """A name may hold whatever a file name may hold."""
    names = ["'; DROP TABLE runs; --", "=1", "a \udcff"]
    for name in reversed(names):
        hand_in(db, task, b"2", student=name)
    assert [result.student for result in final_results(db)] == names


def test_a_comment_stays_beside_the_points(db, task):
    """It changes none; a later one on the same question takes its place, an empty one takes it back."""
    hand_in(db, task, b"2")
    roster.adjust(db, "ann", parse_adjustment(task, "half", "0.5", "partly"))
    for what, text in (("half", "first"), ("total", "well done"), ("half", " second ")):
        roster.adjust(db, "ann", parse_comment(task, what, text))
    [result] = final_results(db)
    assert result.total(task) == 2.5
    told = ["half = 0.5 (partly)", "Comment: well done", "On half: second"]
    assert [describe(change) for change in result.adjustments] == told
    roster.adjust(db, "ann", parse_comment(task, "half", ""))
    assert [describe(change) for change in final_results(db)[0].adjustments] == told[:2]
    assert db.value("SELECT COUNT(*) FROM adjustments") == 5, "what was said stays on record"
    with pytest.raises(UsageError, match="QUESTION='late' is unknown; choose from double, half, total"):
        parse_comment(task, "late", "x")


def test_what_was_said_of_an_earlier_notebook_is_told_from_the_rest(db, task):
    """A comment stays on a newer attempt and says of what it was written; the same bytes are no newer one."""
    hand_in(db, task, b"1")
    roster.adjust(db, "ann", parse_comment(task, "half", "nearly"))
    hand_in(db, task, b"1")
    assert described(*final_results(db)) == ["On half: nearly"]
    hand_in(db, task, b"2")
    roster.adjust(db, "ann", parse_comment(task, "total", "better"))
    assert described(*final_results(db)) == [
        "On half: nearly · about a notebook that was handed in before",
        "Comment: better",
    ]


def test_points_for_an_earlier_notebook_beyond_those_there_are(db, task):
    """Who earns by a newer notebook what was given by hand is named; who has a bonus on purpose is not."""
    hand_in(db, task, b"1")
    roster.adjust(db, "ann", parse_adjustment(task, "double", "+1", "right idea"))
    assert above_by_earlier(task, final_results(db)) == []
    hand_in(db, task, b"2")
    assert above_by_earlier(task, final_results(db)) == [
        "more points than there are, by a change for an earlier notebook: ann (double: 3 of 2); "
        "see course adjust"
    ]
    roster.adjust(db, "ann", parse_adjustment(task, "double", "3", "a bonus"))
    assert above_by_earlier(task, final_results(db)) == []


def test_words_on_an_earlier_notebook_give_no_points(db, task):
    """A bonus stands beside them, and is meant."""
    hand_in(db, task, b"1")
    roster.adjust(db, "ann", parse_comment(task, "double", "nearly"))
    hand_in(db, task, b"2")
    roster.adjust(db, "ann", parse_adjustment(task, "double", "3", "a bonus"))
    assert above_by_earlier(task, final_results(db)) == []


CLASS = ["Zoë Müller_11", "Ann Müller_12", "ann", "Anna Roe_13", "Joanna Lee_14"]
ABROAD = ["Zoë Müller", "Zoe Lee", "Liam O'Neil_21", "Ana-Lucía Łukasz_22", "Søren Strauß", "Otto Neumann"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann", "ann"),
        ("ZOË MÜLLER_11", "Zoë Müller_11"),
        ("Zoe\u0308", "Zoë Müller_11"),
        ("müller z", "Zoë Müller_11"),
        ("12", "Ann Müller_12"),
        ("roe", "Anna Roe_13"),
    ],
)
def test_a_name_in_any_case_or_what_begins_its_words(typed, meant):
    """Where it fits one student; a whole name comes before one that begins so."""
    assert roster.find_student(CLASS, typed) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Müller", "may be 'Zoë Müller_11', 'Ann Müller_12'; type more of the name, or the number behind it"),
        ("zoé", "is not in this gradebook (did you mean 'Zoë Müller_11'?)"),
        ("mullre", "is not in this gradebook (did you mean 'Zoë Müller_11' or 'Ann Müller_12'?)"),
        ("oanna", "is not in this gradebook (did you mean 'Joanna Lee_14'?)"),
        ("", "is not in this gradebook"),
        ("_", "is not in this gradebook"),
        ("x", "is not in this gradebook"),
    ],
)
def test_a_name_that_is_nobodys_or_of_several(typed, words):
    """The line says whom one may have meant; of many the first."""
    with pytest.raises(UsageError) as caught:
        roster.find_student(CLASS, typed)
    assert str(caught.value) == f"STUDENT={typed!r} {words}"
    with pytest.raises(UsageError, match=r"may be 's0', 's1', 's2', 's3', 's4', …; type more of the name"):
        roster.find_student([f"s{number}" for number in range(9)], "s")
    with pytest.raises(UsageError, match=r"STUDENT='_' is not in this gradebook$"):
        roster.find_student(["-"], "_")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ONEIL", "Liam O'Neil_21"),
        ("o\u2019neil", "Liam O'Neil_21"),
        ("o neil", "Liam O'Neil_21"),
        ("ana lucia lukasz", "Ana-Lucía Łukasz_22"),
        ("AnaLucia", "Ana-Lucía Łukasz_22"),
        ("soren", "Søren Strauß"),
        ("STRAUSS", "Søren Strauß"),
        ("muller", "Zoë Müller"),
        ("zoë", "Zoë Müller"),
        ("zoe m", "Zoë Müller"),
        ("zoe lee", "Zoe Lee"),
    ],
)
def test_a_name_without_its_accents_and_punctuation(typed, meant):
    """An accent that is typed has to be there; one that is not may be, and so may punctuation."""
    assert roster.find_student(ABROAD, typed) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("zoe", "may be 'Zoë Müller', 'Zoe Lee'; type more of the name"),
        ("o'n", "may be \"Liam O'Neil_21\", 'Otto Neumann'; type more of the name"),
        ("onell", 'is not in this gradebook (did you mean "Liam O\'Neil_21"?)'),
    ],
)
def test_another_spelling_of_several(typed, words):
    """Who is called Zoe does not get what may be Zoë's."""
    with pytest.raises(UsageError) as caught:
        roster.find_student(ABROAD, typed)
    assert str(caught.value) == f"STUDENT={typed!r} {words}"


ALIKE = ["Bob Li_1200015", "Bob Lindt_1200016", "Zoë Li_120", "Zoë Lindt_121", "Ann_Lee", "Ann_Leeds"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bob li", "Bob Li_1200015"),
        ("Li, Bob", "Bob Li_1200015"),
        ("zoe li", "Zoë Li_120"),
        ("120", "Zoë Li_120"),
        ("1200016", "Bob Lindt_1200016"),
        ("ann lee", "Ann_Lee"),
    ],
)
def test_a_whole_name_or_number_comes_before_what_begins_so(typed, meant):
    """Nobody has to type the number behind a name, nor the name before a number."""
    assert roster.find_student(ALIKE, typed) == meant


def test_who_shares_a_name_is_told_apart_by_the_number():
    """The line says so where there are numbers."""
    with pytest.raises(UsageError, match=r"'Bob Li_16'; type more of the name, or the number behind it$"):
        roster.find_student(["Bob Li_15", "Bob Li_16"], "bob li")
