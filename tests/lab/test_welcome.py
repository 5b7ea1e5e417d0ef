"""The welcome page, and JupyterLab opened at it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from course.lab.progress import Progress, read_all
from course.lab.start import SETTINGS, command_line, environment
from course.lab.welcome import overview, plain, table, write_welcome
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.workbook import find_workbook
from course.widgets.quiz import QuizQuestion, load_quiz, sum_of


@pytest.fixture
def folder(tmp_path):
    """What a student has: one lecture, two exercises."""
    real = find_workbook()
    for name, stem in [("lectures", "09_dropout"), ("exercises", "09_dropout"), ("exercises", "02_knn")]:
        (tmp_path / name).mkdir(exist_ok=True)
        shutil.copy(real.path(name, stem), tmp_path / name)
    return tmp_path


def test_the_page_lists_the_course_in_order(folder):
    """One row a session, in order, with links that lead from the page to the notebooks."""
    page = read_notebook(write_welcome(folder))
    text = page.cells[1].outputs[0].data["text/markdown"]
    assert re.findall(r"not started|done", text) == ["not started"] * 2
    assert [line.split("|")[-2].strip() for line in text.splitlines()[2:4]] == ["**← go on here**", ""]
    assert re.search(r"\n\n░{10} 0 of \d\d points$", text)
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert links == [
        "../exercises/02_knn.ipynb",
        "../lectures/09_dropout.ipynb",
        "../exercises/09_dropout.ipynb",
    ]
    assert all((folder / "build" / link).resolve().is_file() for link in links)


def test_go_on_where_points_are_open():
    """The mark stands at the first exercise that is not done; the sum counts all sessions, done or not."""
    paths = {"lecture": Path("lectures/a.ipynb"), "exercise": Path("exercises/a.ipynb")}
    done = Progress("a", "A", points=6, earned=6, started=True, **paths)
    begun = Progress("b", "B", points=4, earned=2, started=True, **paths)
    *_, first, second, _, total = table([done, begun], Path("build")).splitlines()
    assert "done, 6 of 6 points |  |" in first and "2 of 4 points | **← go on here** |" in second
    assert total == "████████░░ 8 of 10 points"
    assert "go on" not in table([done], Path("build"))


def test_a_lecture_has_a_state(folder):
    """As it was given out it has none; saved by JupyterLab it was run; its quiz tells how many are right."""
    path = folder / "lectures" / "09_dropout.ipynb"
    lecture = read_notebook(path)

    def row():
        nbformat.write(lecture, path)  # as JupyterLab does
        return table(read_all(folder), folder / "build").splitlines()[3]

    assert "| [read](../lectures/09_dropout.ipynb) |" in row()
    lecture.metadata.language_info["version"] = "3.12.1"
    assert ".ipynb): run |" in row()
    questions = [QuizQuestion(1, item["question"], item["choices"]) for item in load_quiz("09_dropout")]
    lecture.cells.append(new_code_cell('quiz("09_dropout")'))
    lecture.cells[-1].outputs = [new_output("display_data", sum_of(questions))]
    assert ".ipynb): run |" in row(), "no question was answered"
    right = [bool(choice.get("right")) for choice in questions[0].choices]
    questions[0].buttons.index = right.index(True)
    questions[1].buttons.index = 0
    lecture.cells[-1].outputs = [new_output("display_data", sum_of(questions))]
    assert re.search(rf"\.ipynb\): quiz [12] of {len(questions)} \|", row())


def test_the_page_says_what_to_run_first(folder):
    """In one line, before the table."""
    assert "run the cells at the top first" in read_notebook(write_welcome(folder)).cells[0].source


def test_the_page_leaves_the_folder_clean(folder):
    """Git sees nothing new, also in a folder without our .gitignore."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "start"], check=True)
    write_welcome(folder)
    status = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True, text=True)
    assert status.stdout == ""


