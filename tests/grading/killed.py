"""A grader that kills itself: run in a process of its own, on an OUT that knows its task.

    python killed.py OUT FOLDER writing|running END

writing    workers take no time; the end comes with the END-th statement of SQL or touch of a file
running    kernels in the sandbox; the end comes as soon as one runs after END notebooks

With END 0 it lives, and prints how many statements and touches there were.
"""

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psutil

from course.grading.batch import grade_class
from course.grading.ledger import open_ledger
from course.grading.result import GRADED, Result
from course.grading.submissions import find_submissions
from course.questions.judge import CORRECT, WRONG, Verdict

TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir")  # events that Python tells its auditors


class AtOnce:
    """Workers that need no kernel."""

    room = 2

    def __init__(self, task):
        self.task, self.leases = task, []

    def start(self, lease):
        self.leases.append(lease)

    def wait(self, seconds):
        lease = self.leases.pop(0)
        verdict = Verdict(CORRECT if int(lease.student[1:]) % 3 else WRONG)
        verdicts = dict.fromkeys(self.task.records, verdict)
        result = Result(lease.student, GRADED, "", verdicts, notebook=self.task.released)
        return [(lease, result.pack(), "")]

    def drop_waiting(self):
        return 0


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def writing(ledger, submissions, out, end):
    """Count, and end at a number."""
    moments = 0

    def moment(*_):
        nonlocal moments
        moments += 1
        if moments == end:
            kill()

    @contextmanager
    def crew(task, pending):
        yield AtOnce(task)

    ledger.sql.set_trace_callback(moment)
    sys.addaudithook(lambda event, arguments: moment() if event in TOUCHES else None)
    grade_class(ledger.task(), submissions, out, crew=crew, ledger=ledger)
    return moments


def running(ledger, submissions, out, end):
    """Grade, and end in the middle of a notebook."""

    def kill_in_the_middle():
        while not any(child.children() for child in psutil.Process().children()):
            time.sleep(0.01)
        kill()

    def track(results, total):
        for number, result in enumerate(results, start=1):
            if number == end:
                threading.Thread(target=kill_in_the_middle, daemon=True).start()
            yield result

    grade_class(ledger.task(), submissions, out, track, ledger=ledger)


if __name__ == "__main__":
    out, folder, way, end = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    with open_ledger(out) as ledger:
        print(
            {"writing": writing, "running": running}[way](
                ledger, find_submissions(folder, "01_test"), out, end
            )
        )
