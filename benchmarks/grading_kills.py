"""Grading that is killed ten times, and one that loses a worker: are the grades those of a quiet run?

    python benchmarks/grading_kills.py --students 100 --kills 10

Three runs of the same class and seed: undisturbed; `course grade` with all its processes killed (SIGKILL) at
random moments and called again; and one whose first worker is killed when a quarter is done. Prints how
long each took, how every try ended, and whether the gradebooks are the same, byte by byte.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import psutil
from classes import ROOT, SESSION, write_class


def start(folder, out, workers):
    """`course grade` in a process group of its own."""
    command = [sys.executable, "-m", "course", "grade", SESSION, folder, "-o", out, "--seed", 5]
    return subprocess.Popen(
        [str(part) for part in (*command, "--workers", workers)],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def query(out, question):
    """Rows of a grading's database; none before it exists."""
    if not (out / "grades.sqlite").is_file():
        return []
    database = sqlite3.connect(out / "grades.sqlite", timeout=30)
    try:
        return database.execute(question).fetchall()
    except sqlite3.OperationalError:
        return []  # killed before the tables were made
    finally:
        database.close()


def graded(out):
    """How many submissions have their result."""
    rows = query(out, "SELECT COUNT(*) FROM results WHERE state IN ('done', 'student failure')")
    return rows[0][0] if rows else 0


def killed(folder, out, workers, kills, longest):
    """Grade, killed so often after a random time. Returns what was graded when each blow fell."""
    chance, found = random.Random(7), []
    for _ in range(kills):
        process = start(folder, out, workers)
        try:
            process.wait(chance.uniform(0, longest))
        except subprocess.TimeoutExpired:
            family = psutil.Process(process.pid).children(recursive=True)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            found.append(graded(out))
            for left in psutil.wait_procs(family, timeout=15)[1]:
                print(f"still there after 15 s: {left}", flush=True)
    process = start(folder, out, workers)
    process.wait()
    return found


def bereaved(folder, out, workers, quarter):
    """Grade, and kill a worker when a quarter is done."""
    process = start(folder, out, workers)
    while graded(out) < quarter and process.poll() is None:
        psutil.wait_procs([psutil.Process(process.pid)], timeout=0.2)
    children = psutil.Process(process.pid).children()
    victim = next(child for child in children if "spawn_main" in " ".join(child.cmdline()))
    victim.kill()
    found = graded(out)
    process.wait()
    return [found]


def tell(name, out, quiet, seconds, blows):
    """One line about a run."""
    results = query(out, "SELECT COUNT(*) FROM results")[0][0]
    ended = query(out, "SELECT outcome, COUNT(*) FROM tries GROUP BY outcome")
    same = (out / "gradebook.csv").read_bytes() == (quiet / "gradebook.csv").read_bytes()
    sound = query(out, "PRAGMA integrity_check") == [("ok",)]
    left = len(os.listdir(tempfile.gettempdir()))
    print(f"{name}: {seconds:.0f} s at load {os.getloadavg()[0]:.1f}, {len(blows)} kills with {blows} graded")
    print(f"  {results} results; tries: {dict(ended)}; database sound: {sound}")
    print(f"  gradebook the same: {same}, left in tmp: {left}")


def main():
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--longest", type=float, default=40, help="seconds before a blow, at most")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
        room = Path(temporary)
        tempfile.tempdir = os.environ["TMPDIR"] = f"{temporary}/tmp"
        os.mkdir(tempfile.tempdir)
        folder, workers = room / "class", arguments.workers
        write_class(folder, SESSION, arguments.students)
        runs = {
            "undisturbed": lambda out: killed(folder, out, workers, 0, 0),
            "grader killed": lambda out: killed(folder, out, workers, arguments.kills, arguments.longest),
            "worker killed": lambda out: bereaved(folder, out, workers, arguments.students // 4),
        }
        for name, run in runs.items():
            begun = perf_counter()
            blows = run(room / name)
            tell(name, room / name, room / "undisturbed", perf_counter() - begun, blows)


if __name__ == "__main__":
    main()
