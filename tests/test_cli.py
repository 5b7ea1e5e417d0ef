"""The command line as a person meets it: one line for each slip, exit codes, and nothing half-written."""

import json
import os
import subprocess
import sys
from itertools import chain

import pytest
import typer

from course import __version__
from course.cli import COMMANDS
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook


@pytest.fixture
def workbook(tmp_path):
    """A workbook with one session, one submission, and some things to stumble over."""
    new_session(Workbook(tmp_path), "01_test")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann.ipynb").write_text("{}", "utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", "utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.json").write_text('{"session": "02_other"}', "utf-8")
    return tmp_path


def in_a_process(*arguments, cwd, **options):
    """Run `python -m course` and wait for it."""
    command = [sys.executable, "-m", "course", *map(str, arguments)]
    options.setdefault("encoding", "utf-8")
    return subprocess.run(command, cwd=cwd, capture_output=True, timeout=120, **options)


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


GRADE = ["grade", "01_test", "class", "-o", "out"]
REFUSED = {
    (
        "grade",
        "01_tset",
        "class",
    ): "session='01_tset' is unknown; choose from 01_test (did you mean '01_test'?)",
    ("grade", "../01_test", "class"): "session='../01_test' is unknown; choose from 01_test",
    ("grade", "01_test", "nothing"): "SUBMISSIONS='nothing' is no folder",
    ("grade", "01_test", "file"): "SUBMISSIONS='file' is no folder",
    ("grade", "01_test", "empty"): "SUBMISSIONS='empty' holds neither STUDENT.ipynb nor",
    (*GRADE[:4], "file"): "OUT='file': file is a file; name a folder",
    (*GRADE[:4], "file/below"): "is a file; name a folder",
    (*GRADE[:4], "mine"): "OUT='mine' is not empty and no output of course grade; name a new folder",
    (*GRADE[:4], "other"): "OUT='other' holds the grades of 02_other, not of 01_test; name another folder",
    (*GRADE[:4], "class/out"): "lies in SUBMISSIONS; name a folder elsewhere",
    (*GRADE, "--seed", "abc"): "--seed='abc' must be a whole number from 1 to 2**64 - 1",
    (*GRADE, "--seed", "0"): "--seed='0' must be a whole number",
    (*GRADE, "--seed", "-1"): "--seed='-1' must be a whole number",
    (*GRADE, "--seed", "1.0"): "--seed='1.0' must be a whole number",
    (*GRADE, "--seed", "³"): "--seed='³' must be a whole number",
    (*GRADE, "--seed", "9" * 5000): "must be a whole number from 1 to 2**64 - 1",
    (*GRADE, "--timeout", "0"): "--timeout=0.0 must be from 1 to 86400 seconds",
    (*GRADE, "--timeout", "nan"): "--timeout=nan must be from 1 to 86400 seconds",
    (*GRADE, "--timeout", "soon"): "Invalid value for '--timeout'",
    ("grade", "01_test"): "Missing argument 'submissions'",
    ("run", "01_tset"): "session='01_tset' is unknown; choose from 01_test",
    ("run", "-p", "epochs"): "-p 'epochs' must be NAME=VALUE, such as epochs=1",
    ("run", "-p", "epochs=1"): "-p epochs: no lecture has this parameter; there are seed",
    ("run", "-p", "seed=1", "--write"): "--write stores what the lectures say as they are; leave -p out",
    ("new", "optimizers"): "session='optimizers' must be two digits and a topic, such as 06_optimizers",
    ("new", "01_test"): "01_test.ipynb exists already",
    ("new",): "Missing argument 'session'",
    ("start",): "name a folder for the course, such as: course start my-course",
    ("start", "--update"): "neither here nor above was a course laid out; name the folder",
    ("start", "mine", "--update"): "FOLDER='mine' holds no course yet; leave --update out",
    ("start", "new", "--from", "file"): "--from='file' is no folder and no zip of course release",
    ("start", "new", "--from", "mine"): "holds no course: there are no notebooks in its exercises/",
    ("start", ".", "--from", "."): "FOLDER='.' is a workbook with solutions; name another folder",
    ("release", "01_tset"): "session='01_tset' is unknown; choose from 01_test",
    ("release", "-o", "mine"): "OUT='mine' holds something else than a release; name a new folder",
    ("bild",): "No such command 'bild'",
    ("check", "--slow"): "No such option: --slow",
    ("--verbose",): "No such option: --verbose",
}


def test_every_slip_is_one_line(workbook, course, monkeypatch):
    """Exit code 2, one line on stderr that names the slip, nothing on stdout, and no file is touched."""
    before = files(workbook)
    monkeypatch.chdir(workbook)
    for call, words in REFUSED.items():
        code, said, told = course(*call)
        assert (code, said, told.count("\n")) == (2, "", 1), call
        assert told.startswith("course: ") and words in told, (call, told)
    assert files(workbook) == before