def test_the_page_can_be_refreshed(folder, monkeypatch, capsys):
    """Its cell shows the states of now."""
    monkeypatch.chdir(write_welcome(folder).parent)
    (folder / "exercises" / "02_knn.ipynb").write_text("broken")
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    overview()
    assert "cannot be read" in shown[0].data and "not started" in shown[0].data


def test_notes_in_the_page_stay(folder):
    """A page that somebody wrote into keeps every cell, with today's table. A fresh one stays fresh."""
    path = write_welcome(folder)
    page = read_notebook(path)
    page.cells[0].source += "\n\nMeet Ada on Monday."
    page.cells.append(new_code_cell("1 + 1"))
    write_notebook(page, path)
    (folder / "exercises" / "02_knn.ipynb").write_text("broken")
    for _ in range(2):
        after = read_notebook(write_welcome(folder))
        assert [cell.source for cell in after.cells] == [cell.source for cell in page.cells]
        assert "cannot be read" in after.cells[1].outputs[0].data["text/markdown"]
    path.unlink()
    fresh = write_welcome(folder).read_bytes()
    page = read_notebook(path)
    page.cells[1].outputs = []
    page.cells.append(new_code_cell(""))
    write_notebook(page, path)
    assert write_welcome(folder).read_bytes() == fresh


def test_a_page_that_cannot_be_read_is_put_aside(folder):
    """Whatever it is, it is not thrown away."""
    path = write_welcome(folder)
    path.write_text("half of a not", "utf-8")
    assert len(read_notebook(write_welcome(folder)).cells) == 2
    assert (path.parent / "welcome.kept-1.ipynb").read_text("utf-8") == "half of a not"


def test_a_title_cannot_break_the_table(tmp_path):
    """Titles come from notebooks: bars, links and tags in them are shown as text, on one line."""
    evil = Progress("x", "a | b\n[c](javascript:d) <img src=e> `f` $g$")
    row = table([evil], tmp_path).split("\n")[2]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert not re.search(r"(?<!\\)[<\[`$]", row.replace(plain(evil.state), ""))


def test_jupyterlabs_own_options_come_last(folder):
    """Options pass through, and a person's own configuration stays in the path, behind ours."""
    assert command_line(folder, ["--no-browser", "--port=0"])[-2:] == ["--no-browser", "--port=0"]
    assert environment()["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(SETTINGS)


@pytest.mark.nightly("starts JupyterLab, as the browser tests do by day")
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="stops the server by a signal")
def test_jupyterlab_opens_at_the_page(folder):
    """`course lab --no-browser` serves the page as its first, with the news pop-up off."""
    options = ["--no-browser", "--ServerApp.port=0", "--IdentityProvider.token=secret", "--allow-root"]
    log = folder / "build" / "log.txt"
    log.parent.mkdir()
    with open(log, "w") as out:
        command = [sys.executable, "-m", "course", "lab", *options]
        server = subprocess.Popen(command, cwd=folder / "exercises", stdout=out, stderr=out)
    try:
        address = _address(log, server)
        with urllib.request.urlopen(f"{address}lab?token=secret", timeout=20) as answer:
            page = answer.read().decode()
        config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
        assert config["news"] == {"disabled": True}
        disabled = config["disabledExtensions"]
        assert "@jupyterlab/apputils-extension:announcements" in disabled and "@jupyter/nbgrader" in disabled
        assert "nbgrader" not in log.read_text("utf-8"), "its extensions are for instructors"
        with urllib.request.urlopen(f"{address}?token=secret", timeout=20) as answer:
            assert answer.url.split("?")[0].endswith("/lab/tree/build/welcome.ipynb")
        contents = f"{address}api/contents/build/welcome.ipynb?token=secret"
        with urllib.request.urlopen(contents, timeout=20) as answer:
            assert len(json.load(answer)["content"]["cells"]) == 2
    finally:
        server.terminate()
        server.wait(20)


def _address(log, server):
    for _ in range(300):
        found = re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/", log.read_text("utf-8"))
        if found and found[1] != "0":
            return f"http://127.0.0.1:{found[1]}/"
        assert server.poll() is None, log.read_text("utf-8")
        time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))
