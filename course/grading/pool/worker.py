"""Worker: grades one submission after the other, wherever it runs.

It gets the task and a submission as bytes, and sends verdicts and the executed notebook back as JSON and
bytes. It never sees the database: only the process that called `course grade` writes.
"""

from functools import lru_cache

from course.sandbox import close

from ..result import FAILED, Job, Packed, not_run, unpack_task
from ..submission.grade import grade_content
from ..submission.review import review

_task = lru_cache(maxsize=1)(unpack_task)


def run_job(packed_task: bytes, job: Job) -> Packed:
    """Run one submission; after trouble of the machine the next one gets a fresh warm process."""
    task = _task(packed_task)
    result = grade_content(task, job.student, job.content, job.modules)
    try:
        packed = result.pack(*review(task, job.content).pack())
    except Exception as error:
        result = not_run(task, job.student, FAILED, f"{type(error).__name__}: {error}")
        packed = result.pack()
    if result.status == FAILED:
        close()
    return packed
