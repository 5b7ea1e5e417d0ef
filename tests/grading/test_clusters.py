"""Wrong answers that nobody foresaw: grouped in the report, and turned into the solution's next mistake."""

import copy
import re
from dataclasses import replace

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.errors import NotebookError, UsageError
from course.grading.record.database import open_database
from course.grading.record.final_grades import Row, final_rows
from course.grading.record.roster import hand_in
from course.grading.record.runs import Runs
from course.grading.report.clusters import clusters
from course.grading.report.new_mistake import HINT, add_to_solution, as_cell, find_cluster, versions_of
from course.grading.report.publish import publish
from course.grading.result import GRADED, Result
from course.grading.submission.answer_hash import answer_hash, unforeseen
from course.grading.submission.files import Submission
from course.notebooks.document import read_notebook, to_text, write_notebook
from course.notebooks.public_answers import run_solution
from course.questions.judge import ERROR, MISTAKE, Verdict, judge
from course.questions.manual import verdict_on
from course.questions.values import encode

CUBES = '''import numpy as np
FACTOR = 3

def helper(x):
    return x ** FACTOR

def double(x):
    """Twice x.

    Args:
        x: a number.
    """
    # I think this is right
    y = helper(x)

    return y
'''
SOLUTION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
ANSWERS = {
    "ann": CUBES,
    "bob": "def double(x): return x*x*x",
    "eve": "def double(x):\n    return x + 1.5",
    "joe": "def double(x):\n    return 2 * x",
    "zoe": "def double(x):\n    return len(x)",
}


def answered(code):
    """The cases of a question that calls double with three numbers."""
    names, cases = {}, []
    exec(code, names)
    for x in np.random.default_rng(7).normal(size=3):
        try:
            cases.append({"value": encode(names["double"](x))})
        except Exception as error:
            line = code.splitlines()[-1].strip()
            cases.append({"error": type(error).__name__, "message": str(error), "line": line})
    return cases


@pytest.fixture
def out(task, released, tmp_path):
    """An output folder of five students whose code was run: two cube, one adds, one is right, one fails."""
    record = task.records["double"] | {"answers": answered(ANSWERS["joe"]), "mistakes": []}
    solved = copy.deepcopy(released)
    next(cell for cell in solved.cells if cell.id == "double-answer").source = SOLUTION
    task = replace(task, records={"double": record}, solved=solved)
    with open_database(tmp_path / "out", create=True) as db:
        db.add_task(task)
        runs = Runs(db, task)
        for student, code in ANSWERS.items():
            notebook = copy.deepcopy(released)
            answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
            answer.source, answer.metadata = code, {"tags": ["student"]}
            cases = answered(code)
            verdict = judge(record, cases)
            result = Result(student, GRADED, "", {"double": verdict}, notebook=notebook)
            if unforeseen(verdict):
                result.answer_hashes["double"] = answer_hash(cases)
            [job] = runs.pending([hand_in(db, Submission(student, None), to_text(notebook).encode())])
            runs.finish(job, result.pack())
        publish(db, tmp_path / "out")
    return tmp_path / "out"


def clusters_in(out):
    with open_database(out) as db:
        return clusters(db.task(), final_rows(db, db.task()))


def printed(out, id, *hint):
    with open_database(out) as db:
        found = find_cluster(db, db.task(), "double", id)
        return as_cell("double", versions_of(db, db.task(), found), *hint)


def test_who_answers_the_same_stands_together(out):
    """Two wrote a cube in different words; right answers are in no cluster; the largest comes first."""
    found = [cluster.students for cluster in clusters_in(out)]
    assert found[0] == ("ann", "bob") and sorted(found) == [("ann", "bob"), ("eve",), ("zoe",)]


def test_the_report_shows_code_number_and_command(out):
    """Each cluster with its students, the code of the first as text, and the command that uses it."""
    page, first = (out / "report.html").read_text("utf-8"), clusters_in(out)[0]
    assert f"course mistake {out} double {first.id}" in page and "double · 2 students" in page
    assert "return x ** FACTOR" in re.search("<pre>(.*?)</pre>", page, re.S)[1]
    assert "TypeError: object of type" in page and "in the line" not in page


