"""Grade into an OUT on a disk of so many KiB, then on one with room: run in a mount namespace of its own.

    unshare --user --map-root-user --mount python full_disk.py FOLDER SUBMISSIONS TASK KIB...

For each size a fresh tmpfs. Workers take no time. Prints as JSON, for each size, how the first call ended and
the gradebook of the second one, which had room.
"""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from killed import find_submissions, grade_at_once

from course.grading.record.database import open_database
from course.grading.result import unpack_task


def grade(task, submissions, out):
    """How it ended, in the words of `course grade`."""
    try:
        grade_at_once(task, submissions, out)
    except (sqlite3.OperationalError, OSError) as stop:
        return f"stopped: {stop}"
    return "graded"


def main(folder: Path, submissions: Path, packed: Path, sizes: list[str]) -> None:
    """Every size in turn."""
    task = unpack_task(packed.read_bytes())
    found, told = find_submissions(submissions, task.session), {}
    for size in sizes:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "out", folder], check=True)
        first = grade(task, found, folder / "out")
        whole = (folder / "out" / "gradebook.csv").exists()
        subprocess.run(["mount", "-o", "remount,size=200m", folder], check=True)
        second = grade(task, found, folder / "out")
        left = [path.name for path in (folder / "out").rglob(".aside-*")]
        with open_database(folder / "out") as db:
            sound = db.value("PRAGMA integrity_check")
        gradebook = (folder / "out" / "gradebook.csv").read_text("utf-8")
        told[size] = [first, whole, second, sound, left, gradebook]
        subprocess.run(["umount", folder], check=True)
    print(json.dumps(told))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4:])
