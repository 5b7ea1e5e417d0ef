"""Modules that a question does without are seen in every form of import, and nowhere else."""

from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell

from course.grading.submission.compose import compose, handed_in_notebook, sections
from course.grading.submission.review import TOO_LONG, Use, find_uses
from course.notebooks.document import to_text


@pytest.fixture
def optim_task(task):
    """double does without torch.optim and scipy; half without nothing."""
    records = {
        "double": task.records["double"] | {"without": ["torch.optim", "scipy"]},
        "half": task.records["half"],
    }
    return replace(task, records=records)


def composed(task, double="", half="", added=()):
    """The exercise with these answers, and cells added at these places."""
    notebook = compose(task.released, task.released)
    for cell in notebook.cells:
        if cell.id == "double-answer":
            cell.source = double
        if cell.id == "half-answer":
            cell.source = half
    for at, source in added:
        notebook.cells.insert(at, new_code_cell(source))
    return compose(task.released, notebook)


SEEN = {
    "import torch.optim": "torch.optim",
    "import torch.optim as o": "torch.optim",
    "import torch.optim.sgd": "torch.optim",
    "from torch import optim": "torch.optim",
    "from torch import optim as o, nn": "torch.optim",
    "from torch.optim import SGD": "torch.optim",
    "from torch.optim.sgd import SGD as S": "torch.optim",
    "from torch.optim import *": "torch.optim",
    "import torch\nx = torch.optim.SGD": "torch.optim",
    "import torch as t\nx = t.optim": "torch.optim",
    "def double(x):\n    import scipy.stats\n    return 2 * x": "scipy",
    "try:\n    from scipy import stats\nexcept ImportError:\n    pass": "scipy",
    "import importlib\nm = importlib.import_module('torch.optim')": "torch.optim",
    "import importlib as i\nm = i.import_module(name='torch.optim')": "torch.optim",
    "from importlib import import_module as load\nm = load('.optim', 'torch')": "torch.optim",
    "m = __import__('torch.optim')": "torch.optim",
    "m = __import__('torch', fromlist=['optim'])": "torch.optim",
    "import torch\nm = getattr(torch, 'optim')": "torch.optim",
    "import sys\nm = sys.modules['torch.optim']": "torch.optim",
    "import sys\nm = sys.modules.get('torch.optim')": "torch.optim",
    "%matplotlib inline\n!pip list\nimport scipy": "scipy",
}


@pytest.mark.parametrize("source", SEEN)
def test_every_form_is_seen(optim_task, source):
    """The line as it stands there, under its question and module."""
    uses = find_uses(optim_task, composed(optim_task, double=source))
    assert {(use.question, use.module) for use in uses} == {("double", SEEN[source])}
    assert all(use.line in [line.strip() for line in source.split("\n")] for use in uses)


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nfrom torch import nn",
        "import torch.optimize",
        "# import torch.optim",
        "text = 'import torch.optim'",
        "optim = 3\noptim + 1",
        "from .torch import optim",
        "import torch.nn as optim\noptim.Linear",
        "import torch.optim(",
        "%%bash\nimport torch.optim",
    ],
)
def test_nothing_else_is(optim_task, source):
    """Other modules, comments, texts, and names that only look like it."""
    assert find_uses(optim_task, composed(optim_task, double=source)) == []


def test_only_in_the_section_of_the_question(optim_task):
    """The same import below another question is allowed; an alias from there is followed."""
    fine = composed(optim_task, half="import scipy\nfrom scipy.stats import norm as n")
    assert find_uses(optim_task, fine) == []
    used = composed(
        optim_task, double="def double(x):\n    return n.cdf(x)", half="from scipy.stats import norm as n"
    )
    assert find_uses(optim_task, used) == [Use("double", "scipy", "return n.cdf(x)")]
    added = composed(optim_task, double="y = 1", added=[(5, "import scipy")])
    assert find_uses(optim_task, added) == [Use("double", "scipy", "import scipy")]
    assert list(sections(added)) == ["double", "half", ""]


@pytest.mark.parametrize(
    "source", ["(" * 5000, "-" * 90_000 + "1", "x." * 40_000 + "y", "\0", "if 1:\n" * 5000]
)
def test_hostile_code_ends_nothing(optim_task, source):
    """What Python's parser refuses is not looked at."""
    assert find_uses(optim_task, composed(optim_task, double=source)) == []


def test_a_very_long_cell_is_pointed_out(optim_task):
    """Nobody hides an import behind a hundred thousand characters."""
    uses = find_uses(optim_task, composed(optim_task, double="#\n" * 60_000 + "import torch.optim"))
    assert [(use.question, use.module) for use in uses] == [("double", TOO_LONG)]


def test_the_union_for_the_sandbox(task, optim_task):
    """All modules of all questions; none for a session that forbids nothing, where nothing is read."""
    assert optim_task.forbidden == ("scipy", "torch.optim") and task.forbidden == ()
    assert find_uses(task, composed(task, double="import torch.optim")) == []


def test_bytes_that_were_handed_in(task):
    """A notebook is composed; rubbish and nothing are None."""
    assert handed_in_notebook(task.released, to_text(task.released).encode()).cells
    for raw in (None, b"", b"Dear teacher", b"[" * 100_000, b"\xff"):
        assert handed_in_notebook(task.released, raw) is None