def test_code_beside_the_solutions(out):
    """The review page has both, without the marks of the release."""
    page = (out / "review" / "eve.html").read_text("utf-8")
    assert "return x + 1.5" in page and "return 2 * x" in page and "BEGIN SOLUTION" not in page


def test_the_printed_mistake_answers_what_the_student_answered(out):
    """It stands alone: helpers and constants moved into it, the docstring went, comments stay."""
    cell = printed(out, clusters_in(out)[0].id[:3])
    assert cell.startswith(f'@mistake("double", "{HINT}")\ndef double(x):\n    import numpy as np\n')
    assert "# I think this is right" in cell and "Twice x" not in cell and cell.count("def helper") == 1
    names = {"mistake": lambda *_: lambda function: function}
    exec(cell, names)
    assert names["double"](2.0) == 8.0 and "helper" not in names


@pytest.mark.parametrize("student", ["eve", "zoe"])
def test_an_answer_with_nothing_beside_it_stays_as_it_is(out, student):
    """Only the decorator is new; quotes in a hint are written as Python writes them."""
    id = next(cluster.id for cluster in clusters_in(out) if student in cluster.students)
    assert printed(out, id, 'a "b" \\') == f'@mistake("double", "a \\"b\\" \\\\")\n{ANSWERS[student]}'


def test_slips(out):
    """A question without such answers, letters of no cluster, code that lacks the function."""
    for id in ("zzz", ""):
        with pytest.raises(UsageError, match="must be one that the report offers: "):
            printed(out, id)
    with open_database(out) as db:
        with pytest.raises(UsageError, match="QUESTION='dubble' is unknown; choose from double"):
            find_cluster(db, db.task(), "dubble", "a")
        cluster = find_cluster(db, db.task(), "double", clusters_in_open(db)[0].id)
        nobody = replace(cluster, number=99)
        with pytest.raises(UsageError, match="its code does not define double"):
            versions_of(db, db.task(), nobody)


MARKDOWN = "the cell of double is a Markdown cell; make it"
LOOP = "def double(x):\n    while True:\n        pass"
PRINTS = "def double(x):\n    print(2 * x)"
NOTHING = "the answer is None (is a return missing?), expected a number"
ENDLESS = "no answer within 60 s; is there a loop without an end?"


def answers_again(out, answers):
    """The same students, with other code for double, run and published anew."""
    with open_database(out) as db:
        task = db.task()
        runs = Runs(db, task)
        for student, code in answers.items():
            notebook = copy.deepcopy(task.released)
            answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
            answer.source, answer.metadata = code, {"tags": ["student"]}
            if code.startswith("#"):
                notebook.cells.remove(answer)
            said = f"SyntaxError: {student}" if "(" in code else MARKDOWN
            said = ENDLESS if "while" in code else NOTHING if "print" in code else said
            result = Result(student, GRADED, "", {"double": Verdict(ERROR, said)}, notebook=notebook)
            [job] = runs.pending([hand_in(db, Submission(student, None), to_text(notebook).encode())])
            runs.finish(job, result.pack())
        publish(db, out)


def test_who_returns_nothing_is_no_mistake_to_know_again(out):
    """What was printed in place of an answer tells nothing; the card says already what is missing."""
    answers_again(out, dict.fromkeys(("ann", "bob", "eve", "zoe"), PRINTS))
    page = (out / "report.html").read_text("utf-8")
    assert "course mistake" not in page and "It cannot become a mistake: it gives no answer" in page


def test_what_cannot_become_a_mistake_gets_no_command(out):
    """A SyntaxError, a Markdown cell, an endless loop: the report says why, and offers no command."""
    answers_again(out, {"eve": "def double(x:\n    return x", "zoe": "# It doubles.", "ann": LOOP})
    page, groups = (out / "report.html").read_text("utf-8"), clusters_in(out)
    offered = set(re.findall(r"course mistake \S+ double ([0-9a-f]+)", page))
    words = {
        "eve": "the answer&#39;s cell has a SyntaxError (&#39;(&#39; was never closed, line 1).",
        "zoe": "the answer&#39;s cell is a Markdown cell",
        "ann": "it gives no answer, and a mistake is known by what it answers",
    }
    for student, why in words.items():
        [group] = [item for item in groups if student in item.students]
        assert group.id not in offered and f"It cannot become a mistake: {why}" in page
        with pytest.raises(
            UsageError, match=r"cannot become a mistake: (the answer's cell|it gives no answer)"
        ):
            printed(out, group.id)
    with pytest.raises(UsageError) as error:
        printed(out, "zzz")
    assert set(str(error.value).split(": ")[-1].split(", ")) == offered == {groups[0].id}


