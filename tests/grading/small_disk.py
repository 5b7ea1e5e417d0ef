"""Run a command on a disk of so many KiB, then once more with room: in a mount namespace of its own.

    unshare --user --map-root-user --mount python small_disk.py DISK KIB COPY COMMAND...

A tmpfs lies over DISK while the command runs; COPY becomes what was on it in the end. Prints as JSON the two
exit codes and what both wrote to stderr.
"""

import json
import shutil
import subprocess
import sys


def main(disk: str, kib: str, copy: str, command: list[str]) -> None:
    """Twice the same command."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "small", disk], check=True)
    subprocess.run(["mkdir", f"{disk}/tmp"], check=True)
    told = []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True)
        told.append([done.returncode, done.stderr])
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
    shutil.copytree(disk, copy)
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:4], sys.argv[4:])
