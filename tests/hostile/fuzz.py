"""Fuzzer of the grader: mutated notebooks and mutated messages of a kernel, as many as there is time for.

    python tests/hostile/fuzz.py SECONDS [SEED]

Prints how many of each were tried, the slowest, the memory at the end, and every one that broke the grader,
with the number that makes it again. `test_fuzz.py` runs some hundreds.
"""

import copy
import json
import random
import sys
import time
from contextlib import suppress

import nbformat
from nbclient.client import CellExecutionComplete
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from papermill.engines import NotebookExecutionManager

from course.errors import NotebookError
from course.grading.result import GRADED, Result, Task, unpack_result
from course.grading.submission.compose import compose
from course.grading.submission.review import review
from course.notebooks.budget import Budget
from course.notebooks.engine import CourseClient
from course.notebooks.execute import take_answers
from course.notebooks.messages import join_streams
from course.notebooks.release import release
from course.notebooks.submitted import parse_submission
from course.questions.ask import ANSWERS
from course.questions.judge import judge

ASK = '@question("double")\ndef _(rng):\n    return double(rng.normal())'
ANSWER = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
RECORD = {
    **{"question": "double", "points": 1, "rtol": 1e-5, "atol": 1e-6, "answers": [{"value": 2.0}]},
    **{
        "mistakes": [{"hint": "No.", "answers": [{"value": 3.0}]}],
        "variants": [],
        "without": ["torch.optim"],
    },
}
TEXTS = ["", "x", "\x00", "\ud800", "é" * 50, "=1+1", "<script>", "x" * 5000, "\r\n" * 30, "..", "text/html"]
RUBBISH = [
    None,
    True,
    -1,
    0.5,
    10**30,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    {"": {}},
    {"$array": "int8"},
]
KINDS = ["stream", "error", "display_data", "update_display_data", "execute_result", "clear_output", "status"]
KINDS += ["comm_open", "comm_msg", "comm_close", "execute_input", "score"]
MESSAGES = [
    ("stream", {"name": "stdout", "text": "hello\n"}),
    ("error", {"ename": "ValueError", "evalue": "no", "traceback": ["a", "b"]}),
    ("display_data", {"data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": "a"}}),
    (
        "display_data",
        {"data": {"text/html": "<b>", "image/png": "AA"}, "metadata": {"image/png": {"width": 1}}},
    ),
    ("update_display_data", {"data": {"text/plain": "y"}, "metadata": {}, "transient": {"display_id": "a"}}),
    ("execute_result", {"data": {"text/plain": "x"}, "metadata": {}, "execution_count": 1}),
    (
        "display_data",
        {"data": {ANSWERS: {"question": "double", "answers": [{"value": 2.0}]}}, "metadata": {}},
    ),
    ("clear_output", {"wait": True}),
    ("status", {"execution_state": "busy"}),
    ("comm_open", {"comm_id": "a", "target_name": "jupyter.widget", "data": {"state": {}}}),
]


def mutated(value: object, chance: random.Random, depth: int = 0) -> object:
    """A copy of JSON-ready data with something changed in it."""
    roll = chance.random()
    if roll < 0.04 or depth > 30:
        return copy.deepcopy(chance.choice(RUBBISH))
    if roll < 0.07:
        return chance.choice(TEXTS)
    if roll < 0.08:
        return nested(chance.choice([5, 90, 400]), chance.choice([list, dict]))
    if isinstance(value, dict):
        changed = {
            chance.choice(TEXTS) if chance.random() < 0.02 else key: mutated(item, chance, depth + 1)
            for key, item in value.items()
            if chance.random() > 0.03
        }
        return changed
    if isinstance(value, list):
        items = [mutated(item, chance, depth + 1) for item in value if chance.random() > 0.03]
        return items * chance.choice([2, 60]) if items and chance.random() < 0.02 else items
    return value


def nested(levels: int, kind: type) -> object:
    """Lists or dicts, so many in each other."""
    value: object = []
    for _ in range(levels):
        value = [value] if kind is list else {"a": value}
    return value