def test_a_slip_as_a_process(tmp_path):
    """The same through `python -m course`, where no workbook is."""
    done = in_a_process("build", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1
    assert done.stderr.startswith("course: ") and os.listdir(tmp_path) == []
    assert "is not inside a workbook: no folder above it holds lectures, solutions, exercises" in done.stderr
    assert done.stderr.endswith("; change into your checkout of the course\n")


def test_importing_the_command_line_is_cheap():
    """Neither `course --help` nor the grading parent loads torch; help and version need no workbook."""
    script = (
        "import sys, course.cli, course.grading.batch, course.grading.report.pages, course.notebooks.check, "
        "course.notebooks.lectures, course.notebooks.execute, papermill.engines\n"
        "course.cli.load_commands([])\n"
        "print([name for name in ('torch', 'torchvision', 'sklearn') if name in sys.modules])\n"
        "sys.argv = ['course', sys.argv[1]]\ncourse.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, "--version"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.split() == ["[]", __version__] and done.returncode == 0, done.stderr
    script = (
        "import sys, course.cli\ncourse.cli.load_commands([])\n"
        "print([m for m in ('torch', 'numpy', 'papermill') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]"


def test_a_command_loads_its_own_file_alone():
    """Each command is registered by the file that the table names; the other files are not needed for it."""
    script = (
        "import json, sys, course.cli\nfrom course.cli.app import app\n"
        "for arguments in json.loads(sys.argv[1]):\n"
        "    app.registered_commands.clear()\n"
        "    for file in course.cli.COMMANDS: sys.modules.pop(f'course.cli.{file}', None)\n"
        "    course.cli.load_commands(arguments)\n"
        "    print(*sorted(f'{item.callback.__module__}:{item.name or item.callback.__name__}' "
        "for item in app.registered_commands))"
    )
    calls = [[], ["--help"], ["grde"], ["doctor"], ["grade", "--help"]]
    done = subprocess.run([sys.executable, "-c", script, json.dumps(calls)], capture_output=True, text=True)
    none, help, slip, doctor, grade = (line.split() for line in done.stdout.splitlines())
    names = {file: [f"course.cli.{file}:{name}" for name in names] for file, names in COMMANDS.items()}
    assert none == help == slip == sorted(chain(*names.values()))
    assert doctor == sorted(names["reading"])
    assert names["grading"][0] in grade and names["training"][0] not in grade


def test_course_alone_shows_its_commands(course):
    """`course` is `course --help`, and lists every command."""
    code, said, told = course()
    assert (code, told) == (0, "")
    makers, graders = (
        ("build", "check", "new", "run", "book", "release"),
        ("grade", "adjust", "collect", "export"),
    )
    for command in (*makers, *graders, "start", "lab", "doctor", "train", "predict"):
        assert f"  {command} " in said
    assert "..." not in said.partition("Commands:")[2]  # no line of help is cut off


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), typer.Exit(130)], ids=["by Python", "by typer"])
def test_an_interrupted_command_says_so(course, monkeypatch, raised):
    """Ctrl-C gives exit code 130 and one line, however typer hands it on."""

    def stop(*arguments, **options):
        raise raised

    monkeypatch.setattr("course.lab.doctor.examine", stop)
    code, _, told = course("doctor")
    assert (code, told.splitlines()[-1]) == (130, "course: stopped")


@pytest.mark.nightly("new, build, check and grade in one; each is tried by day")
@pytest.mark.slow
def test_a_workbook_from_new_to_grades(workbook):
    """new, build, check, run and grade on one small workbook, with their exit codes and tables."""
    text = (workbook / "exercises" / "01_test.ipynb").read_text("utf-8")
    solved = text.replace("raise NotImplementedError", "return x + x")
    for student, content in {"Zoë [bold]": solved, "stub": text, "-1": "no"}.items():
        (workbook / "class" / f"{student}.ipynb").write_text(content, "utf-8")
    (workbook / "lectures" / "02_plots.ipynb").write_text("{}", "utf-8")
    checked = in_a_process("check", "--fast", cwd=workbook)
    assert checked.returncode == 1 and "lectures/02_plots.ipynb: " in checked.stdout
    assert checked.stdout.splitlines()[-1] == "3 faults"
    (workbook / "lectures" / "02_plots.ipynb").unlink()
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "200"}
    graded = in_a_process(
        *GRADE, "--seed", "5", "--min-isolation", "0", cwd=workbook, env=ascii_only, encoding="ascii"
    )
    assert graded.returncode == 1, graded.stderr  # two files are no notebooks: somebody has to look
    rows = [
        " ".join(part for part in line.split() if part not in "?|") for line in graded.stdout.splitlines()
    ]
    assert "Zo? [bold] graded 1" in rows and "stub graded 0" in rows
    assert any(row.startswith("-1 broken 0 is not a notebook") for row in rows)
    assert "grades: " + os.path.join("out", "gradebook.csv") in graded.stdout
    assert "Traceback" not in graded.stderr and "100%" in graded.stderr
    assert (workbook / "out" / "report.html").is_file()
