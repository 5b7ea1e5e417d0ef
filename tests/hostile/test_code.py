"""Hostile code in a notebook: one file an attack, in attacks/, numbered as in the list of threats.

A file is a submission's cells; `knowledge` below stands before them. `tried(what, attack)` prints "held: …"
or "REACHED: …". The head says which points it must get, what the instructor reads (a regular expression), and
a time limit where it needs another.
"""

import os
import re
from pathlib import Path

import pytest

from course.grading.record.gradebook import clean
from course.grading.report.pages import write_feedback

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
QUICK = ("01", "03", "09", "11a", "14a", "20a", "22", "33", "38", "39", "43")  # one of each kind
later = pytest.mark.nightly("one attack of each kind stands for it")
every_attack = [
    pytest.param(path, id=path.stem, marks=() if path.stem.split("_")[0] in QUICK else later)
    for path in ATTACKS
]
TRIED = """
def tried(what, attack):
    try:
        found = attack()
    except BaseException as error:
        print("held:", what, "-", type(error).__name__)
    else:
        print("REACHED:", what, "-", str(found)[:100])
"""


def read_attack(path):
    """The head of an attack's file as a dict, and its cells by name."""
    head, *parts = re.split(r"^# %% ", path.read_text("utf-8"), flags=re.MULTILINE)
    cells = {name: source for name, _, source in (part.partition("\n") for part in parts)}
    return dict(re.findall(r"^# (\w+): ?(.*)$", head, re.MULTILINE)), cells


def knowledge(place):
    """A cell with what the attacker happens to know: where things are, and how to report an attempt."""
    facts = {
        "SECRETS": str(place.secrets),  # the workbook, with solutions, gradebook and a sibling's notebook
        "SCRATCH": str(place.scratch),  # the grader's temporary folder
        "PID": os.getpid(),
        "PARENT": os.getppid(),
        "TCP": place.tcp,  # a port that listens
        "UNIX": str(place.unix),  # a socket that listens
    }
    return "\n".join(f"{name} = {fact!r}" for name, fact in facts.items()) + TRIED


def printed(notebook):
    """All that the cells printed."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


def told(result):
    """What the instructor reads about a submission."""
    verdicts = [f"{name}: {v.kind} {v.text}" for name, v in result.verdicts.items()]
    return clean(" | ".join([result.reason, *verdicts]))


@pytest.mark.parametrize("path", every_attack)
def test_an_attack_gets_what_it_deserves(watched, path, tmp_path):
    """Exact points, the right words, nothing reached; the fixture sees to the rest of the machine."""
    head, cells = read_attack(path)
    first = [knowledge(watched), *([cells.pop("first")] if "first" in cells else [])]
    handed_in = watched.hand_in("attacker", cells, before_begin=reversed(first))
    result = watched.grade("attacker", handed_in, cell_timeout=float(head.get("timeout", 20)))

    points = ", ".join(f"{name} {number}" for name, number in result.points(watched.task).items())
    assert result.status == "graded", result.reason
    assert re.fullmatch(head["points"], points), told(result)
    assert re.search(head["reads"], told(result)), told(result)
    said = printed(result.notebook)
    assert "REACHED" not in said, said
    assert "tried(" not in "".join(cells.values()) or "held:" in said

    page = tmp_path / "attacker.html"
    write_feedback(watched.task, result, page)
    text = page.read_text("utf-8")
    assert not re.search(r"<script|<img[^>]*onerror|<svg|<iframe", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
