"""Hostile Python files beside a notebook (`course grade --with-modules`): names, sizes, what they replace."""

import json

import pytest

from course.grading.result import unpack_result
from course.grading.submission.grade import grade_content
from course.grading.submission.review import review

pytestmark = pytest.mark.slow

PATCH = b"""
import course.questions.ask as ask
import course.questions.question as question
ask.publish_display_data = lambda *_, **__: print("REACHED: nobody hears the answers")
for module in (ask, question):
    for name, value in vars(module).copy().items():
        if callable(value) and name[:1] != "_":
            setattr(module, name, lambda *_, **__: None)
"""
WEAPONS = {
    "a name that is code": {"x'); raise SystemExit  #.py": b"y = 1"},
    "a name of two lines": {"x\nimport os; os._exit(3)\n.py": b"y = 1"},
    "bytes that end a text": {"quotes.py": b"'''\n\"\"\"\n\\'\x00\xff" * 50},
    "a million lines": {"lines.py": b"\n" * 2**20},
    "a million carriage returns": {"lines.py": b"\r" * 2**20},
    "hundreds of files": {f"m{number}.py": b"x = 1" for number in range(300)},
    "modules of the course that come late": {
        "ask.py": PATCH,
        "questions.py": PATCH,
        "sitecustomize.py": PATCH,
    },
}


@pytest.mark.parametrize("name", WEAPONS)
def test_92_modules_beside_an_honest_notebook(watched_files, name):
    """The answers count, whatever lies there; the executed notebook stays small, and can be kept."""
    path = watched_files.hand_in("attacker", {})
    content = json.loads(path.read_text("utf-8"))
    content["cells"][-1]["id"] = "module-1"  # the name of the grader's own cell
    content["cells"].append(dict(content["cells"][-1], id="module-2", source="1 / 0"))
    raw = json.dumps(content).encode()
    result = grade_content(watched_files.task, "attacker", raw, WEAPONS[name])
    assert result.status == "graded", result.reason
    packed = result.pack(*review(watched_files.task, raw).pack())
    assert len(packed.notebook) < 2**20 and sum(len(c.source) for c in result.notebook.cells) < 5 * 2**20
    kept = unpack_result("attacker", packed.result)
    assert kept.points(watched_files.task)["double"] == 2, result.reason


def test_93_a_module_that_patches_the_harness(watched_files):
    """What patches the question costs the own answers, and earns none."""
    wrong = {"double-answer": "import patch\n\n\ndef double(x):\n    return x"}
    raw = watched_files.hand_in("attacker", wrong).read_bytes()
    result = grade_content(watched_files.task, "attacker", raw, {"patch.py": PATCH})
    assert result.status == "graded" and result.points(watched_files.task)["double"] == 0
