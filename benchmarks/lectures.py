"""Seconds for each lecture: alone, and beside two processes that keep two processors busy.

    python benchmarks/lectures.py                                  # all lectures, as people run them
    python benchmarks/lectures.py 06_optimizers --threads 2        # torch's own choice on two processors
    python benchmarks/lectures.py --cap 1200 --neighbors 4

papermill executes each as `course run` does. "processor" is what the kernel computed, in seconds of one
processor; "busy / quiet" compares the seconds on the clock. A fair share of two processors, for one thread
beside two others, is a ratio of 1.5; for a cell that keeps two threads busy it is 2.
"""

import argparse
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from course.notebooks.document import read_notebook
from course.notebooks.execute import execute
from course.notebooks.workbook import find_workbook

BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(10**6): pass"


class Taken(NamedTuple):
    """What one run took."""

    seconds: float
    processor: float
    trouble: str | None


@contextmanager
def neighbors(number: int) -> Iterator[None]:
    """Inside, so many processes compute, each in a session of its own as another user's would be."""
    running = [subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True) for _ in range(number)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def run(path, threads: int | None, cap: float) -> Taken:
    """Execute a lecture once."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = execute(
        read_notebook(path),
        stop_on_error=True,
        cell_timeout=cap,
        notebook_timeout=cap,
        cwd=path.parent,
        env=None if threads is None else {"OMP_NUM_THREADS": str(threads)},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(done.seconds, processor, done.trouble())


def main() -> None:
    """Run the lectures one after the other, and print a row for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sessions", nargs="*", help="such as 06_optimizers; all when none is named")
    parser.add_argument("--threads", type=int, help="OMP_NUM_THREADS; by default the course chooses")
    parser.add_argument("--neighbors", type=int, default=2)
    parser.add_argument("--cap", type=float, default=1800, help="seconds after which a run is given up")
    options = parser.parse_args()
    workbook = find_workbook()
    chosen = "the course's choice of" if options.threads is None else options.threads
    print(f"{chosen} threads; busy: beside {options.neighbors} other processes; seconds\n")
    print("| lecture | quiet | processor | busy | processor | busy / quiet |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for stem in options.sessions or workbook.stems("lectures"):
        path = workbook.find("lectures", stem)
        quiet = run(path, options.threads, options.cap)
        with neighbors(options.neighbors):
            busy = run(path, options.threads, options.cap)
        columns = [f"{value:.1f}" for taken in (quiet, busy) for value in taken[:2]]
        print("|", " | ".join([stem, *columns, f"{busy.seconds / quiet.seconds:.2f}"]), "|", flush=True)
        for name, taken in (("quiet", quiet), ("busy", busy)):
            if taken.trouble:
                print(f"  {stem}, {name}: {taken.trouble}", file=sys.stderr)


if __name__ == "__main__":
    main()
