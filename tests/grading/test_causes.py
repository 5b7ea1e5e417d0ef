"""Feedback names the cause and the student's own line, the same with every run; later questions keep points.

Real notebooks in the real sandbox: the exercise of two questions in conftest, double (2 points) and half (1).
Causes that leave the kernel alone share a notebook, in which double is asked for under several names.
"""

import copy
import json
import re
from dataclasses import replace

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from course import sandbox
from course.grading.report.pages import write_feedback
from course.grading.result import GRADED
from course.grading.submission.causes import Causes, with_own_lines
from course.grading.submission.fresh_kernel import MOST_KERNELS
from course.grading.submission.grade import grade_content
from course.questions.judge import ERROR, Verdict

from .conftest import run_task

DOUBLES = [f"double{number}" for number in range(7)]
DOUBLE, HALF = "def double(x):\n    return 2 * x", "def half(x):\n    return x / 2"


@pytest.fixture(scope="module", autouse=True)
def kept_in():
    """Skip where nobody's code is run."""
    if sandbox.isolation().level < 2:
        pytest.skip("this system does not keep a kernel in")


def write(notebook, name, answer, behind=()):
    """Put an answer (a text, a cell, or None) into a question's cell, and cells of one's own behind it."""
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == f"{name}-answer")
    if isinstance(answer, str):
        notebook.cells[place].source = answer
        answer = notebook.cells[place]
    added = [new_code_cell(source) for source in behind]
    notebook.cells[place : place + 1] = [*([answer] if answer else []), *added]


def graded(task, notebook):
    result = grade_content(task, "ann", json.dumps(notebook).encode())
    assert result.status == GRADED, result.reason
    return result


@pytest.fixture
def hand_in(ran_task):
    """Grade the exercise with these answers, and cells added behind an answer; gives the result."""

    def hand_in(double=DOUBLE, half=HALF, behind=(), task=ran_task):
        notebook = copy.deepcopy(task.released)
        write(notebook, "double", double, behind)
        write(notebook, "half", half)
        return graded(task, notebook)

    return hand_in


@pytest.fixture(scope="module")
def wide_task(tmp_path_factory):
    """The exercise that asks for double under seven names."""
    return run_task(tmp_path_factory.mktemp("wide"), DOUBLES)


@pytest.fixture
def hand_in_together(wide_task):
    """As `hand_in`, a name of double for each of some answers; the others are right."""

    def hand_in_together(cases):
        notebook, below = copy.deepcopy(wide_task.released), HALF
        for name, case in zip(DOUBLES, [*cases, *[{}] * (len(DOUBLES) - len(cases))], strict=True):
            answer = case.get("double", DOUBLE)
            if isinstance(answer, str):
                answer = answer.replace("double", name)
            elif answer is not None:
                answer = from_dict(answer | {"id": f"{name}-answer"})
                answer.source = answer.source.replace("double", name)
            behind = [source.replace("double", name) for source in case.get("behind", ())]
            write(notebook, name, answer, behind)
            below += case.get("half", HALF).removeprefix(HALF).replace("double", name)
        write(notebook, "half", below)
        return graded(wide_task, notebook)

    return hand_in_together


@pytest.fixture
def out_of_time(ran_task, hand_in):
    """As `hand_in`, with a limit of a second, or on a busy machine a longer one; gives the limit, too.

    The one cell that has no end shall be the only one that reaches it.
    """

    def out_of_time(**answers):
        for limit in (1, 4, 16, 64):
            try:
                result = hand_in(task=replace(ran_task, cell_timeout=limit), **answers)
            except AssertionError:  # the machine was too busy even for the course's own cells
                continue
            if sum("run" in cell.metadata for cell in result.notebook.cells) == 1:
                return result, limit
        raise AssertionError("no cell, or more than one, reached the limit")

    return out_of_time


def points(task, result):
    return [result.points(task)[name] for name in ("double", "half")]


