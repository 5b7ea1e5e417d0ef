"""Notebooks in the sandbox, as the grader and as papermill run them."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import papermill  # noqa: F401 (it loads the engine, so it must come first)
import pytest

from course import sandbox
from course.notebooks import budget
from course.notebooks.execute import STARVED, TIME_LIMIT, execute
from course.sandbox import rootfs

pytestmark = pytest.mark.slow

SMALL = sandbox.Limits(memory_mib=512, processes=40, scratch_mib=16, scratch_files=200, file_mib=8)
AT_THE_LIMIT = (TIME_LIMIT, STARVED)  # the second where the tests' machine is busy with other work
QUIET = 'import warnings\nwarnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads\n'

LIBRARY = [Path(path) for path in rootfs.shown_paths()]
ABOVE = {str(parent) for path in LIBRARY for parent in path.parents}
IN_TMP = [str(path.relative_to("/tmp").parts[0]) for path in LIBRARY if path.is_relative_to("/tmp")]


def run(notebook, **options):
    return execute(notebook, kernel_name=sandbox.KERNEL_NAME, **options)


def run_into_the_limit(notebook, stopped, **options):
    """Run with a limit of a second; on a busy machine, where other cells reach it too, with a longer one."""
    for seconds in (1, 4, 16, 64):
        done = run(notebook, cell_timeout=seconds, **options)
        if [number for number, cell in enumerate(done.notebook.cells) if "run" in cell.metadata] == stopped:
            return done
    raise AssertionError(f"not the cells {stopped} reached the limit, but others")


def text(run, cell=-1):
    """What a cell printed."""
    return "".join(output.get("text", "") for output in run.notebook.cells[cell].outputs)


def test_torch_trains(isolated, notebook):
    """A small net learns inside, with an optimizer, a convolution and a DataLoader's worker process."""
    loaded = "print(len(list(torch.utils.data.DataLoader(data, batch_size=32, num_workers=1))))"
    done = run(notebook(Path(__file__).with_name("training_cell.py").read_text("utf-8") + loaded))
    assert done.trouble() is None
    assert text(done) == "True\n2\n"


