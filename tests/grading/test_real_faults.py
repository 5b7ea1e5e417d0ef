"""Faults of a machine that are really made around `course grade`, in processes of their own.

`test_machine_faults` puts an error in the place of a function; here the file system has no locks, the clock
jumps, memory ends, the disk is small, Python is another one. Each costs one line; then the same call ends
well.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook
from course.sandbox import linux

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ANSWERS = ["return x + x", "return x**2", "return 3 * x", "import os\n    os._exit(0)"]
IN_A_NAMESPACE = ["unshare", "--mount"]  # without a user namespace, in which kernels are kept in less well
MIB = 2**20

pytestmark = [
    pytest.mark.nightly("grades small classes in processes of their own, for minutes"),
    pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here"),
]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """A workbook of one session, with a class of four in `class`; one answer ends the kernel."""
    root = tmp_path_factory.mktemp("workbook")
    new_session(Workbook(root), "01_test")
    for number, answer in enumerate(ANSWERS):
        change_answer(root, f"s{number}", answer)
    return root


def change_answer(workbook, student, answer):
    """Hand in the exercise with this body of its function."""
    notebook = read_notebook(workbook / "exercises" / "01_test.ipynb")
    cell = next(cell for cell in notebook.cells if cell.id == "double-answer")
    cell.source = f"def double(x):\n    {answer}"
    write_notebook(notebook, workbook / "class" / f"{student}.ipynb")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """The library of `faulty.c`, to be loaded before the C library."""
    compiler, made = shutil.which("cc") or shutil.which("gcc"), tmp_path_factory.mktemp("c") / "faulty.so"
    if compiler is None:
        pytest.skip("no C compiler")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, HERE / "faulty.c", "-ldl"], check=True)
    return str(made)


def run(workbook, out, *options, python=sys.executable, before=(), workers=2, **variables):
    """Call `course grade` there, by a command that comes before it, with these variables."""
    command = [*before, python, "-W", "ignore", "-m", "course", "grade", "01_test", "class", "-o", out]
    return subprocess.run(
        [*map(str, command), "--workers", str(workers), *options],
        cwd=workbook,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        timeout=900,
    )


def trouble(code, stderr):
    """The exit code, and the lines about trouble; where there is any, the last line is one of them."""
    lines = stderr.splitlines()
    found = [line for line in lines if line.startswith("course:")]
    assert code < 2 or lines[-1:] == found[-1:], stderr[-3000:]
    return code, found


def grade(*where, **how):
    """As `run`; what became of it."""
    done = run(*where, **how)
    print(done.stderr)  # to be seen where the test fails
    return trouble(done.returncode, done.stderr)


def ended_well_or_said_why(code, lines):
    """Whether all is graded, or one line says why not."""
    return (code, lines) == (0, []) or (code in (2, 3, 4) and len(lines) == 1)


def gradebook(out):
    """Student, status and points of each row."""
    with open(out / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        return [row[:3] for row in csv.reader(file)][1:]


GRADED = [[f"s{number}", "graded", str(int(number == 0))] for number in range(len(ANSWERS))]


def test_a_file_system_without_locks(workbook, faulty, tmp_path):
    """The C library refuses each lock, as on a network disk: one line, and nothing is written."""
    code, lines = grade(workbook, tmp_path / "out", LD_PRELOAD=faulty, NO_LOCKS="37")
    assert code == 2 and len(lines) == 1
    assert lines[0].endswith("its file system has no locks; name a folder on a local disk")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["grades.lock"]
    assert grade(workbook, tmp_path / "out")[0] == 0 and gradebook(tmp_path / "out") == GRADED


def test_a_clock_that_jumps(workbook, faulty, tmp_path):
    """The clock of grader and workers jumps by a year, back and forth, hundreds of times: nothing notices."""
    assert grade(workbook, tmp_path / "out", LD_PRELOAD=faulty, CLOCK_JUMPS="7") == (0, [])
    assert gradebook(tmp_path / "out") == GRADED
    before = (tmp_path / "out" / "gradebook.csv").read_bytes()
    assert grade(workbook, tmp_path / "out", LD_PRELOAD=faulty, CLOCK_JUMPS="5") == (0, [])
    assert (tmp_path / "out" / "gradebook.csv").read_bytes() == before


@pytest.mark.parametrize("mib", [700, 2000])
def test_no_more_memory(workbook, tmp_path, mib):
    """Grader, workers and warm process get so many MiB each: a line says why not, or a C library gives up."""
    set_limit = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({mib * MIB},) * 2)"
    limited = [sys.executable, "-S", "-c", f"{set_limit}; os.execv(sys.argv[1], sys.argv[1:])"]
    code, lines = grade(workbook, tmp_path / "out", before=limited)
    assert code == -signal.SIGABRT or ended_well_or_said_why(code, lines), (code, lines)
    assert grade(workbook, tmp_path / "out")[0] == 0 and gradebook(tmp_path / "out") == GRADED


def test_a_temporary_folder_with_a_long_name(workbook, tmp_path):
    """A socket's name has 107 bytes, TMPDIR may have more: all the same, all is graded."""
    long = tmp_path / "a_folder_of_somebody_who_likes_long_names" / "and_another_one_in_it"
    long.mkdir(parents=True)
    assert len(str(long)) > 107
    assert grade(workbook, tmp_path / "out", TMPDIR=str(long)) == (0, [])
    assert gradebook(tmp_path / "out") == GRADED and not list(long.glob("course-*"))