CAUSES = {
    "a slip": (
        {"double": "def double(x):\n    return (2 * x"},
        "SyntaxError: '(' was never closed, in the line: return (2 * x",
        "cell double-answer: SyntaxError",
    ),
    "a module that is not there": (
        {"double": f"import my_helpers\n\n\n{DOUBLE}"},
        "ModuleNotFoundError: No module named 'my_helpers', in the line: import my_helpers",
        "cell double-answer: ModuleNotFoundError",
    ),
    "a forbidden module": (
        {"double": f"from torch.optim import SGD\n\n\n{DOUBLE}"},
        "ImportError: torch.optim cannot be imported: this exercise asks you to do without torch.optim, "
        "in the line: from torch.optim import SGD",
        "cell double-answer: ImportError",
    ),
    "an attribute of a module": (
        {"double": "import torch\n\n\ndef double(x):\n    torch.optim.SGD\n    return 2 * x"},
        "torch.optim cannot be used: this exercise asks you to do without torch.optim, "
        "in the line: torch.optim.SGD",
        "",
    ),
    "a renamed function": (
        {"double": DOUBLE.replace("double", "twice")},
        "double is not defined; its cell defines twice. Keep the name as it was given",
        "",
    ),
    "an empty cell": ({"double": ""}, "the cell of double is empty", ""),
    "a deleted cell": ({"double": None}, "the cell of double is not in the notebook that was handed in", ""),
    "a Markdown cell": (
        {"double": new_markdown_cell(DOUBLE, id="double-answer")},
        "the cell of double is a Markdown cell; make it a code cell again",
        "cell double-answer is a Markdown cell",
    ),
    "a Raw cell": (
        {"double": new_raw_cell(DOUBLE, id="double-answer")},
        "the cell of double is a Raw cell; make it a code cell again",
        "cell double-answer is a Raw cell",
    ),
    "a function cut in two": (
        {"double": "def double(x):\n    y = 2 * x", "behind": ["    return y"]},
        "a part of double stands in a cell of its own; put both parts into one cell",
        None,
    ),
    "a function cut in two, not indented": (
        {"double": 'def double(x):\n    """Twice x."""', "behind": ["y = 2 * x\ny"]},
        "a part of double stands in a cell of its own; put both parts into one cell",
        "cell added-0: NameError",
    ),
    "a trial behind a function that is whole": (
        {"double": "def double(x):\n    return x['two']", "behind": ["print(double(x))", "    print('hi')"]},
        "TypeError: 'float' object is not subscriptable: square brackets stand behind one number, "
        "in the line: return x['two']",
        "cell added-0: NameError",
    ),
    "an answer below its question": (
        {"double": "", "half": f"{HALF}\n\n\n{DOUBLE}"},
        "double is defined below the question that needs it; write it into a cell above that question",
        "",
    ),
    "an answer below its question, the given one left": (
        {"double": "def double(x):\n    raise NotImplementedError", "half": f"{HALF}\n\n\n{DOUBLE}"},
        "double is defined below the question that needs it; write it into a cell above that question",
        "",
    ),
    "a helper below the question": (
        {"double": "def double(x):\n    return by(x)", "half": f"{HALF}\n\n\ndef by(x):\n    return 2 * x"},
        "by is defined below the question that needs it; write it into a cell above that question",
        "",
    ),
    "a loop of asyncio": (
        {"double": "import asyncio\n\n\ndef double(x):\n    return asyncio.run(asyncio.sleep(0, 2 * x))"},
        "RuntimeError: asyncio.run() cannot be called from a running event loop; a notebook has such a loop, "
        "so do without asyncio, in the line: return asyncio.run(asyncio.sleep(0, 2 * x))",
        "",
    ),
    "a slip in a cell of one's own": (
        {"double": "def double(x):\n    return scale(x)", "behind": ["def scale(x):\n    return 2 * x)"]},
        "SyntaxError: unmatched ')', in the line: return 2 * x)",
        "cell added-0: SyntaxError",
    ),
    "an error of one's own": (
        {"double": "def double(x):\n    raise NameError(\"name 'double' is not defined\")"},
        "NameError: name 'double' is not defined, "
        "in the line: raise NameError(\"name 'double' is not defined\")",
        "",
    ),
    "exit in the function": (
        {"double": "def double(x):\n    exit()\n    return 2 * x"},
        "KernelExit: exit() would end the kernel; leave a function with return, in the line: exit()",
        "",
    ),
    "the builtin range is gone": (
        {"double": "range = 5\n\n\ndef double(x):\n    return sum(x for _ in range(2))"},
        "TypeError: 'int' object is not callable: round brackets call a function; what stands before them "
        "is none, in the line: return sum(x for _ in range(2))",
        "",
    ),
}