def test_figures_are_those_of_a_plain_kernel(isolated, notebook):
    """Figures appear when, and as, they do without the sandbox, byte by byte."""
    cells = ("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "plt.imshow([[1, 2]])\nplt.show()")
    ours = run(notebook(*cells))
    plain = execute(notebook(*cells), env={"MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    assert [c.outputs for c in ours.notebook.cells] == [c.outputs for c in plain.notebook.cells]


def test_nothing_of_the_workbook_is_visible(namespaces, notebook, tmp_path, monkeypatch):
    """The working folder, the home folder and other users' files have no names inside."""
    root = Path(__file__).parents[2]
    (tmp_path / "key").write_text("secret")
    monkeypatch.setenv("SECRET", "of the grader")
    hidden = [str(root / name) for name in ("solutions", "pyproject.toml", "tests")]
    hidden += [str(tmp_path), "/etc/shadow", "/root/.bashrc", "/var", "/opt", "/run"]
    hidden = [path for path in hidden if path not in ABOVE]
    code = f"""
import os, pathlib
print([path for path in {hidden!r} if os.path.lexists(path)])
print(pathlib.Path.home(), os.getuid(), [name for name in os.environ if "SECRET" in name])
print(sorted(name for name in os.listdir("/proc") if name.isdigit()))
print([name for name in os.listdir("/tmp") if name not in {IN_TMP}])
"""
    done = run(notebook(code), cwd=tmp_path)
    assert text(done) == "[]\n/student 1000 []\n['1', '2']\n[]\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "key"]


def test_no_descriptor_is_inherited(namespaces, notebook):
    """Besides /dev/null, a student's process holds sockets and pipes of its own, and no file."""
    code = """
import os
kinds = set()
for name in os.listdir("/proc/self/fd"):
    try:
        kinds.add(os.readlink(f"/proc/self/fd/{name}").split(":")[0])
    except OSError:
        pass
print(sorted(kinds - {"socket", "pipe", "anon_inode", "/dev/null", "/null"}))
"""
    assert text(run(notebook(code))) in ("[]\n", "['/proc/2/fd']\n")


def test_two_kernels_do_not_see_each_other(namespaces, notebook, start, running, eventually):
    """Kernels that run at once have their own files, processes and shared memory."""
    code = f"""
import os, pathlib, subprocess
pathlib.Path("/tmp/mine").touch(); pathlib.Path("/dev/shm/mine").touch(); pathlib.Path("mine").touch()
subprocess.run(["sleep", "1618"])
print([n for n in os.listdir("/tmp") if n not in {IN_TMP}], os.listdir("/dev/shm"))
print(len([p for p in os.listdir("/proc") if p.isdigit()]))
"""
    done = [None, None]

    def work(index):
        done[index] = run(notebook(code), cell_timeout=300)

    both = [start(work, index) for index in range(2)]
    eventually(lambda: len(running("sleep\x001618")) == 2)  # now both are in the middle of their cell
    for pid in running("sleep\x001618"):
        os.kill(pid, signal.SIGKILL)
    for one in both:
        one.join()
    assert [text(one) for one in done] == ["['mine'] ['mine']\n2\n"] * 2


def test_generators_are_reseeded(isolated, notebook):
    """Two kernels of one warm process draw different numbers from all three generators."""
    code = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(1).item())"
    first, second = (text(run(notebook(code))).split() for _ in range(2))
    assert len(first) == 3 and not set(first) & set(second)


def test_forbidden_modules(isolated, notebook):
    """A module that an exercise does without cannot be imported, nor found on its parent."""
    cells = ("import torch\nprint(hasattr(torch, 'optim'))", "from torch.optim import SGD", "import torch.nn")
    cells += ("print(open(f'{torch.__path__[0]}/optim/adam.py').read())",)
    done = run(notebook(*cells), env=sandbox.environment(without=("torch.optim",)))
    error = done.notebook.cells[1].outputs[0]
    assert (error.ename, error.evalue) == (
        "ImportError",
        "torch.optim cannot be imported: this exercise asks you to do without torch.optim",
    )
    assert text(done, 0) == "False\n" and not done.notebook.cells[2].outputs
    if isolated.level == 3:
        assert done.notebook.cells[3].outputs[0].ename == "FileNotFoundError", "its source is not shown"
    assert run(notebook("import torch.optim")).trouble() is None


def test_an_endless_loop_is_interrupted(isolated, notebook, monkeypatch):
    """A time limit interrupts the cell, and what it started; the next cell runs in the same kernel."""
    monkeypatch.setattr(budget, "GRACE_S", 120)  # it is the interrupt that ends them, however late it comes
    cells = ("x = 1", "while True: pass", "import subprocess; subprocess.run(['sleep', '60'])", "print(x)")
    done = run_into_the_limit(notebook(*cells), stopped=[1, 2])
    for cell in done.notebook.cells[1:3]:
        assert cell.metadata["run"] in AT_THE_LIMIT and cell.outputs[0].ename == "KeyboardInterrupt"
    assert text(done) == "1\n"


@pytest.mark.nightly("waits for time limits; an endless loop stands for it by day")
def test_interrupts_that_are_ignored(isolated, notebook):
    """Who ignores the interrupt loses the kernel, five seconds later."""
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    done = run(notebook(code, "print(1)"), cell_timeout=3)
    loop, behind = (cell.metadata["run"] for cell in done.notebook.cells)
    assert loop in AT_THE_LIMIT and behind == "not run"


in_a_question = pytest.mark.nightly("tests/grading/test_causes.py has such ends by day", early=True)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import os; os._exit(0)", marks=in_a_question),
        "import os; os.kill(2, 9)",
        pytest.param("crash()", marks=in_a_question),
    ],
)
def test_an_end_of_its_own(isolated, notebook, code):
    """A kernel that ends itself, or crashes, is found dead; the next submission is not concerned."""
    define = "import ctypes\ndef crash(): ctypes.string_at(0)"
    done = run(notebook(define, code, "print(1)"))
    assert [cell.metadata.get("run") for cell in done.notebook.cells] == [None, "kernel died", "not run"]
    assert run(notebook("print(1)")).trouble() is None


def test_a_memory_bomb(isolated, notebook):
    """One process cannot take more than its share: a MemoryError that it may even survive."""
    done = run(notebook("x = bytearray(900 * 2**20)", "print(1)"), env=sandbox.environment(SMALL))
    assert done.notebook.cells[0].outputs[0].ename == "MemoryError"
    assert text(done) == "1\n"


@pytest.mark.nightly("fills memory once more; one process does by day")
def test_a_memory_bomb_of_other_programs(isolated, notebook):
    """What another program has touched counts whole: nothing of it was there when the kernel was forked."""
    code = """
import subprocess, sys, time
fill = "import time; x = bytearray(b'1' * (90 * 2**20)); time.sleep(600)"
for _ in range(7):
    subprocess.Popen([sys.executable, "-c", fill])
time.sleep(600)
"""
    done = run(notebook(code), env=sandbox.environment(SMALL), cell_timeout=300)
    assert done.notebook.cells[0].metadata["run"] == "kernel died"


