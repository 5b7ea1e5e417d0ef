"""The same class graded by `course grade`, by plain papermill, by nbgrader's autograde and by otter run.

    python benchmarks/grading.py
    python benchmarks/grading.py --students 20 --rounds 3 --otter VENV/bin/otter

Every program runs as a person would call it and grades the same notebooks, on the same processors, in another
order each round; what is not installed says so. papermill and otter are called once a notebook (papermill
only runs it), ours and nbgrader get the whole class. otter has the questions as its
tests, in place of our cells.

"class" is the time of the whole call through the number of students, with all that is done once: ours starts
Python, runs the solution, warms up, grades two notebooks whose points are known, and writes reports at the
end. "next" is the time from one result to the next, what each further student costs; "cells" is the own time
of the cells, as papermill measures it, and "over" what is left. Medians of the rounds.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median
from time import perf_counter

from classes import ROOT, SESSION, write_class

from course.notebooks.cells import asked
from course.notebooks.document import read_notebook

OTTER_TEST = """from otter.test_files import test_case
OK_FORMAT, name, points = False, {name!r}, {points}


@test_case()
def test_answer(env):
    exec({source!r}, env)
"""
OURS = """import sys
from course.cli import main
from course.grading.submission import grade as grader

def noted(task, student, *rest, grade=grader.grade_content):
    result = grade(task, student, *rest)
    if student not in ("solution", "exercise"):  # those are graded first, to see that all is well
        with open(notes, "a") as file:
            print(sum(cell.metadata.get("papermill", {}).get("duration") or 0
                      for cell in result.notebook.cells), file=file)
    return result

notes = sys.argv.pop(1)
grader.grade_content = noted
main()
"""
POINTS = """import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({item.student.id: item.score for item in book.assignment_submissions(sys.argv[1])}))
"""


def call(*command, cwd=ROOT, **environment):
    """Run a program to its end. Returns its seconds and what it printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    quiet = {"PATH": path, "PYTHONWARNINGS": "ignore"}
    start = perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | quiet | environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr[-1500:]}")
    return perf_counter() - start, done.stdout


def course(folder, room, session, workers):
    """`course grade`, the whole class in one call; with one worker it notes the time of the cells."""
    out, notes = room / "grades", room / "notes"
    seconds, _ = call(sys.executable, "-c", OURS, notes, "grade", session, folder, "-o", out, "--seed", 5,
                      "--workers", workers)  # fmt: skip
    database = sqlite3.connect(out / "grades.sqlite")
    ends = sorted(datetime.fromisoformat(at) for (at,) in database.execute("SELECT at FROM tries"))
    rows = [line.split(",") for line in (out / "gradebook.csv").read_text("utf-8").splitlines()]
    points = {row[0]: float(row[rows[0].index("points")]) for row in rows[1:]}
    further = (ends[-1] - ends[0]).total_seconds() / (len(ends) - 1)
    own = [float(line) for line in notes.read_text("utf-8").splitlines()] if notes.exists() else []
    return seconds / len(ends), further, mean(own[1:]) if own else None, points


def papermill(folder, room, session, some):
    """papermill, a call for each notebook."""
    seconds, own = [], []
    for path in sorted(folder.iterdir())[:some]:
        seconds.append(call("papermill", "-k", "python3", "--no-progress-bar", path, room / path.name)[0])
        cells = json.loads((room / path.name).read_text("utf-8"))["cells"]
        own.append(sum(cell["metadata"].get("papermill", {}).get("duration") or 0 for cell in cells))
    return mean(seconds), mean(seconds), mean(own), None


def nbgrader(folder, room, session):
    """nbgrader autograde, the whole class in one call; what the instructor prepares once is not counted."""
    config = "from course.grading.nbgrader import configure\n\nconfigure(get_config())\n"
    (room / "nbgrader_config.py").write_text(config, "utf-8")
    source = room / "source" / session / f"{session}.ipynb"
    source.parent.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / f"{session}.ipynb", source)
    call("nbgrader", "generate_assignment", "--create", session, cwd=room)
    for path in folder.iterdir():
        target = room / "submitted" / path.stem / session / f"{session}.ipynb"
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    seconds, _ = call("nbgrader", "autograde", session, cwd=room)
    ends = sorted(path.stat().st_mtime for path in (room / "autograded").glob("*/*/*.ipynb"))
    points = json.loads(call(sys.executable, "-c", POINTS, session, cwd=room)[1])
    return seconds / len(ends), (ends[-1] - ends[0]) / (len(ends) - 1), None, points