@pytest.fixture
def control_group(tmp_path):
    """A memory control group, whose processes the system kills when they take more than it has."""
    for parent, limit in (("memory", "memory.limit_in_bytes"), ("", "memory.max")):
        group = Path("/sys/fs/cgroup") / parent / f"course-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / limit).exists():
            break
        group.rmdir()
    else:
        pytest.skip("no control group can be made here")
    yield lambda mib: (group / limit).write_text(str(mib * MIB)) and str(group / "cgroup.procs")
    for _ in range(100):
        try:
            group.rmdir()
            return
        except OSError:  # what was killed has not ended yet
            time.sleep(0.1)


@pytest.mark.parametrize("mib", [60, 250, 800])
def test_the_system_kills_for_memory(workbook, control_group, tmp_path, mib):
    """All processes together get so many MiB, and the system kills one of them: no grade is lost or wrong."""
    join = ["sh", "-c", f'echo $$ > {control_group(mib)}; exec "$@"', "sh"]
    code, lines = grade(workbook, tmp_path / "out", before=join)
    assert code == -signal.SIGKILL or ended_well_or_said_why(code, lines), (code, lines)
    assert grade(workbook, tmp_path / "out")[0] == 0 and gradebook(tmp_path / "out") == GRADED


def test_who_is_killed_for_memory_has_no_score(workbook, control_group, tmp_path):
    """A right answer takes 2 GiB, less than its limit and more than the machine has: a blank, not a zero."""
    book, out = tmp_path / "book", tmp_path / "out"
    shutil.copytree(workbook, book)
    change_answer(
        book, "s1", f"block = bytearray({2048 * MIB}); block[::4096] = block[1::4096]; return 2 * x"
    )
    join = ["sh", "-c", f'echo $$ > {control_group(1300)}; exec "$@"', "sh"]
    code, lines = grade(book, out, workers=1, before=join)
    assert code == 1, (code, lines)
    assert [row[1:] for row in gradebook(out)] == [
        ["graded", "1"],
        ["not graded", ""],
        *[["graded", "0"]] * 2,
    ]
    assert "this machine has too little" in (out / "gradebook.csv").read_text("utf-8-sig")
    assert grade(book, out, "--regrade", "quarantined") == (0, [])
    assert [row[2] for row in gradebook(out)] == ["1", "1", "0", "0"]


@pytest.mark.parametrize("kib", [16, 64, 192, 640])
def test_a_small_disk_with_real_workers(workbook, tmp_path, kib):
    """OUT and the temporary folders of grader, workers and kernels lie on one disk, full sooner or later."""
    if shutil.which("unshare") is None or subprocess.run([*IN_A_NAMESPACE, "true"]).returncode:
        pytest.skip("only root mounts a disk here")
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    mounted = [*IN_A_NAMESPACE, sys.executable, HERE / "small_disk.py", disk, kib, copy]
    done = run(workbook, disk / "out", before=mounted, TMPDIR=f"{disk}/tmp")
    assert done.returncode == 0, done.stderr
    first, second = (trouble(*told) for told in json.loads(done.stdout))
    assert ended_well_or_said_why(*first), first
    assert second == (0, []) and gradebook(copy / "out") == GRADED
    assert not list(copy.rglob(".aside-*")) and list((copy / "tmp").iterdir()) == []


def another_python():
    """A Python of another version on PATH that has this checkout and what it needs, or None."""
    has = "import course, numpy, torch, torchvision, papermill, typer, psutil; print(course.__file__)"
    for minor in (11, 12, 13, 14):
        found = shutil.which(f"python3.{minor}")
        if found and minor != sys.version_info.minor:
            said = subprocess.run([found, "-I", "-c", has], capture_output=True, text=True).stdout
            if said.startswith(str(ROOT)):
                return found
    return None


def test_python_is_upgraded_between_two_runs(workbook, tmp_path):
    """What one Python graded the other takes over, byte by byte; it grades what is new. Then back again."""
    other = another_python()
    if other is None:
        pytest.skip("no other Python with the course's packages on PATH")
    shutil.copytree(workbook, tmp_path / "book")
    book, out = tmp_path / "book", tmp_path / "out"
    assert grade(book, out) == (0, []) and gradebook(out) == GRADED
    kept = {path: path.read_bytes() for path in out.rglob("*.html")}
    assert grade(book, out, python=other) == (0, [])
    assert {path: path.read_bytes() for path in out.rglob("*.html")} == kept
    for number, python in ((1, other), (2, sys.executable)):
        shutil.copy(book / "class" / "s0.ipynb", book / "class" / f"s{number}.ipynb")
        assert grade(book, out, python=python) == (0, [])
        rows = gradebook(out)
        assert [row[2] for row in rows] == ["1"] * (number + 1) + ["0"] * (3 - number)
        assert (out / "feedback" / "s3.html").read_bytes() == kept[out / "feedback" / "s3.html"]