@pytest.mark.nightly("fills memory once more; one process does by day")
def test_a_memory_bomb_of_many_processes(isolated, notebook):
    """All processes together cannot take more either: the kernel is ended."""
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = bytearray(b"1" * (200 * 2**20)); time.sleep(600); os._exit(0)
time.sleep(600)
"""
    done = run(notebook(code), env=sandbox.environment(SMALL), cell_timeout=300)
    assert done.notebook.cells[0].metadata["run"] == "kernel died"


def test_a_fork_bomb(namespaces, notebook):
    """Forking fails at the limit, and nothing of it is left."""
    code = """
import os, time
started = 0
try:
    while started < 200:
        if os.fork() == 0:
            time.sleep(60); os._exit(0)
        started += 1
except BlockingIOError:
    print("stopped")
print(10 < started < 40)
"""
    done = run(notebook(QUIET + code), env=sandbox.environment(SMALL))
    assert text(done) == "stopped\nTrue\n"


def test_a_disk_bomb(namespaces, notebook):
    """Neither one large file, nor many, nor many empty ones get beyond their limits."""
    code = """
import errno, os
def until_it_fails(step):
    try:
        for number in range(10_000):
            step(number)
    except OSError as error:
        return number, errno.errorcode[error.errno]
print(until_it_fails(lambda n: open("large", "ab").write(bytes(2**20)))); os.remove("large")
print(until_it_fails(lambda n: open(f"/tmp/part{n}", "wb").write(bytes(2**20))))
for n in range(40):
    if os.path.exists(f"/tmp/part{n}"): os.remove(f"/tmp/part{n}")
print(until_it_fails(lambda n: open(f"/tmp/empty{n}", "w").close())[1])
"""
    done = run(notebook(code), env=sandbox.environment(SMALL))
    lines = text(done).splitlines()
    assert lines[0].startswith("(8,") and lines[0].endswith("'EFBIG')")
    assert lines[1].endswith("'ENOSPC')") and 12 <= int(lines[1][1:].split(",")[0]) <= 16
    assert lines[2] == "ENOSPC"


def test_daemons_end_with_the_notebook(namespaces, notebook, running, eventually):
    """A process that detaches itself twice does not outlive its notebook."""
    code = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sleep", ["sleep", "3141"])
    os._exit(0)
time.sleep(0.2); print(1)
"""
    assert text(run(notebook(QUIET + code))) == "1\n"
    eventually(lambda: not running("sleep\x003141"))


def test_kill_9_of_the_grader_leaves_nothing(namespaces, running, eventually):
    """When the grader is killed in the middle of a cell, the warm process and the kernel end too."""
    script = textwrap.dedent(
        """
        import nbformat
        from course.notebooks.execute import execute
        code = 'import os; os.system("sleep 2718 & sleep 2718")'
        cells = [nbformat.v4.new_code_cell(code)]
        execute(nbformat.v4.new_notebook(cells=cells), kernel_name="course-sandbox")
        """
    )
    grader = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    eventually(lambda: running("sleep\x002718"))
    warm = children(grader.pid)
    assert len(warm) == 1
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    eventually(lambda: not running("sleep\x002718") and not Path(f"/proc/{warm[0]}").exists())


def children(pid):
    return [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]


@pytest.mark.nightly("papermill in a process of its own; by day it is called")
def test_papermill_by_hand(namespaces, notebook, tmp_path):
    """The kernel's name is all that papermill needs."""
    nbformat.write(notebook("import os, torch\nprint(os.getcwd())"), tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "-k", "course-sandbox", "in.ipynb", "out.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    written = nbformat.read(tmp_path / "out.ipynb", 4)
    assert written.cells[0].outputs[0].text == "/student\n"


def test_a_cold_start(notebook, monkeypatch, tmp_path):
    """Where nothing can be forked, the same kernel starts cold, with a home of its own and the limits."""
    monkeypatch.setattr("course.sandbox.linux.SUPPORTED", False)
    monkeypatch.setenv("SECRET", "of the grader")
    code = "import os, resource\nprint(os.getcwd()[-4:], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    cells = (code, "print('SECRET' in os.environ)", "import json", "while True: pass", "print(1)")
    limits = sandbox.environment(sandbox.Limits(cpu_seconds=77), without=("json",))
    monkeypatch.setattr(budget, "GRACE_S", 120)
    done = run_into_the_limit(notebook(*cells), stopped=[3], env=limits)
    assert text(done, 0) == "home 77\n" and text(done, 1) == "False\n"
    assert done.notebook.cells[2].outputs[0].ename == "ImportError"
    assert done.notebook.cells[3].outputs[0].ename == "KeyboardInterrupt" and text(done) == "1\n"