@pytest.mark.parametrize("first", range(0, len(CAUSES), len(DOUBLES)))
def test_the_cause_is_named_at_its_question(wide_task, hand_in_together, first):
    """The cause, the student's own line where there is one, and the other question's points."""
    cases = [*CAUSES.values()][first : first + len(DOUBLES)]
    result = hand_in_together([answers for answers, _, _ in cases])
    told, added = result.reason.split("; "), 0
    for name, (answers, text, reason) in zip(DOUBLES, cases, strict=False):
        assert result.verdicts[name].text == text.replace("double", name)
        assert result.points(wide_task)[name] == 0
        if reason:
            assert reason.replace("double", name).replace("added-0", f"added-{added}") in told
        elif reason == "":
            assert f"cell {name}-answer" not in result.reason
        added += len(answers.get("behind", ()))
    assert result.points(wide_task)["half"] == 1


def test_exit_in_the_answers_cell_costs_nothing_else(wide_task, hand_in_together):
    """exit() below a right function is an error of its cell, at once, and the function stands; each time."""
    result = hand_in_together([{"double": f"{DOUBLE}\n\n\n{end}()"} for end in ("exit", "quit") * 3])
    assert result.points(wide_task) == dict.fromkeys(DOUBLES, 2) | {"half": 1}
    assert result.reason == "; ".join(f"cell {name}-answer: KernelExit" for name in DOUBLES[:6])


def test_what_a_cell_does_to_the_kernel_costs_no_later_question(ran_task, hand_in):
    """Shut down, as in Colab; `question` overwritten; no room for a call; all names removed."""
    shutdown = "import IPython\n\nIPython.Application.instance().kernel.do_shutdown(True)"
    behind = ["import sys\n\nquestion = 'why?'\nsys.setrecursionlimit(50)", "get_ipython().exit_now = True"]
    result = hand_in(f"{DOUBLE}\n\n\n{shutdown}", f"%reset -f\n{HALF}", behind)
    assert points(ran_task, result) == [2, 1]
    assert result.reason == "cell double-answer: KernelExit; cell added-1: KernelExit"


FRESH = "; the cells below it ran in a fresh kernel"
KILLED = {
    "in the function": (
        {"double": "import os\n\n\ndef double(x):\n    os._exit(3)"},
        "the kernel ended while it answered: it ended itself (exit 3)",
        "cell double-question ended the kernel: it ended itself (exit 3)" + FRESH,
    ),
    "in a cell of one's own, which defines the function": (
        {"double": "pass", "behind": [f"{DOUBLE}\n\n\nimport os\n\nos._exit(0)"]},
        "the cell of double ended the kernel: it ended itself (exit 0)",
        "cell added-0 ended the kernel: it ended itself (exit 0)" + FRESH,
    ),
    "a crash": (
        {"double": "import ctypes\n\n\ndef double(x):\n    ctypes.string_at(0)"},
        "the kernel ended while it answered: it crashed (SIGSEGV)",
        "cell double-question ended the kernel: it crashed (SIGSEGV)" + FRESH,
    ),
    "memory": (
        # beyond the limit, though not beyond the addresses that a kernel has: else it may be first to notice
        {"double": "import time\n\n\ndef double(x):\n    a = bytearray(3100 * 2**20)\n    time.sleep(600)"},
        "the kernel ended while it answered: it needed more memory than the limit of 3,072 MiB",
        "cell double-question ended the kernel: it needed more memory than the limit of 3,072 MiB" + FRESH,
    ),
}


fills = pytest.mark.nightly("fills three gigabytes; tests/sandbox fills memory by day", early=True)


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=fills if case == "memory" else ()) for case in KILLED]
)
def test_who_ends_the_kernel_loses_that_question_alone(ran_task, hand_in, case):
    """How the kernel ended is said, and the rest runs in a fresh one."""
    answers, text, reason = KILLED[case]
    if case == "memory" and sandbox.isolation().level < 3:
        pytest.skip("memory of all processes together is watched in namespaces alone")
    result = hand_in(**answers)
    assert points(ran_task, result) == [0, 1], result.reason
    assert (result.verdicts["double"].text, result.reason) == (text, reason)
    assert "run" not in {key for cell in result.notebook.cells[-1:] for key in cell.metadata}


