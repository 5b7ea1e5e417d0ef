"""Where namespaces are refused, Landlock and a stricter filter keep kernels in."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course.sandbox import canary, landlock, linux, rootfs, supervisor

HERE = Path(__file__).parent
REFUSING = [sys.executable, str(HERE / "refusing.py"), sys.executable]

pytestmark = [
    pytest.mark.skipif(landlock.abi() < 6, reason="this system has no Landlock, or an old one"),
    pytest.mark.nightly("the sandbox's second level; `make test` tries the level of this machine"),
]


@pytest.fixture(scope="module")
def stays_root():
    """Whether the kernels stay root's, since Python is closed to others: then processes are not bounded."""
    return os.geteuid() == 0 and bool(supervisor.closed_to_others(rootfs.shown_paths()))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a grader on a machine that refuses namespaces found out and saw."""
    folder = tmp_path_factory.mktemp("refused")
    command = [*REFUSING, str(HERE / "refused_session.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_the_canary_is_stopped(told, stays_root):
    """The canary gets nowhere, but sees that others exist and may fill the disk: level 2."""
    could = {name for name, held in told["isolation"]["stopped"].items() if not held}
    unbounded = {"gain rights", "start too many processes"} if stays_root else set()
    assert could == {"see the grader's process", "fill the disk"} | unbounded
    assert told["mode"] == "landlock"
    assert told["isolation"]["level"] == (0 if stays_root else 2)
    missing = told["isolation"]["missing"]
    assert missing[0].startswith("namespaces: ") and missing[0].endswith("not allowed here")
    assert missing[-1].startswith("root cannot become another user") == stays_root


def test_notebooks_run(told):
    """A net trains, a DataLoader's worker hands its batches over, a figure, a file, a shell command."""
    assert told["work"] == [
        ["True\n[(32, 1, 6, 6), (32, 1, 6, 6)]\n", None],
        ["shell\nfigure['a', 'b', 'net.pt'] True\nprogram\n\n", None],
    ]


def test_an_interrupt_arrives(told):
    """A time limit interrupts the cell, and the kernel lives on."""
    before, loop, after = told["interrupt"]
    assert (before, after) == (["", None], ["1\n", None])
    assert loop in (["KeyboardInterrupt", "time limit"], ["KeyboardInterrupt", "starved"])


def test_hostile_code_gets_nowhere(told, stays_root):
    """No file, process, socket or limit of the grader can be reached, and forking ends."""
    assert told["hostile"] == [["[]\n", None]]
    assert told["after"] == ["secret", "0o600", ["socket", "socket-datagrams", "solution"]]
    if not stays_root:
        assert told["forks"] == [["stopped True\n", None]]


def test_nothing_is_left_behind(told):
    """Shared memory under a name, and folders so deep that no path leads down, end with the kernel."""
    assert told["left"] == []


@pytest.mark.parametrize("victim", ["grader", "warm process"])
def test_a_kill_leaves_nothing(victim, tmp_path, running, eventually):
    """kill -9 of the grader or of its warm process ends what a student detached, forked by a thread even."""
    log = tmp_path / "pids"
    code = """
import os, threading, time
def detach():
    if os.fork() == 0:
        os.setsid()
        os.execv("/bin/sleep", ["sleep", "SECONDS"])
threading.Thread(target=detach).start()
time.sleep(600)
""".replace("SECONDS", str(5000 + os.getpid()))
    script = (
        "import nbformat; from course.notebooks.execute import execute; from course.sandbox import client\n"
        f"open({str(log)!r}, 'w').write(str(client.warm_process().process.pid))\n"
        f"cells = [nbformat.v4.new_code_cell({code!r})]\n"
        "execute(nbformat.v4.new_notebook(cells=cells), kernel_name='course-sandbox')"
    )
    grader = subprocess.Popen([*REFUSING, "-c", script], start_new_session=True, stderr=subprocess.DEVNULL)
    sleeping = f"sleep\0{5000 + os.getpid()}\0"
    try:
        eventually(lambda: running(sleeping))
        warm = int(log.read_text())
        assert len(descendants(warm)) >= 3
        everything = {warm, *descendants(warm)}
        os.kill(grader.pid if victim == "grader" else warm, signal.SIGKILL)
        eventually(lambda: not any(alive(pid) for pid in everything) and not running(sleeping))
    finally:
        grader.kill()
        grader.wait()


def descendants(pid):
    """The numbers of the processes below one, whichever thread forked them."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for name in path.read_text().split():
            found += [int(name), *descendants(int(name))]
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_rules():
    """Reading what is shown, writing at home only; nothing else has a rule."""
    allowed = landlock.rules(["/usr/lib"], "/home/of/kernel")
    writing = landlock.OWN & ~landlock.READ & ~landlock.WRITE_FILE
    assert {path for path, rights in allowed.items() if rights & writing} == {"/home/of/kernel", "/dev/shm"}
    assert allowed["/usr/lib"] == landlock.READ and f"/proc/{os.getpid()}" in allowed
    assert not {"/", "/proc", "/dev", "/tmp", "/etc", "/dev/pts", "/dev/tty"} & {*allowed}
    assert not allowed["/dev/shm"] & landlock.READ_DIR


def test_no_landlock(monkeypatch):
    """A kernel without Landlock has version 0, and its refusal is told, not passed over."""
    monkeypatch.setattr(linux, "SUPPORTED", False)
    assert landlock.abi() == 0
    with pytest.raises(OSError, match="Landlock is a part of Linux"):
        landlock.stay_within({})


def test_names():
    """Every mode has its level's name."""
    assert canary.NAMES[2] == supervisor.LANDLOCK and canary.NAMES[3] == supervisor.NAMESPACES