def exercise():
    """A small released exercise, and the task to grade it."""
    cells = {
        "title": new_markdown_cell("# Title"),
        "parameters": new_code_cell("seed = 0\ncollect = False", metadata={"tags": ["parameters"]}),
        "begin": new_code_cell('begin("01_fuzz", seed=seed, collect=collect)'),
        "answer": new_code_cell(ANSWER),
        "question": new_code_cell(ASK),
    }
    for name, cell in cells.items():
        cell.id = name
    released = release(new_notebook(cells=list(cells.values())))
    return Task("01_fuzz", 7, released, {"double": RECORD})


def try_notebook(task: Task, chance: random.Random) -> None:
    """Read, merge and review a mutated notebook; only a reason may come out beside a notebook."""
    notebook = copy.deepcopy(task.released)
    shown = new_output("display_data", {"text/plain": "x", "image/png": "AA"}, metadata={"a": 1})
    notebook.cells[3].outputs = [
        shown,
        new_output("stream", text="x"),
        new_output("error", ename="E", evalue=""),
    ]
    notebook.cells.append(new_code_cell("import torch.optim\nx = 1"))
    raw = bytearray(json.dumps(mutated(json.loads(json.dumps(notebook)), chance)).encode())
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    try:
        composed = compose(task.released, parse_submission(bytes(raw)))
    except NotebookError as error:
        assert str(error) and "\n" not in str(error)
    else:
        nbformat.validate(composed)
        assert [cell.id for cell in composed.cells if cell.id == "question"] == ["question"]
    review(task, bytes(raw)).pack()


def try_messages(task: Task, chance: random.Random) -> None:
    """Hear mutated messages while a question is asked; the notebook stays one, and its answers are judged."""
    notebook = copy.deepcopy(task.released)
    client = CourseClient(NotebookExecutionManager(notebook, progress_bar=False), Budget(60, 600), False)
    client.reset_execution_trackers()
    for index, cell in enumerate(client.nb.cells):
        client.clear_before_next_output, cell.metadata["execution"] = False, {}  # as nbclient before each
        for _ in range(chance.randrange(6) if cell.cell_type == "code" else 0):
            kind, content = chance.choice(MESSAGES)
            if chance.random() < 0.1:
                kind = chance.choice(KINDS)
            content = mutated(content, chance)
            message = {"msg_type": kind, "header": {"msg_type": kind}, "content": content, "size": 1000}
            with suppress(CellExecutionComplete):
                client.process_message(message | {"parent_header": {}, "msg_id": "1"}, cell, index)
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
    answers = take_answers(client.nb)
    verdicts = {name: judge(RECORD, bundle.get("answers")) for name, bundle in answers.items()}
    packed = Result("s", GRADED, "", verdicts, notebook=client.nb).pack()
    assert unpack_result("s", packed.result).verdicts.keys() <= {"double"}
    nbformat.validate(client.nb)


def run(attempt, task: Task, number: int) -> str:
    """One attempt, made from a number; what broke, or nothing."""
    try:
        attempt(task, random.Random(number))
    except Exception as error:
        return f"{attempt.__name__} {number}: {type(error).__name__}: {str(error)[:200]}"
    return ""


def main(seconds: float, first: int = 0) -> int:
    """Fuzz until the time is up. Returns how many attempts broke something."""
    import resource

    task, until, number, broken = exercise(), time.monotonic() + seconds, first, []
    slowest = {try_notebook: (0.0, 0), try_messages: (0.0, 0)}
    while time.monotonic() < until:
        for attempt in slowest:
            began = time.process_time()
            what = run(attempt, task, number)
            if what:
                print(what)
                broken.append(what)
            slowest[attempt] = max(slowest[attempt], (time.process_time() - began, number))
        number += 1
    for attempt, (took, which) in slowest.items():
        print(f"{attempt.__name__}: {number - first} tried, the slowest {took:.2f} s (number {which})")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at most, {len(broken)} broken")
    return len(broken)


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