def test_what_a_person_judges_has_no_groups(task):
    """An essay function that returns nothing is told so; no `@mistake` can be made of it."""
    task.records["half"]["manual"] = True
    cases = [{"value": encode(None)}]
    verdicts = {name: verdict_on(task.records[name], cases) for name in task.records}
    assert verdicts["half"].text == "your function returned nothing: return the text, do not print it"
    rows = [Row(1, Result("ann", GRADED, "", verdicts), "{}", "")]
    assert [group.question for group in clusters(task, rows)] == ["double"]


def test_a_row_of_mistakes_leads_to_its_groups(out):
    """Each link of the table stands for a group below, with the students of that row."""
    page = (out / "report.html").read_text("utf-8")
    row = re.search("<tr>(?:(?!</tr>).)*not right yet: see.*?</tr>", page, re.S)[0]
    found = re.findall('href="#double-([0-9a-f]+)"', row)
    assert found and all(f'id="double-{id}"' in page for id in found)
    people = {student for item in clusters_in(out) if item.id in found for student in item.students}
    assert {"ann", "bob", "eve"} == people and all(f">{student}<" in row for student in people)


def clusters_in_open(db):
    return clusters(db.task(), final_rows(db, db.task()))


def a_solution():
    """A solution of one question, with one mistake."""
    cells = {
        "parameters": new_code_cell("seed = 0\ncollect = False", metadata={"tags": ["parameters"]}),
        "set-up": new_code_cell("from course.questions import begin, mistake, question"),
        "begin": new_code_cell('begin("01_test", seed=seed, collect=collect)'),
        "double-answer": new_code_cell(SOLUTION),
        "double-versions": new_code_cell('@mistake("double", "You add.")\ndef double(x):\n    return x + 2'),
        "double-question": new_code_cell(
            '@question("double", points=2)\ndef _(rng):\n    return double(rng.normal())'
        ),
    }
    for name, cell in cells.items():
        cell.id = name
    notebook = new_notebook(cells=list(cells.values()))
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


@pytest.mark.slow
def test_a_written_mistake_is_known_from_then_on(out, tmp_path):
    """The solution runs with it, and a student who answers the same gets the hint."""
    path = tmp_path / "01_test.ipynb"
    write_notebook(a_solution(), path)
    cell = printed(out, clusters_in(out)[0].id, "You cube.")
    assert add_to_solution(path, "double", cell) == "double-versions"
    record = run_solution(read_notebook(path), tmp_path).answers["double"]
    assert [wrong["hint"] for wrong in record["mistakes"]] == ["You add.", "You cube."]
    verdict = judge(record, record["mistakes"][1]["answers"])
    assert (verdict.kind, verdict.hint) == (MISTAKE, "You cube.")


def test_a_question_without_mistakes_gets_a_cell_for_them(tmp_path):
    """Between its answer and its question; another question's versions are left alone."""
    solution = a_solution()
    solution.cells = [cell for cell in solution.cells if cell.id != "double-versions"]
    path = tmp_path / "01_test.ipynb"
    write_notebook(solution, path)
    assert add_to_solution(path, "double", '@mistake("double", "x")\ndef double(x): ...') == "double-versions"
    ids = [cell.id for cell in read_notebook(path).cells]
    assert ids[-3:] == ["double-answer", "double-versions", "double-question"]
    with pytest.raises(UsageError, match="cell double-versions has this mistake already; nothing is written"):
        add_to_solution(path, "double", '@mistake("double", "another hint")\ndef double(x):\n    ...')
    assert add_to_solution(path, "double", '@mistake("double", "y")\ndef double(x): 1') == "double-versions"
    with pytest.raises(NotebookError, match="there is no question 'half'"):
        add_to_solution(path, "half", "x")