@pytest.mark.nightly("ten kernels; a cell that ends one stands for it by day")
def test_a_helper_that_ends_every_kernel_does_not_go_on_for_ever(ran_task, hand_in):
    """A notebook gets so many kernels, and no more."""
    kill = "import os\n\n\ndef half(x):\n    os._exit(1)"
    result = hand_in(double=kill + "\n\n\ndouble = half", behind=["os._exit(1)"] * MOST_KERNELS)
    assert points(ran_task, result) == [0, 0]
    assert result.verdicts["half"].text == f"not run: the kernel had ended {MOST_KERNELS} times"


def test_recursion_without_a_limit(ran_task, hand_in):
    """Who takes the limit away fills the memory, or crashes; the other question keeps its point."""
    deep = "import sys\n\nsys.setrecursionlimit(10**8)\n\n\ndef double(x):\n    return double(x)"
    result = hand_in(double=deep)
    assert points(ran_task, result) == [0, 1]
    assert re.match(
        "the kernel ended while it answered: it |no answer within", result.verdicts["double"].text
    )


DRAWS = """
import matplotlib.pyplot as plt

for k in range({}):
    plt.figure()
    plt.plot([1, 2, k])
while True:
    pass
"""


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param(
            40, marks=pytest.mark.nightly("draws forty figures, for a quarter of a minute", early=True)
        ),
        pytest.param(100, marks=pytest.mark.nightly("draws a hundred figures")),
    ],
    ids=str,
)
def test_open_figures_cost_no_later_question(ran_task, hand_in, figures):
    """What is drawn after an interrupt may take longer than the grace: then a fresh kernel goes on."""
    result = hand_in(behind=[DRAWS.format(figures)], task=replace(ran_task, cell_timeout=6))
    assert points(ran_task, result) == [2, 1]
    assert result.reason.startswith("cell added-0 reached the limit of 6 s")


def test_a_loop_in_the_answers_cell_is_named(ran_task, out_of_time):
    """Question and row say that the cell of its function reached the limit; the other keeps its points."""
    result, limit = out_of_time(double=f"while True:\n    pass\n\n\n{DOUBLE}")
    assert points(ran_task, result) == [0, 1]
    text = f"the cell of double reached the limit of {limit} s; is there a loop without an end?"
    assert result.verdicts["double"].text == text
    assert result.reason.startswith(f"cell double-answer reached the limit of {limit} s")


def test_a_cell_that_cannot_be_interrupted_costs_nothing_else(ran_task, out_of_time, monkeypatch):
    """It is killed, and the rest runs in a fresh kernel without it."""
    monkeypatch.setattr("course.notebooks.budget.GRACE_S", 0.5)
    deaf = "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass"
    result, _ = out_of_time(behind=[f"import time\n\n{deaf}"])
    assert points(ran_task, result) == [2, 1]


def test_your_line_is_the_students_own(wide_task, hand_in_together, tmp_path):
    """The feedback page shows a line that stands in the student's cells, or none."""
    answers = ("def double(x):\n    return x['two']", "def twice(x): ...", "def double(x, y): ...")
    result = hand_in_together([{"double": answer} for answer in answers])
    assert list(result.points(wide_task).values()) == [0, 0, 0, 2, 2, 2, 2, 1]
    write_feedback(wide_task, result, tmp_path / "ann.html")
    shown = re.findall(r"Your line: <code>(.*?)</code>", (tmp_path / "ann.html").read_text("utf-8"))
    assert shown == ["return x[&#39;two&#39;]"]


def test_a_forged_line_is_not_shown():
    """A kernel may claim any line; of other things it may claim, nothing breaks."""
    cases = [{"error": "E", "line": "mine"}, {"error": "E", "line": "forged"}, {"line": ["mine"]}, 3, None]
    kept = [{"error": "E", "line": "mine"}, {"error": "E", "line": ""}, {"line": ["mine"]}, 3, None]
    assert with_own_lines(cases, {"mine"}) == kept
    assert with_own_lines("no list", {"mine"}) == "no list"


def test_an_answer_in_the_questions_cell_is_named(ran_task):
    """JupyterLab's merge keeps one id; where it is the question's, the release's own text is run."""
    notebook = copy.deepcopy(ran_task.released)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double-answer"]
    question = next(cell for cell in notebook.cells if cell.id == "double-question")
    question.source = f"{DOUBLE}\n\n\n{question.source}"
    result = grade_content(ran_task, "ann", json.dumps(notebook).encode())
    text = "double stands in a cell of the course, which is not graded; give it a cell of its own"
    assert result.verdicts["double"].text == text


