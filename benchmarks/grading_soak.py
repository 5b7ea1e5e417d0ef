"""Many submissions in one run: do memory, processes and open files stay where they are?

    python benchmarks/grading_soak.py --count 1000 --workers 2
    python benchmarks/grading_soak.py --count 300 --out FOLDER      # a piece; the same with 600 goes on

Every submission differs, so each is run. After every 50 results the whole family of processes is counted: the
grader, its workers, the warm processes that kernels are forked from. Memory is
what they wrote themselves, without the files of libraries. Kernels come and go and are left out.
"""

import argparse
import os
import tempfile
from contextlib import closing
from pathlib import Path
from time import perf_counter

import psutil
from classes import ROOT, SESSION, write_class

from course.grading.batch import enrol, grade_class, prepare
from course.grading.exchange.intake import find_submissions
from course.grading.pool.local import local_pool
from course.grading.record.database import open_database
from course.notebooks.workbook import find_workbook

COLUMNS = ("grader, MiB", "workers, MiB", "warm, MiB", "processes", "open files", "left in tmp")


def count():
    """What the family of processes uses now, one number for each of COLUMNS."""
    memory = {"grader": 0.0, "workers": 0.0, "warm": 0.0}
    processes = files = 0
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    warm = {process.pid for process in family if "course.sandbox.warm" in line_of(process)}
    for process in family:
        try:
            if warm & {parent.pid for parent in process.parents()}:
                continue  # a kernel, or its keeper
            kind = "warm" if process.pid in warm else "grader" if process.pid == os.getpid() else "workers"
            memory[kind] += anonymous(process) / 2**20
            files += process.num_fds()
            processes += 1
        except psutil.Error:
            continue  # it has just ended
    return (*memory.values(), processes, files, len(os.listdir(tempfile.gettempdir())))


def anonymous(process):
    """Bytes of memory that no file stands behind."""
    memory = process.memory_info()
    return memory.rss - memory.shared


def line_of(process):
    """A process's command line; "" when it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def sampled(results, total, every, samples):
    """Pass the results on, and count after every so many."""
    start = perf_counter()
    with closing(results):
        for number, result in enumerate(results, start=1):
            if number % every == 0 or number == total:
                samples.append(count())
                numbers = " | ".join(f"{value:.0f}" for value in samples[-1])
                seconds = (perf_counter() - start) / number
                load = os.getloadavg()[0]
                print(f"| {number} | {numbers} | {seconds:.2f} | {load:.1f} |", flush=True)
            yield result


def graded(arguments, samples):
    """Write the class and grade it. Returns the results; `samples` receives what was counted."""
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary:
        folder = arguments.out or Path(temporary)
        tempfile.tempdir = os.environ["TMPDIR"] = f"{temporary}/tmp"
        os.mkdir(tempfile.tempdir)
        there = len(list((folder / "class").glob("*.ipynb")))
        write_class(folder / "class", arguments.session, arguments.count - there, there + 1)
        found = find_submissions(folder / "class", arguments.session)

        def track(jobs, total):
            return sampled(jobs, total, arguments.every, samples)

        print(
            f"| done | {' | '.join(COLUMNS)} | s each | load |\n|{'---:|' * (len(COLUMNS) + 3)}", flush=True
        )
        with open_database(folder / "grades", create=True) as db, local_pool(arguments.workers, 2) as pool:
            enrol(db, found)
            task = prepare(find_workbook(ROOT), arguments.session, seed=5, pool=pool)
            return grade_class(db, task, folder / "grades", pool, track)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--session", default=SESSION)
    parser.add_argument("--out", type=Path, help="keep class and grades here, and go on another time")
    arguments = parser.parse_args()
    samples = []
    try:
        results = graded(arguments, samples)
        statuses = [result.status for result in results]
        print(f"\n{len(results)} in the gradebook, {statuses.count('graded')} of them graded")
    except KeyboardInterrupt:
        print("\nstopped; what is said below holds for what was run")
    for name, values in zip(COLUMNS, zip(*samples, strict=True), strict=True):
        half = len(values) // 2
        first, last = (sum(part) / max(len(part), 1) for part in (values[:half], values[half:]))
        print(f"{name}: first {values[0]:.0f}, last {values[-1]:.0f}, most {max(values):.0f}; "
              f"mean of the first half {first:.0f}, of the second {last:.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
