"""`course run` executes lectures with other parameters and says how each went."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.errors import UsageError
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.lectures import parse_parameters, run_lectures
from course.notebooks.written import RUN, stamp


@pytest.fixture
def lectures(workbook):
    """Three lectures: one that prints its parameters, one that fails, one without parameters."""
    sources = {
        "01_test": ["epochs = 3\nseed = 0\nrate = 0.1", "print(epochs, seed, rate)"],
        "02_fails": ["seed = 0", "raise ValueError('seed', seed, '[/red]')", "print('never')"],
        "03_plain": ["print('plain')"],
    }
    for stem, (first, *others) in sources.items():
        cells = [new_code_cell(first, metadata={"tags": ["parameters"]} if others else {})]
        cells += [new_markdown_cell("text"), *map(new_code_cell, others)]
        write_notebook(new_notebook(cells=cells), workbook.path("lectures", stem))
    return workbook


def printed(path):
    """What an executed notebook printed."""
    cells = read_notebook(path).cells
    return [o.text for cell in cells for o in cell.get("outputs", []) if o.output_type == "stream"]


def test_all_lectures_run_with_the_parameters_that_they_have(lectures, tmp_path, snapshot):
    """Each takes what it knows; one that fails stops there and the others go on; lectures/ stays as it is."""
    before = snapshot(lectures.root / "lectures")
    out = tmp_path / "new" / "runs"
    runs = run_lectures(lectures, [], {"seed": 7, "epochs": 2}, out)
    assert [(run.session, run.cells) for run in runs] == [("01_test", 2), ("02_fails", 3), ("03_plain", 1)]
    assert [run.error and run.error.split(": ", 1)[1] for run in runs] == [
        None,
        "ValueError: ('seed', 7, '[/red]')",
        None,
    ]
    assert printed(out / "01_test.ipynb") == ["2 7 0.1\n"]
    assert printed(out / "02_fails.ipynb") == [] and printed(out / "03_plain.ipynb") == ["plain\n"]
    assert snapshot(lectures.root / "lectures") == before
    assert all(run.seconds > 0 for run in runs)


def test_the_command_names_a_lecture_before_it_runs(lectures, monkeypatch, course):
    """Somebody who waits a minute reads at once for what."""
    monkeypatch.chdir(lectures.root)
    code, said, _ = course("run", "03_plain", "01_test", "-o", "runs")
    assert code == 0
    assert said.splitlines()[:2] == ["running lectures/03_plain.ipynb", "running lectures/01_test.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")
def test_a_terminal_shows_how_far_it_is(lectures):
    """A bar counts the cells of the lecture that runs."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    command = [
        sys.executable,
        "-P",
        "-m",
        "course",
        "run",
        "01_test",
        "-o",
        "runs",
    ]  # not its course/
    done = subprocess.run(command, cwd=lectures.root, stdout=subprocess.PIPE, stderr=theirs, timeout=100)
    shown = os.read(ours, 10_000).decode()
    assert done.returncode == 0 and "01_test: 100%" in shown and "3/3" in shown


def test_write_stores_the_outputs_of_lectures_that_ran(lectures, tmp_path):
    """--write renews lectures/ itself, in normal form, but keeps a lecture that failed as it was."""
    failing = lectures.path("lectures", "02_fails").read_bytes()
    runs = run_lectures(lectures, ["01_test", "02_fails"], {}, tmp_path / "runs", write=True)
    assert [run.session for run in runs] == ["01_test", "02_fails"]
    path = lectures.path("lectures", "01_test")
    assert printed(path) == ["3 0 0.1\n"] and len(read_notebook(path).cells) == 3
    assert "papermill" not in path.read_text("utf-8") and not (tmp_path / "runs").exists()
    assert lectures.path("lectures", "02_fails").read_bytes() == failing


