"""A new mistake is tried, in the sandbox beside the solution, before it is sure."""

import copy
import re
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell

from course.grading.record.database import open_database
from course.grading.record.final_grades import final_rows
from course.grading.record.roster import hand_in
from course.grading.record.runs import Runs
from course.grading.report.clusters import clusters
from course.grading.report.new_mistake import try_versions, versions_of
from course.grading.report.publish import publish
from course.grading.submission.files import Submission
from course.grading.submission.grade import grade_content
from course.notebooks.document import to_text
from course.sandbox import isolation

SOLUTION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
CALLED_BELOW = "def double(x):\n    return 3.5 * x\n\n\nprint(double(3))\nn = double(2)"
TEXT_BESIDE = 'T = """\na\nb"""\n\n\ndef double(x):\n    return len(T) * x + 0.25'
DECORATED_BESIDE = """import functools

@functools.cache
def five():
    return 5

def double(x):
    return x * five()"""
DECORATED = "@np.vectorize\ndef double(x):\n    return 7 * x"
COUNTS = "n = 0\n\n\ndef double(x):\n    global n\n    n += 1\n    return x * n"
OWN_DECORATOR = """def plus(f):
    return lambda x: f(x) + 7

@plus
def double(x):
    return x"""
BY_THE_CLOCK = "import time\n\n\ndef double(x):\n    return x * (time.time_ns() % 1_000_003)"
TRIED = {
    CALLED_BELOW: "def double(x):\n    return 3.5 * x",
    TEXT_BESIDE: 'def double(x):\n    T = """\na\nb"""\n    return len(T) * x + 0.25',
    DECORATED_BESIDE: "def double(x):\n    import functools\n    @functools.cache\n    def five():\n",
    DECORATED: DECORATED,
    COUNTS: "its code does not stand alone: SyntaxError: name 'n' is assigned to before global declaration",
    OWN_DECORATOR: "its code does not stand alone: NameError: name 'plus' is not defined",
    BY_THE_CLOCK: "its code does not stand alone: it answers differently there",
}


SOME = (CALLED_BELOW, COUNTS, OWN_DECORATOR)


@pytest.mark.slow
@pytest.mark.parametrize(
    "codes",
    [SOME, pytest.param([*TRIED], marks=pytest.mark.nightly("tries all of them", early=True))],
    ids=["some", "all"],
)
def test_a_mistake_is_tried_before_it_is_sure(ran_task, tmp_path, course, codes):
    """It gives the group's answer where it stands alone, or a line says why not and there is none."""
    if isolation().level < 2:
        pytest.skip("this system does not keep a kernel in")
    solved = copy.deepcopy(ran_task.released)
    next(cell for cell in solved.cells if cell.id == "double-answer").source = SOLUTION
    task = replace(ran_task, solved=solved)
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        for number, code in enumerate(codes):
            notebook = copy.deepcopy(task.released)
            next(cell for cell in notebook.cells if cell.id == "double-answer").source = code
            content = to_text(notebook).encode()
            [job] = Runs(db, task).pending([hand_in(db, Submission(str(number), None), content)])
            Runs(db, task).finish(job, grade_content(task, str(number), content).pack())
        groups = {group.students: group for group in clusters(task, final_rows(db, task))}
        assert len(groups) == len(codes)
        for number, code in enumerate(codes):
            group = groups[(str(number),)]
            versions, doubt = try_versions(db, task, group, versions_of(db, task, group))
            assert (doubt or versions[0]).startswith(TRIED[code]), code
            assert bool(versions) == (doubt is None)
    refused = groups[(str(codes.index(OWN_DECORATOR)),)].id
    asked = ["mistake", str(tmp_path / "out"), "double", refused, "--hint", "You add."]
    for more, code, shown in (([], 1, '@mistake("double", "You add.")\n@plus\n'), (["--write"], 2, "")):
        ended, printed, told = course(*asked, *more)
        assert ended == code and printed.startswith(shown) and bool(printed) == bool(shown)
        assert TRIED[OWN_DECORATOR] in told and len(told.splitlines()) == 1
        assert ("nothing is written" in told) == bool(more)


EXITS = "import os\n\n\ndef double(x):\n    return 3 * x\n\n\nos._exit(3)"
ASKED = "import os\n\n\ndef double(x):\n    os._exit(3)"
NEEDS = "def double(x):\n    return factor() * x"
FACTOR = "import os\n\n\ndef factor():\n    return 3\n\n\nos._exit(3)"
NO_ANSWER = "it gives no answer, and a mistake is known by what it answers"


@pytest.mark.slow
def test_an_answer_whose_kernel_ended_gets_no_command(ran_task, tmp_path, course):
    """Its function stands there, but it never answered: in its own cell, in its question, in another cell."""
    if isolation().level < 2:
        pytest.skip("this system does not keep a kernel in")
    solved = copy.deepcopy(ran_task.released)
    next(cell for cell in solved.cells if cell.id == "double-answer").source = SOLUTION
    task = replace(ran_task, solved=solved)
    wrong = "def double(x):\n    return 3.5 * x"
    codes = {"own": [EXITS], "asked": [ASKED], "other": [FACTOR, NEEDS], "ok": [wrong]}
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        for student, (*above, code) in codes.items():
            notebook = copy.deepcopy(task.released)
            place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "double-answer")
            notebook.cells[place].source = code
            notebook.cells[place:place] = [new_code_cell(source) for source in above]
            content = to_text(notebook).encode()
            [job] = Runs(db, task).pending([hand_in(db, Submission(student, None), content)])
            Runs(db, task).finish(job, grade_content(task, student, content).pack())
        publish(db, tmp_path / "out")
        groups = {
            student: group for group in clusters(task, final_rows(db, task)) for student in group.students
        }
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    offered = re.findall(r"course mistake \S+ double ([0-9a-f]+)", page)
    assert offered == [groups["ok"].id] and len(groups) == 4
    assert page.count(f"It cannot become a mistake: {NO_ANSWER}.") == 3
    for student in ("own", "asked", "other"):
        code, _, told = course("mistake", str(tmp_path / "out"), "double", groups[student].id)
        assert code == 2 and f"cannot become a mistake: {NO_ANSWER}" in told
