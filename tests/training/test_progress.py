"""Progress is for people: a bar at a terminal, a bar and a curve in a notebook, silence for machines."""

import nbformat
import pytest
from nbclient import NotebookClient

from course.training import Trainer

from .points import net, points, sgd

TRAINING = """
import torch
from course.training import Trainer
model = torch.nn.Linear(2, 3)
trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), device="cpu")
history = trainer.fit((torch.randn(40, 2), torch.arange(40) % 3), epochs=3, batch_size=10)
"""


def fit(**options):
    model = net()
    Trainer(model, sgd(model), device="cpu", **options).fit(points(), epochs=3, batch_size=16)


def test_silent_for_machines(capfd, monkeypatch):
    """Without a terminal or a notebook session not a byte is written."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    fit()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("how", ["asked for", "terminal", "notebook session"])
def test_a_bar_for_people(capsys, monkeypatch, how):
    """A bar counts all steps, where a person is found or asks for it; standard output stays clean."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if how == "terminal":
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    elif how == "notebook session":
        monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    fit(**({"progress": True} if how == "asked for" else {}))
    out, err = capsys.readouterr()
    assert out == "" and "18/18" in err


def test_off_is_off(capfd, monkeypatch):
    """progress=False is silent for people too."""
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    fit(progress=False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.nightly("starts a kernel with a person in front")
def test_in_a_notebook(monkeypatch):
    """For a machine a cell has no output. For a person it has a bar, and one figure that stays."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    person = "import os\nos.environ['JPY_SESSION_NAME'] = 'notebook.ipynb'\n"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (TRAINING, person + TRAINING)]
    )
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    machine, human = (cell.outputs for cell in notebook.cells)
    assert machine == []
    figures = [output for output in human if "image/png" in output.get("data", {})]
    assert len(figures) == 1 and "over 3 epochs" in figures[0]["data"]["text/plain"]
    assert any("widget-view" in kind for output in human for kind in output.get("data", {}))
