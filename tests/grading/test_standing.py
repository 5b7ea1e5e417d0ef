"""What counts: late days, the best of several attempts, changes by hand; nothing is overwritten."""

import pytest

from course.errors import UsageError
from course.grading.gradebook import describe
from course.grading.leases import Leases
from course.grading.ledger import open_ledger
from course.grading.result import FAILED, GRADED, Result
from course.grading.standing import final_results, parse_adjustment, wanted_numbers
from course.grading.submissions import Submission
from course.questions.judge import CORRECT, WRONG, Verdict

RIGHT, NOT = Verdict(CORRECT), Verdict(WRONG, "no")
POINTS = {b"0": (NOT, NOT), b"1": (NOT, RIGHT), b"2": (RIGHT, NOT), b"3": (RIGHT, RIGHT)}


@pytest.fixture
def ledger(task, tmp_path):
    """An empty ledger of the task."""
    with open_ledger(tmp_path / "out", create=True) as ledger:
        ledger.add_task(task)
        yield ledger


def hand_in(ledger, task, points, days_late=0.0, student="ann", status=GRADED):
    """Hand in a notebook that earns so many points, and grade it."""
    number = ledger.hand_in(Submission(student, None, "2026-05-09", days_late), points)
    leases = Leases(ledger, task, "me", 1000)
    leases.enqueue([number])
    lease = leases.lease()
    if status == FAILED:
        ledger.sql.execute("UPDATE runs SET failures = 2")
        leases.fail(lease, "disk full")
    elif lease:
        leases.finish(lease, Result(student, GRADED, "", verdicts(task, points)).pack())


def verdicts(task, points):
    return dict(zip(task.records, POINTS[points], strict=True))


def total(ledger, task):
    [result] = final_results(ledger)
    return result.total(task)


def adjust(ledger, task, what, points, reason="because"):
    ledger.adjust("ann", parse_adjustment(task, what, points, reason))


def test_the_last_attempt_or_the_best(ledger, task):
    """All attempts stay on record; which one counts is a setting."""
    for points in (b"1", b"3", b"2"):
        hand_in(ledger, task, points)
    [result] = final_results(ledger)
    assert (result.total(task), result.attempt, result.attempts) == (2, 3, 3)
    assert ledger.handed_in("ann") == b"2" and wanted_numbers(ledger, ["ann"]) == [3]
    ledger.record("attempts", "best")
    [result] = final_results(ledger)
    assert (result.total(task), result.attempt, result.attempts) == (3, 2, 3)
    assert ledger.handed_in("ann") == b"3" and wanted_numbers(ledger, ["ann"]) == [1, 2, 3]
    hand_in(ledger, task, b"1")
    ledger.record("attempts", "last")
    assert total(ledger, task) == 1, "the first notebook was handed in again"


def test_best_does_not_hide_that_somebody_has_to_look(ledger, task):
    """An attempt that the machine could not grade might have been the best one."""
    ledger.record("attempts", "best")
    hand_in(ledger, task, b"1")
    hand_in(ledger, task, b"3", status=FAILED)
    assert total(ledger, task) is None


def test_late_days(ledger, task):
    """So many percent a day, after the free ones, at most everything; the best attempt is the best then."""
    hand_in(ledger, task, b"3", days_late=2.5)
    assert total(ledger, task) == 3, "shown, and not subtracted, unless somebody says so"
    ledger.record("late_percent", "20")
    assert total(ledger, task) == 1.5
    ledger.record("late_free", "2")
    assert total(ledger, task) == 2.7
    ledger.record("late_percent", "100")
    ledger.record("late_free", "0")
    assert total(ledger, task) == 0
    ledger.record("attempts", "best")
    hand_in(ledger, task, b"1", days_late=0)
    assert total(ledger, task) == 1
    rows = ledger.sql.execute("SELECT value FROM settings WHERE name = 'late_percent' ORDER BY id").fetchall()
    assert [row["value"] for row in rows] == ["20", "100"]


def test_a_late_mark_that_changes_is_a_new_row(ledger, task):
    """The last mark holds, the first one can be read; the same mark again is no row."""
    for days in (0.0, 3.0, 3.0):
        hand_in(ledger, task, b"3", days)
    [result] = final_results(ledger)
    assert (result.days_late, result.handed_in) == (3.0, "2026-05-09")
    assert ledger.sql.execute("SELECT COUNT(*) FROM marks").fetchone()[0] == 2


def test_changes_by_hand(ledger, task):
    """A number sets, a sign changes, "graded" withdraws; questions, the total and late days; all stay."""
    hand_in(ledger, task, b"1", days_late=1)
    ledger.record("late_percent", "50")
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
    ]
    for number, (change, expected) in enumerate(steps, start=1):
        adjust(ledger, task, *change)
        assert total(ledger, task) == expected, change
        assert len(ledger.adjustments("ann")) == number
    lines = [describe(change) for change in ledger.adjustments("ann")]
    assert lines[:4] == [
        "late = 0 (because)",
        "double = 1.5 (because)",
        "double + 0.5 (because)",
        "total - 1 (because)",
    ]
    assert lines[6] == "total as graded (because)"


def test_points_by_hand_where_the_machine_failed(ledger, task):
    """Without a score only a total that somebody sets is one."""
    hand_in(ledger, task, b"3", status=FAILED)
    adjust(ledger, task, "total", "+1")
    assert total(ledger, task) is None
    adjust(ledger, task, "total", "2")
    assert total(ledger, task) == 2


@pytest.mark.parametrize(
    ("what", "points", "reason", "words"),
    [
        ("doubel", "1", "x", "QUESTION='doubel' is unknown; choose from double, half, total, late (did you"),
        ("double", "one", "x", "POINTS='one' must be a number, +number, -number, or graded"),
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


def test_nobody_of_this_name(ledger, task):
    """A change for somebody who is not in the class is refused."""
    with pytest.raises(UsageError, match="STUDENT='ann' is not in this gradebook"):
        adjust(ledger, task, "total", "1")


def test_strange_names(ledger, task):
    """A name may hold whatever a file name may hold."""
    names = ["'; DROP TABLE runs; --", "=1", "a \udcff"]
    for name in reversed(names):
        hand_in(ledger, task, b"2", student=name)
    assert [result.student for result in final_results(ledger)] == names
