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
from pathlib import Path

import psutil

from course.grading.batch import enrol, grade_class
from course.grading.exchange.intake import find_submissions
from course.grading.pool.local import InProcess
from course.grading.record.database import open_database
from course.grading.result import GRADED, Result, unpack_task
from course.questions.judge import CORRECT, WRONG, Verdict

TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir")  # events that Python tells its auditors


class AtOnce(InProcess):
    """An executor that needs no kernel."""

    def submit(self, function, packed_task, job):
        task = unpack_task(packed_task)
        verdict = Verdict(CORRECT if int(job.student[1:]) % 3 else WRONG)
        result = Result(job.student, GRADED, "", dict.fromkeys(task.records, verdict), notebook=task.released)
        return super().submit(result.pack)


def grade_at_once(task, submissions, out):
    """Grade a class; no kernel runs."""
    with open_database(out, create=True) as db:
        enrol(db, submissions)
        return grade_class(db, task, out, AtOnce())


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def writing(db, submissions, out, end):
    """Count, and end at a number."""
    moments = 0

    def moment(*_):
        nonlocal moments
        moments += 1
        if moments == end:
            kill()

    db.sql.set_trace_callback(moment)
    sys.addaudithook(lambda event, arguments: moment() if event in TOUCHES else None)
    enrol(db, submissions)
    grade_class(db, db.task(), out, AtOnce())
    return moments


def running(db, submissions, out, end):
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

    enrol(db, submissions)
    grade_class(db, db.task(), out, track=track)


if __name__ == "__main__":
    out, folder, way, end = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    with open_database(out) as db:
        print(
            {"writing": writing, "running": running}[way](db, find_submissions(folder, "01_test"), out, end)
        )
