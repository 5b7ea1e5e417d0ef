"""The answer key: warm kernels give what the whole solution gives; what they cannot, it gives itself."""

from concurrent.futures import BrokenExecutor

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.errors import NotebookError
from course.grading.answer_key import answer_key, prepare
from course.grading.pool.local import InProcess
from course.notebooks.cells import asked
from course.notebooks.document import read_notebook
from course.notebooks.new import new_session
from course.notebooks.public_answers import run_solution, same_record
from course.notebooks.workbook import Workbook

pytestmark = pytest.mark.slow

CELLS = {
    "parameters": "seed = 0\ncollect = False",
    "set-up": "from course.questions import begin, mistake, question",
    "begin": 'begin("01_test", seed=seed, collect=collect)',
    "double-answer": "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    "double-versions": '@mistake("double", "You add.")\ndef double(x):\n    return 2 + x',
    "double-question": '@question("double")\ndef _(rng):\n    return double(rng.normal())',
    "half-answer": "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION",
    "half-question": '@question("half")\ndef _(rng):\n    return half(rng.normal())',
}


def solution():
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    cells[0].metadata["tags"] = ["parameters"]
    return new_notebook(cells=cells)


class Shared(InProcess):
    """Two shares, one after the other; notes what came of them."""

    workers = 2

    def __init__(self):
        super().__init__()
        self.shares = []

    def submit(self, function, *args):
        future = super().submit(function, *args)
        self.shares.append(future.result())
        return future


class Lost(InProcess):
    """An executor whose workers are gone."""

    def submit(self, function, *args):
        return super().submit(self.lost)

    def lost(self):
        raise BrokenExecutor("gone")


def test_the_line_names_whose_seed_it_is(tmp_path):
    """No seed stands in the line, so it says which one is meant."""
    new_session(Workbook(tmp_path), "01_test")
    told = []
    prepare(Workbook(tmp_path), "01_test", seed=11, say=told.append)
    assert told == ["starting the workers; the solution answers for the class's seed"]


def test_shares_make_the_whole_key(tmp_path):
    """Two kernels, in the notebook's order; the same answers as of the whole solution."""
    pool = Shared()
    records = answer_key(solution(), tmp_path, 7, pool)
    whole = run_solution(solution(), tmp_path, 7).answers
    assert list(records) == list(whole) == ["double", "half"] and len(pool.shares) == 2
    assert all("value" in share for share in pool.shares)
    assert all(same_record(whole[name], records[name]) for name in whole)
    assert answer_key(solution(), tmp_path, 7, Lost()) == whole


def test_what_the_sandbox_does_not_show_is_run_outside(tmp_path):
    """A solution may read a file that lies beside it; one that does not run says why."""
    (tmp_path / "factor.txt").write_text("2", "utf-8")
    reads = solution()
    answer = next(cell for cell in reads.cells if cell.id == "double-answer")
    answer.source = answer.source.replace("return 2 * x", "return float(open('factor.txt').read()) * x")
    assert answer_key(reads, tmp_path, 7, InProcess())["double"]["answers"][0]["value"]
    answer.source = answer.source.replace("factor.txt", "gone.txt")
    with pytest.raises(NotebookError, match="no answer to question 'double': FileNotFoundError"):
        answer_key(reads, tmp_path, 7, InProcess())


@pytest.mark.nightly("runs a whole session twice")
def test_a_real_session(pytestconfig):
    """Session 1, all questions, mistakes and variants."""
    path = pytestconfig.rootpath / "solutions" / "01_machine_learning.ipynb"
    real = read_notebook(path)
    pool = Shared()
    records, whole = answer_key(real, path.parent, 7, pool), run_solution(real, path.parent, 7).answers
    assert list(records) == [question.name for question in asked(real)]
    assert [name for name in whole if not same_record(whole[name], records[name])] == []
    assert all(len(share) > 2 for share in pool.shares)
