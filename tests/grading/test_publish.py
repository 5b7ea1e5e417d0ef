"""Publishing writes what has to change, and gives the same bytes as publishing all of it."""

import contextlib
import re
import shutil
import sys

import pytest

from course.grading.record.database import now, open_database
from course.grading.record.final_grades import parse_adjustment
from course.grading.record.roster import adjust, hand_in
from course.grading.record.runs import Runs
from course.grading.report.publish import publish
from course.grading.result import BROKEN, COMMENT, GRADED, Adjustment, Result, not_run
from course.grading.submission.files import Submission
from course.grading.submission.review import review
from course.notebooks.document import to_text
from course.questions.judge import CORRECT, WRONG, Verdict

RIGHT, NOT = Verdict(CORRECT), Verdict(WRONG, "no")
COPIED = "def double(x):\n" + "\n".join(
    f"    y{n} = [x, {n}, 2.5][{n} % 3] if x else max(x, {n})" for n in range(9)
)


@pytest.fixture
def out(task, tmp_path, monkeypatch):
    """An output folder of three students, of whom two wrote the same, published once from beside it."""
    monkeypatch.chdir(tmp_path)
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        runs = Runs(db, task)
        for student, verdict in (("ann", RIGHT), ("bob", RIGHT), ("eve", NOT)):
            notebook = task.released.copy()
            notebook.cells = [cell.copy() for cell in notebook.cells]
            answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
            answer.source = "def double(x):\n    return x" if student == "eve" else COPIED
            content = to_text(notebook).encode()
            [job] = runs.pending([hand_in(db, Submission(student, None), content)])
            result = Result(student, GRADED, "", dict.fromkeys(task.records, verdict), notebook=notebook)
            runs.finish(job, result.pack(*review(task, content).pack()))
        publish(db, tmp_path / "out")
    return tmp_path / "out"


def written(out):
    """The files of an output folder, but for the database: when each was written."""
    return {path: path.stat().st_mtime_ns for path in sorted(out.rglob("*.*")) if "grades." not in path.name}


def same_as_all_of_it(out):
    """Whether a fresh folder of the same name gets the same files from the same database."""
    fresh = out.parent / "fresh" / out.name
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for path in out.glob("grades.sqlite*"):
        shutil.copy(path, fresh)
    with contextlib.chdir(fresh.parent), open_database(fresh) as db:
        db.sql.execute("DELETE FROM derived")
        publish(db, fresh)
    ours, theirs = (
        {path.relative_to(folder): path.read_bytes() for path in written(folder)} for folder in (out, fresh)
    )
    return ours == theirs


def test_a_change_by_hand_writes_one_page(out, task):
    """That student's page, the gradebook and the report; nothing else is touched, and the same is said."""
    before = written(out)
    with open_database(out) as db:
        adjust(db, "eve", parse_adjustment(task, "double", "1", "half right"))
        publish(db, out)
    after = written(out)
    changed = {path.relative_to(out).as_posix() for path in after if after[path] != before[path]}
    assert changed - {"written.json", "gradebook.csv", "report.html"} == {
        "feedback/eve.html",
        "review/eve.html",
    }
    assert "half right" in (out / "feedback" / "eve.html").read_text("utf-8")
    assert same_as_all_of_it(out)


def test_what_is_missing_or_edited_is_written_anew(out):
    """A page that somebody deleted comes back; one that somebody edited is put aside before."""
    (out / "feedback" / "ann.html").unlink()
    (out / "notebooks" / "bob.ipynb").write_text("mine", "utf-8")
    with open_database(out) as db:
        publish(db, out)
    assert (out / "notebooks" / "bob.kept-1.ipynb").read_text("utf-8") == "mine"
    (out / "notebooks" / "bob.kept-1.ipynb").unlink()
    assert same_as_all_of_it(out)


def test_copied_answers_are_compared_once(out):
    """The pairs are kept as long as the class hands in the same; who comes later is compared with all."""
    with open_database(out) as db:
        kept = db.value("SELECT value FROM derived WHERE name = 'similar notebooks and answers'")
        assert '"ann", "bob", 1.0' in kept
        publish(db, out)
        assert db.value("SELECT value FROM derived WHERE name = 'similar notebooks and answers'") == kept
        runs = Runs(db, db.task())
        [job] = runs.pending([hand_in(db, Submission("zoe", None), b"Dear teacher")])
        runs.finish(job, not_run(db.task(), "zoe", BROKEN, "is not a notebook").pack())
        publish(db, out)
        assert '"ann", "bob", 1.0' in db.value(
            "SELECT value FROM derived WHERE name = 'similar notebooks and answers'"
        )
    assert same_as_all_of_it(out)


def test_publishing_that_was_interrupted_accuses_nobody(out):
    """Pages that it had written are its own: the next call writes them anew, and puts none aside."""

    def stop(rows, total):
        yield rows[0]
        raise KeyboardInterrupt

    for number, words in enumerate(("first", "second", "third")):
        with open_database(out) as db:
            comment = Adjustment(now(), "total", COMMENT, None, words)
            adjust(db, "ann", comment)
            if number < 2:
                with pytest.raises(KeyboardInterrupt):
                    publish(db, out, stop)
            else:
                publish(db, out)
    assert "third" in (out / "feedback" / "ann.html").read_text("utf-8")
    assert not list(out.rglob("*kept*")) and not (out / "written.new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no open file")
def test_a_record_that_is_taken_away_while_pages_are_written(out):
    """The gradebook does not say that all is well, and no new folder takes the old one's place."""

    def move(rows, total):
        yield rows[0]
        out.rename(out.with_name("moved"))
        yield from rows[1:]

    with open_database(out) as db:
        adjust(db, "bob", Adjustment(now(), "total", COMMENT, None, "words"))
        with pytest.raises(FileNotFoundError, match="was moved or deleted while it was written; put it back"):
            publish(db, out, move)
    assert not out.exists()


def test_pages_follow_who_stands_beside_and_where_out_is(out, monkeypatch):
    """A review page leads to the students before and behind it, and its commands find OUT from here."""
    links = {}
    for name in ("ann", "bob", "eve"):
        page = (out / "review" / f"{name}.html").read_text("utf-8")
        links[name] = re.findall(r'(previous|next): <a href="(\w+).html">', page)
        assert " -o out<" in page
    assert links == {"ann": [("next", "bob")], "bob": [("previous", "ann"), ("next", "eve")],
                     "eve": [("previous", "bob")]}  # fmt: skip
    with open_database(out) as db:
        db.sql.execute("DELETE FROM roster WHERE submission = 2")  # bob
        monkeypatch.chdir(out)
        publish(db, out)
    page = (out / "review" / "ann.html").read_text("utf-8")
    assert 'next: <a href="eve.html">' in page and " -o .<" in page and "bob" not in page
