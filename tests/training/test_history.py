"""The history: as a table, a figure and in files."""

import csv
import json
import sys

import pytest

from course.training import History, TensorBoard

ROWS = [
    {"epoch": 1, "loss": 2.30259, "accuracy": 0.125, "val_loss": 2.25, "lr": 0.1, "seconds": 1.5},
    {"epoch": 2, "loss": 1 / 3, "accuracy": 0.5, "val_loss": 2.0, "lr": 0.01, "seconds": 1.25},
]


def history():
    return History([dict(row) for row in ROWS], [2.5, 2.1, 0.1 + 0.2])


def test_a_table_for_people():
    """Columns are aligned, in a fixed order, without times unless they are asked for."""
    assert str(history()) == (
        "epoch    loss  accuracy  val_loss    lr\n"
        "    1  2.3026     0.125    2.2500   0.1\n"
        "    2  0.3333     0.500    2.0000  0.01"
    )
    assert history().table(seconds=True).splitlines()[2].endswith("1.25")
    assert str(History()) == ""


def test_a_column_by_its_name():
    """history[column] is a list; a column that was not measured is a KeyError that lists the others."""
    assert history()["accuracy"] == [0.125, 0.5] and len(history()) == 2
    with pytest.raises(KeyError, match="no column 'val_top5'; it has epoch, loss, accuracy"):
        history()["val_top5"]


def test_files_keep_every_bit(tmp_path):
    """JSON gives back an equal history; CSV has one line an epoch below the names."""
    history().to_json(tmp_path / "h.json")
    assert History.from_json(tmp_path / "h.json") == history()
    assert json.loads((tmp_path / "h.json").read_text())["rows"][1]["loss"] == 1 / 3
    history().to_csv(tmp_path / "h.csv")
    with (tmp_path / "h.csv").open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert rows == ROWS


def test_a_figure_of_the_curves():
    """The figure's lines are the columns; a notebook gets one PNG, the same bytes each time, and a text."""
    figure = history().plot()
    lines = {
        (axes.get_ylabel(), line.get_label()): (list(line.get_xdata()), list(line.get_ydata()))
        for axes in figure.axes
        for line in axes.lines
    }
    assert lines == {
        ("loss", "training"): ([1, 2], history()["loss"]),
        ("loss", "validation"): ([1, 2], history()["val_loss"]),
        ("accuracy", "training"): ([1, 2], history()["accuracy"]),
    }
    data, metadata = figure._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and metadata["image/png"]["alt"] == data["text/plain"]
    assert history().plot()._repr_mimebundle_()[0] == data
    assert History().plot().axes == []


def test_tensorboard_when_installed(tmp_path):
    """What TensorBoard reads back is the history."""
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    history().to_tensorboard(tmp_path)
    events = reader.EventAccumulator(str(tmp_path)).Reload()
    assert [(e.step, round(e.value, 4)) for e in events.Scalars("val_loss")] == [(1, 2.25), (2, 2.0)]


def test_tensorboard_when_missing(tmp_path, monkeypatch):
    """Without TensorBoard the error says how to install it."""
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    with pytest.raises(ModuleNotFoundError, match="pip install tensorboard"):
        TensorBoard(tmp_path)
