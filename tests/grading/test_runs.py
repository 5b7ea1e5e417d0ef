"""A submission is pending until it has a result: nothing is lost, and nothing counts twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.grading.record.database import open_database
from course.grading.record.roster import hand_in, quarantined
from course.grading.record.runs import QUARANTINED, Runs, give_up
from course.grading.result import FAILED, GRADED, Result
from course.grading.submission.files import Submission
from course.questions.judge import CORRECT, Verdict


@pytest.fixture
def db(task, tmp_path):
    """An open database that knows the task."""
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        yield db


def enrol(db, names="abc"):
    return [hand_in(db, Submission(name, None), name.encode()) for name in names]


def packed(reason="", finished=True):
    return Result("", GRADED, reason, {"double": Verdict(CORRECT)}, finished=finished).pack()


def states(db):
    rows = db.sql.execute("SELECT state FROM results ORDER BY submission")
    return [row["state"] for row in rows]


def tries(db):
    return [row["outcome"] for row in db.sql.execute("SELECT outcome FROM tries ORDER BY id")]


def test_what_has_no_result_is_pending(db, task):
    """Jobs come in the order that was asked for, with the bytes that were handed in; a done one not again."""
    numbers, runs = enrol(db), Runs(db, task)
    jobs = [runs.to_send(job) for job in runs.pending(reversed(numbers))]
    assert [(job.student, job.content) for job in jobs] == [("c", b"c"), ("b", b"b"), ("a", b"a")]
    runs.finish(jobs[0], packed())
    runs.finish(jobs[1], packed(finished=False))
    assert states(db) == ["student failure", "done"] and tries(db) == ["done", "student failure"]
    assert [job.student for job in Runs(db, task).pending(numbers)] == ["a"]
    assert [job.student for job in runs.pending(numbers[1:])] == [], "others rest"


def test_asked_for_again(db, task):
    """A result that is given up makes its submission pending, and is still on record."""
    numbers, runs = enrol(db, "ab"), Runs(db, task)
    for job in runs.pending(numbers):
        runs.finish(job, packed(reason="first"))
    give_up(db, numbers[:1])
    assert [job.student for job in runs.pending(numbers)] == ["a"]
    assert [job.student for job in runs.pending(numbers)] == ["a"], "though the run was stopped"
    assert tries(db) == ["done", "done", "again"]
    assert '"reason": "first"' in db.value("SELECT note FROM tries")


def test_the_third_failure_of_the_machine_is_quarantine(db, task):
    """Twice it stays pending; then it has no score until somebody looks."""
    numbers, runs = enrol(db, "a"), Runs(db, task)
    for number in range(3):
        job = runs.to_send(runs.pending(numbers)[0])
        assert runs.fail(job, "OSError: disk full", f"worker {number}") == number + 1
    assert states(db) == [QUARANTINED] and quarantined(db) == ["a"]
    result = db.value("SELECT result FROM results")
    assert f'"status": "{FAILED}"' in result and "disk full" in result and '"verdicts": {}' in result
    assert runs.pending(numbers) == [], "quarantine ends only when asked for"
    give_up(db, numbers)
    [job] = runs.pending(numbers)
    assert runs.fail(job, "again") == 1, "its failures count anew"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["finish", "fail", "again", "killed"]), st.integers(0, 5))))
def test_no_order_of_events_loses_or_doubles(task, tmp_path_factory, steps):
    """Whatever comes back, and however often the grader is killed: who has no result is pending."""
    out = tmp_path_factory.mktemp("out") / "out"
    has_result, failures, ended = set(), dict.fromkeys("ab", 0), dict.fromkeys("ab", 0)
    with open_database(out, create=True) as db:
        db.add_task(task)
        numbers = enrol(db, "ab")
    for what, number in steps:
        with open_database(out) as db:  # each step is another process
            runs = Runs(db, task)
            if what == "again":
                give_up(db, numbers)
                failures = {name: failures[name] if name not in has_result else 0 for name in "ab"}
                has_result.clear()
            jobs = runs.pending(numbers)
            assert {job.student for job in jobs} == set("ab") - has_result
            if jobs and what in ("finish", "fail"):
                job = jobs[number % len(jobs)]
                if what == "finish":
                    runs.finish(job, packed(reason=str(number)))
                    ended[job.student], failures[job.student] = ended[job.student] + 1, 0
                    has_result.add(job.student)
                else:
                    failures[job.student] += 1
                    assert runs.fail(job, "disk full") == failures[job.student]
                    if failures[job.student] == 3:
                        has_result.add(job.student)
    with open_database(out) as db:
        assert len(states(db)) == len(has_result)
        assert tries(db).count("done") == sum(ended.values())


def test_a_database_of_another_version_is_refused(tmp_path):
    """Of the future, or from before the first release."""
    with open_database(tmp_path, create=True) as db:
        db.sql.execute("PRAGMA user_version = 9")
    with (
        pytest.raises(Exception, match=r"grades\.sqlite is of version 9, not 2: another version of course"),
        open_database(tmp_path),
    ):
        pass
