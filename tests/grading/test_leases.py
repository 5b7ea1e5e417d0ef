"""A run belongs to the attempt that holds it: nothing is lost, nothing counts twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.grading import leases as module
from course.grading.leases import DONE, QUARANTINED, QUEUED, STUDENT_FAILURE, Leases
from course.grading.ledger import open_ledger
from course.grading.result import FAILED, GRADED, Result
from course.grading.submissions import Submission
from course.questions.judge import CORRECT, Verdict

DAY = 86_400


@pytest.fixture
def ledger(task, tmp_path, monkeypatch):
    """A ledger with three submissions, and no waiting between tries."""
    monkeypatch.setattr(module, "BACKOFF_S", 0.0)
    with open_ledger(tmp_path / "out", create=True) as ledger:
        yield ledger


def enrol(ledger, task, names="abc"):
    ledger.add_task(task)
    return [ledger.hand_in(Submission(name, None), name.encode()) for name in names]


def packed(student="a", reason="", finished=True):
    return Result(student, GRADED, reason, {"double": Verdict(CORRECT)}, finished=finished).pack()


def states(ledger):
    return [row["state"] for row in ledger.sql.execute("SELECT state FROM runs ORDER BY rowid")]


def test_each_run_is_leased_once_and_done_once(ledger, task):
    """Leases come in order with the bytes that were handed in; a done run is not leased again."""
    numbers = enrol(ledger, task)
    leases = Leases(ledger, task, "me", DAY)
    assert leases.enqueue(numbers) == 3
    taken = [leases.lease() for _ in range(3)]
    assert [(lease.student, lease.content, lease.attempt) for lease in taken] == [
        ("a", b"a", 1),
        ("b", b"b", 1),
        ("c", b"c", 1),
    ]
    assert leases.lease() is None and leases.pending() == 3
    assert leases.finish(taken[0], packed()) and leases.finish(taken[1], packed("b", finished=False))
    assert states(ledger) == [DONE, STUDENT_FAILURE, "leased"] and leases.pending() == 1
    assert not leases.finish(taken[0], packed(reason="again")), "a result counted twice"
    assert Leases(ledger, task, "next", DAY).enqueue(numbers) == 1
    assert Leases(ledger, task, "next", DAY).lease().student == "c"


def test_the_answer_of_an_old_attempt_changes_nothing(ledger, task):
    """Whoever comes back after the lease ended is noted as stale, though the run is leased again."""
    leases, other = Leases(ledger, task, "me", -1), Leases(ledger, task, "other", DAY)
    leases.enqueue(enrol(ledger, task, "a"))
    old = leases.lease()
    new = other.lease()
    assert (old.attempt, new.attempt) == (1, 2)
    assert not leases.finish(old, packed(reason="old")) and leases.fail(old, "old") == "stale"
    assert other.finish(new, packed(reason="new"))
    rows = ledger.sql.execute("SELECT attempt, outcome FROM tries ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [(1, "stale"), (1, "stale"), (2, DONE)]
    assert '"reason": "new"' in ledger.sql.execute("SELECT result FROM runs").fetchone()["result"]


def test_an_old_attempt_of_the_same_process_changes_nothing(ledger, task):
    """The number of the attempt decides, not only who holds the run: a process may get it again itself."""
    leases = Leases(ledger, task, "me", -1)
    leases.enqueue(enrol(ledger, task, "a"))
    old, new = leases.lease(), leases.lease()
    assert (old.key, old.attempt, new.attempt) == (new.key, 1, 2)
    assert not leases.finish(old, packed()) and leases.fail(old, "late") == "stale"
    assert states(ledger) == ["leased"] and leases.finish(new, packed())


def test_a_lease_that_is_renewed_stays(ledger, task):
    """Renewing moves the end of what this process holds, and of nothing else."""
    leases = Leases(ledger, task, "me", -1)
    leases.enqueue(enrol(ledger, task, "a"))
    lease = leases.lease()
    leases.seconds = DAY
    leases.renew()
    assert Leases(ledger, task, "other", DAY).lease() is None
    leases.give_back()
    assert Leases(ledger, task, "other", DAY).lease().attempt == 2
    assert not leases.finish(lease, packed())


def test_the_third_failure_of_the_machine_is_quarantine(ledger, task):
    """Twice the run goes back and remembers where it failed; then it has no score until somebody looks."""
    leases = Leases(ledger, task, "me", DAY)
    numbers = enrol(ledger, task, "a")
    leases.enqueue(numbers)
    for number, state in enumerate((QUEUED, QUEUED, QUARANTINED)):
        lease = leases.lease()
        assert lease.failed_on == tuple(f"worker {n}" for n in range(number))
        assert leases.fail(lease, "OSError: disk full", f"worker {number}") == state
    assert leases.lease() is None and leases.pending() == 0
    result = ledger.sql.execute("SELECT result FROM runs").fetchone()["result"]
    assert f'"status": "{FAILED}"' in result and "disk full" in result and '"verdicts": {}' in result
    assert ledger.quarantined() == {"a"}
    assert leases.enqueue(numbers) == 0, "quarantine ends only when asked for"
    assert leases.enqueue(numbers, again=numbers) == 1
    assert leases.fail(leases.lease(), "again") == QUEUED, "its failures count anew"


def test_a_failure_waits_before_it_is_tried_again(ledger, task, monkeypatch):
    """What failed a moment ago comes after all others, and not at once."""
    monkeypatch.setattr(module, "BACKOFF_S", 1000.0)
    leases = Leases(ledger, task, "me", DAY)
    leases.enqueue(enrol(ledger, task, "ab"))
    leases.fail(leases.lease(), "disk full")
    assert leases.lease().student == "b" and leases.lease() is None and leases.pending() == 2


def test_runs_of_other_students_and_tasks_rest(ledger, task):
    """What an earlier call had queued is not run when nobody asks for it."""
    numbers = enrol(ledger, task)
    Leases(ledger, task, "me", DAY).enqueue(numbers)
    leases = Leases(ledger, task, "me", DAY)
    assert leases.enqueue(numbers[:1]) == 1
    assert leases.lease().student == "a" and leases.lease() is None


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["lease", "finish", "fail", "end", "enqueue"]), st.integers(0, 5))))
def test_no_order_of_events_loses_or_doubles(task, tmp_path_factory, steps):
    """Two processes, leases that end at any time, late answers: each run ends once, by who held it."""
    with open_ledger(tmp_path_factory.mktemp("out") / "out", create=True) as ledger:
        numbers = enrol(ledger, task, "ab")
        owners = [Leases(ledger, task, name, DAY) for name in ("me", "other")]
        owners[0].enqueue(numbers)
        given_out, accepted = [], {}
        for what, number in steps:
            owner = owners[number % 2]
            if what == "lease" and (lease := owner.lease()):
                assert lease.key not in accepted, "leased after it was done"
                given_out.append((owner, lease))
            elif what == "end":
                ledger.sql.execute("UPDATE runs SET until = 0")
            elif what == "enqueue":
                owner.enqueue(numbers)
            elif given_out and what in ("finish", "fail"):
                holder, lease = given_out[number % len(given_out)]
                if what == "finish" and holder.finish(lease, packed(reason=str(lease.attempt))):
                    assert lease.key not in accepted, "done twice"
                    accepted[lease.key] = lease.attempt
                elif what == "fail":
                    holder.fail(lease, "disk full")
        for row in ledger.sql.execute("SELECT * FROM runs"):
            if row["key"] in accepted:
                assert row["state"] == DONE and row["attempt"] == accepted[row["key"]]
                assert f'"reason": "{row["attempt"]}"' in row["result"]
            else:
                assert row["state"] in (QUEUED, "leased", QUARANTINED)