def otter(folder, room, session, some, program):
    """otter run, a call for each notebook, with our questions as its tests."""
    solution = read_notebook(ROOT / "solutions" / f"{session}.ipynb")
    cells = {cell.id: cell.source for cell in solution.cells}
    with zipfile.ZipFile(room / "autograder.zip", "w") as file:
        for item in asked(solution):
            test = OTTER_TEST.format(name=item.name, points=item.points, source=cells[item.cell_id])
            file.writestr(f"tests/{item.name}.py", test)
        file.writestr("otter_config.json", '{"logo": false}')
    seconds, points = [], {}
    for path in sorted(folder.iterdir())[:some]:
        notebook = read_notebook(path)
        questions = {item.cell_id for item in asked(notebook)}
        notebook.cells = [cell for cell in notebook.cells if cell.id not in questions]
        (room / path.name).write_text(json.dumps(notebook), "utf-8")
        command = (program, "run", "-a", room / "autograder.zip", "-o", room, "--no-logo", room / path.name)
        seconds.append(call(*command, cwd=room, NBGRADER_EXECUTION="autograde")[0])
        tests = json.loads((room / "results.json").read_text("utf-8"))["tests"]
        points[path.stem] = sum(test.get("score", 0) for test in tests)
    return mean(seconds), mean(seconds), None, points


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--some", type=int, help="papermill and otter get only so many of the class")
    parser.add_argument("--session", default=SESSION)
    parser.add_argument("--otter", type=Path, help="otter's program, in an environment with torch and course")
    parser.add_argument("--only", nargs="+", help="some of: course1 course2 papermill nbgrader otter")
    arguments = parser.parse_args()
    runs = {
        "course1": ("course grade, 1 worker", lambda *where: course(*where, 1)),
        "course2": ("course grade, 2 workers", lambda *where: course(*where, 2)),
        "papermill": ("papermill", lambda *where: papermill(*where, arguments.some)),
        "nbgrader": ("nbgrader autograde", nbgrader),
        "otter": ("otter run", lambda *where: otter(*where, arguments.some, arguments.otter.absolute())),
    }
    present = {
        "papermill": shutil.which("papermill", path=Path(sys.executable).parent),
        "otter": arguments.otter,
    }
    present["nbgrader"] = shutil.which("nbgrader", path=Path(sys.executable).parent)
    names = arguments.only or list(runs)
    here = [name for name in names if present.get(name, True)]

    measured = {name: [] for name in names}
    points = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
        folder = Path(temporary) / "class"
        write_class(folder, arguments.session, arguments.students)
        for number in range(arguments.rounds):
            for name in random.sample(here, len(here)):
                room = Path(temporary) / f"{name}-{number}"
                room.mkdir()
                *seconds, points[name] = runs[name][1](folder, room, arguments.session)
                measured[name].append(seconds)
                load = os.getloadavg()[0]
                print(f"{name}: {measured[name][-1]}, load {load:.1f}", file=sys.stderr, flush=True)
                shutil.rmtree(room)
    given = [value for value in points.values() if value]
    same = all(a[name] == b[name] for a in given for b in given for name in a.keys() & b.keys())
    print(f"{date.today()}, {arguments.session}, {arguments.students} students, {arguments.rounds} rounds, "
          f"nbgrader {version('nbgrader') if present['nbgrader'] else 'missing'}, "
          f"papermill {version('papermill')}, load {os.getloadavg()[1]:.1f}")  # fmt: skip
    print(f"same points by all that give some: {same}\n")
    table(runs, measured)


def table(runs, measured):
    """Print the medians, in seconds a submission, and how many times ours with one worker they are."""
    print("| | class, s | next, s | cells, s | over, s | class / ours | next / ours |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    ours = [median(row[column] for row in measured["course1"]) for column in (0, 1)]
    for name, rows in measured.items():
        if not rows:
            print(f"| {runs[name][0]} | not installed | | | | | |")
            continue
        whole, further = (median(row[column] for row in rows) for column in (0, 1))
        cells = median(row[2] for row in rows) if rows[0][2] is not None else None
        own = f"{cells:.2f} | {median(row[1] - row[2] for row in rows):.2f}" if cells else " | "
        print(f"| {runs[name][0]} | {whole:.2f} | {further:.2f} | {own} "
              f"| {whole / ours[0]:.1f} | {further / ours[1]:.1f} |")  # fmt: skip


if __name__ == "__main__":
    main()
