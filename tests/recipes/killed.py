"""`course train`, killed at each moment that it touches its folder: run in a process of its own.

    python killed.py FOLDER

Counts the moments of a training that nobody kills, in FOLDER/whole: before a file is opened for writing, is
renamed or removed, or a folder is made, and when a file has been opened, empty still. Then for each moment n
one training in FOLDER/n is killed there, and the same call is made once more. Each life is a fork of this
process, which has imported all. Prints the number of moments, and the exit code of each second call.
"""

import json
import os
import signal
import sys
from pathlib import Path

from course.cli import main
from course.recipes import Recipe, train_recipe

CALL = ["train", "lenet1", "--epochs", "2", "--batch-size", "1000", "--device", "cpu", "-o"]


def watch(folder: Path, end: int) -> list[int]:
    """Count touches of a folder, and be killed at a number; 0 is never."""
    moments = [0]

    def moment():
        moments[0] += 1
        if moments[0] == end:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(event, arguments):
        if event not in ("open", "os.rename", "os.remove", "os.mkdir"):
            return
        path, flags = arguments[0], arguments[2] if event == "open" else 0
        if not isinstance(path, str | os.PathLike) or folder not in (Path(path), *Path(path).parents):
            return
        if event == "open" and not flags & (os.O_WRONLY | os.O_RDWR):
            return
        moment()
        if event == "open" and moments[0] + 1 == end:
            os.close(os.open(path, flags & ~os.O_EXCL, 0o600))  # as it will be when it is opened
        if event == "open":
            moment()

    sys.addaudithook(hear)
    return moments


def life(folder: Path, end: int) -> list[int]:
    """One training in a fork: its exit code, and how many moments it lived."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        moments = watch(folder, end)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["course", *CALL, str(folder)]
        try:
            main()
        except SystemExit as stop:
            os.write(writing, json.dumps([stop.code or 0, moments[0]]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    told = os.read(reading, 100)
    os.close(reading)
    os.waitpid(child, 0)
    return json.loads(told) if told else [-signal.SIGKILL, end]


if __name__ == "__main__":
    root = Path(sys.argv[1])
    train_recipe(Recipe("lenet1", epochs=1, batch_size=1000), root / "first", "cpu")  # imports, fonts, data
    code, moments = life(root / "whole", 0)
    assert code == 0
    again = {}
    for end in range(1, moments + 1):
        assert life(root / str(end), end) == [-signal.SIGKILL, end]
        again[end] = life(root / str(end), 0)[0]
    print(json.dumps([moments, again]))