@pytest.mark.parametrize(
    ("sessions", "parameters", "write", "words"),
    [
        (["01_tset"], {}, False, "session='01_tset' is unknown; choose from 01_test, 02_fails, 03_plain"),
        ([], {"epoch": 1}, False, "-p epoch: no lecture has this parameter; there are epochs, rate, seed"),
        (["02_fails"], {"epochs": 1}, False, "-p epochs: no lecture has this parameter; there are seed"),
        ([], {"seed": 1}, True, "--write stores what the lectures say as they are; leave -p out"),
    ],
)
def test_calls_that_cannot_be_carried_out(lectures, tmp_path, sessions, parameters, write, words):
    """One line says why, before anything runs or is written."""
    with pytest.raises(UsageError) as error:
        run_lectures(lectures, sessions, parameters, tmp_path / "runs", write)
    assert words in str(error.value) and not (tmp_path / "runs").exists()


def test_values_of_parameters():
    """JSON and Python's True are taken as such, everything else as text; the last of two wins."""
    texts = ["a=3", "b=0.1", "c=true", "d=[1, 2]", "e=adam", "f=", "g=a=b", 'h="3"', "i=True", "a=4"]
    assert parse_parameters(texts) == {
        **{"a": 4, "b": 0.1, "c": True, "d": [1, 2], "e": "adam"},
        **{"f": "", "g": "a=b", "h": "3", "i": True},
    }


@pytest.mark.parametrize("text", ["epochs", "=3", "1a=3", "a b=3", "a-b=3", ""])
def test_what_is_no_parameter(text):
    """NAME=VALUE, and the name is a Python name."""
    with pytest.raises(UsageError) as error:
        parse_parameters([text])
    assert str(error.value) == f"-p {text!r} must be NAME=VALUE, such as epochs=1"


def test_a_run_that_somebody_wrote_into_is_refused(lectures, tmp_path, snapshot):
    """The line comes before anything runs; a run as it was left is replaced, whatever its outputs."""
    out = tmp_path / "runs"
    notebook = read_notebook(lectures.path("lectures", "03_plain"))
    stamp(notebook, RUN)
    write_notebook(notebook, out / "03_plain.ipynb")
    run_lectures(lectures, ["03_plain"], {}, out)
    assert printed(out / "03_plain.ipynb") == ["plain\n"]
    notebook.cells.append(new_markdown_cell("My notes."))
    write_notebook(notebook, out / "03_plain.ipynb")
    before = snapshot(tmp_path)
    with pytest.raises(UsageError, match=r"03_plain\.ipynb is not as course run left it; name another"):
        run_lectures(lectures, ["01_test", "03_plain"], {}, out)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("folder", ["lectures", "solutions", "exercises"])
def test_a_run_does_not_go_among_the_notebooks(lectures, snapshot, monkeypatch, folder):
    """Neither by the folder's name nor by another way to it, nor over an exercise elsewhere."""
    before = snapshot(lectures.root)
    monkeypatch.chdir(lectures.root)
    for out in (lectures.root / folder, Path(folder), Path("course/..") / folder):
        with pytest.raises(UsageError, match="holds the workbook's own notebooks; name another folder"):
            run_lectures(lectures, ["01_test"], {}, out)
    with pytest.raises(UsageError, match="is a file; name a folder"):
        run_lectures(lectures, ["01_test"], {}, lectures.path(folder, "01_test"))
    assert snapshot(lectures.root) == before
    other = lectures.root / "other"
    other.mkdir()
    (other / "01_test.ipynb").write_bytes(lectures.path("exercises", "01_test").read_bytes())
    with pytest.raises(UsageError, match=r"01_test\.ipynb is not as course run left it"):
        run_lectures(lectures, ["01_test"], {}, other)


@pytest.mark.parametrize("write", [True, False])
def test_what_is_saved_during_a_run_is_left(lectures, tmp_path, write):
    """The lecture saves a note into the file that its run shall go to: the note stays, the table says so."""
    out = tmp_path / "runs"
    target = lectures.path("lectures", "03_plain") if write else out / "03_plain.ipynb"
    code = f"open({str(target)!r}, 'w').write('a note')"
    out.mkdir()
    notebook = new_notebook(cells=[new_code_cell(f"{code};")])
    write_notebook(notebook, lectures.path("lectures", "03_plain"))
    [run] = run_lectures(lectures, ["03_plain"], {}, out, write=write)
    assert run.error == "03_plain.ipynb was saved meanwhile; it is left as it is"
    assert target.read_text("utf-8") == "a note"