def test_an_addition_to_a_cell_of_the_course_is_named(ran_task):
    """Imports and constants that a student wrote into the set-up are not run."""
    notebook = copy.deepcopy(ran_task.released)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["set-up"].source += "\nimport math\nSCALE = 2"
    cells["double-answer"].source = "def double(x):\n    return SCALE * x"
    cells["half-answer"].source = "def half(x):\n    return math.prod([x, 0.5])"
    result = grade_content(ran_task, "ann", json.dumps(notebook).encode())
    text = "{} stands in a cell of the course, which is not graded; give it a cell of its own"
    assert [result.verdicts[name].text for name in ("double", "half")] == [
        text.format("SCALE"),
        text.format("math"),
    ]


def test_what_another_cell_causes_is_grouped_by_its_cause(hand_in_together):
    """To the question the name is missing either way; in the report a new name and no cell stand apart."""
    answers = ("def twice(x):\n    return 2 * x", None, "def double(x):\n    return 1 / 0")
    result = hand_in_together([{"double": answer} for answer in answers])
    assert list(result.answer_hashes) == [DOUBLES[2]]  # else the words of the card stand for the answer
    renamed, deleted = (result.verdicts[name].text.replace(name, "double") for name in DOUBLES[:2])
    assert renamed != deleted


def test_a_renamed_function_where_ids_were_lost(ran_task):
    """Which cell was to define it is not known, so none is said to be missing."""
    notebook = copy.deepcopy(ran_task.released)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["double-answer"].source, cells["half-answer"].source = DOUBLE, HALF.replace("half", "halve")
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata.clear()
    result = grade_content(ran_task, "ann", json.dumps(notebook).encode())
    assert points(ran_task, result) == [2, 0]
    assert result.verdicts["half"].text == "half is not defined in the notebook that was handed in"


def test_time_that_is_used_up_is_no_end_of_the_kernel(ran_task):
    """A cell that was stopped by the limit of the whole notebook did not reach its own."""
    notebook = copy.deepcopy(ran_task.released)
    cells = {cell.id: cell for cell in notebook.cells}
    for name in ("set-up", "begin"):
        cells[name].metadata["ended"] = "exit 0"
    cells["half-answer"].metadata.update(run="time limit", papermill={"duration": 7.0})
    cells["half-question"].metadata["run"] = "not run"
    causes = Causes(ran_task, ran_task.released, notebook)
    question = causes.cells["half-question"]
    assert causes.of_no_answer(question) == "not run: the time of the whole notebook was used up"
    assert causes.summary().endswith("half-answer was stopped at the limit of the whole notebook, 120 s")


def test_a_gpu_that_is_not_there(ran_task):
    """torch's words are about forked processes; the cause is that a notebook is graded without a GPU."""
    torch_says = "RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with "
    torch_says += "multiprocessing, you must use the 'spawn' start method"
    causes = Causes(ran_task, ran_task.released, ran_task.released)
    said = causes.explain(
        causes.cells["double-question"], Verdict(ERROR, f"{torch_says}, in the line: x.cuda()")
    )
    words = "RuntimeError: where notebooks are graded there is no GPU; compute on the CPU"
    assert said.text == f"{words}, in the line: x.cuda()"


def test_names_of_an_exercise_and_their_cells(ran_task):
    """Where a name belongs is read from the release."""
    causes = Causes(ran_task, ran_task.released, ran_task.released)
    assert causes.homes == {"double": ("double-answer", {"x"}), "half": ("half-answer", {"x"})}


def test_a_row_names_whole_cells(ran_task):
    """Where more cells fail than a row has room for, none is named by half."""
    notebook = copy.deepcopy(ran_task.released)
    for number in range(40):
        error = new_output("error", ename="NameError", evalue="x", traceback=[])
        notebook.cells.append(new_code_cell("x", id=f"added-{number}", outputs=[error]))
    *parts, last = Causes(ran_task, ran_task.released, notebook).summary().split("; ")
    assert parts == [f"cell added-{number}: NameError" for number in range(len(parts))] and last == "and more"
    assert 15 < len(parts) < 40
