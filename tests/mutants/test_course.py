"""The questions of the course against changed answers: what is left may only become less.

figures.json holds what the last whole run found; renew it with
`course check --mutants --write tests/mutants/figures.json`. By day tests/questions/answers asks for a sample.
"""

import json
import os
from pathlib import Path

import pytest

from course.mutants.command import STALE, check_mutants
from course.mutants.table import as_data
from course.notebooks.workbook import Workbook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FIGURES = json.loads((Path(__file__).parent / "figures.json").read_text("utf-8"))


def left(figures):
    """Mutants and forms that are judged wrongly, by question."""
    return {
        f"{stem} {question}": sum(counts.get(name, 0) for name in ("survivors", "flaky", "refused"))
        for stem, questions in figures.items()
        for question, counts in questions.items()
    }


def grown(reports):
    """Questions that judge more answers wrongly than the stored figures say, with what the check says."""
    stored, now = left(FIGURES), left(as_data(reports))
    worse = [name for name, count in now.items() if count > stored.get(name, 0)]
    faults = [fault for report in reports for fault in report.faults]
    return {name: [fault for fault in faults if name.replace(" ", ": ") in fault] for name in worse}


@pytest.mark.nightly("asks every question of thousands of changed answers, seven minutes")
def test_no_question_became_easier_to_fool():
    """All mutants, all right forms; and what the notebooks name is what there is."""
    reports = check_mutants(Workbook(ROOT), workers=os.cpu_count() or 1)
    assert grown(reports) == {}
    assert left(as_data(reports)).keys() == left(FIGURES).keys()
    assert [fault for report in reports for fault in report.faults if STALE in fault] == []
