"""A machine that refuses namespaces and mounts, as Docker's default profile does: run a program there.

    python tests/sandbox/refusing.py [--reachable] PROGRAM ARGUMENT...

A seccomp filter answers EPERM to unshare, setns, mount and what belongs to it, and to clone with a flag of a
new namespace, and ENOSYS to clone3, whose flags a filter cannot read.

--reachable: where Python lies below a folder that is closed to others, such as /root, that folder is shown
open, with nothing but the way to Python in it. Then root can become somebody else, as on most machines.
"""

import ctypes
import os
import platform
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

CALLS = {  # clone; clone3; unshare, setns, mount, umount2, pivot_root, mount_setattr, open_tree, move_mount …
    "x86_64": (56, 435, (272, 308, 165, 166, 155, 442, 428, 429, 430, 432)),
    "aarch64": (220, 435, (97, 268, 40, 39, 41, 442, 428, 429, 430, 432)),
}
LOAD, EQUAL, ANY_OF, RETURN = 0x20, 0x15, 0x45, 0x06
NEW_NAMESPACES = 0x7E020080
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026


def refuse() -> None:
    """Install the filter in this process."""
    clone, clone3, others = CALLS[platform.machine()]
    steps = [(LOAD, 0, 0, 0)]
    for number in others:
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, EPERM)]
    steps += [(EQUAL, 0, 1, clone3), (RETURN, 0, 0, ENOSYS), (EQUAL, 1, 0, clone), (RETURN, 0, 0, ALLOW)]
    steps += [(LOAD, 0, 0, 16), (ANY_OF, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
    text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(text)))
    libc = ctypes.CDLL(None, use_errno=True)
    nothing = ctypes.c_ulong(0)
    assert libc.prctl(38, ctypes.c_ulong(1), nothing, nothing, nothing) == 0
    assert libc.prctl(22, ctypes.c_ulong(2), ctypes.c_ulong(ctypes.addressof(header)), nothing, nothing) == 0


def make_reachable() -> None:
    """Show the folders above Python as open, to this process alone."""
    from course.sandbox import linux, rootfs, supervisor

    paths = [Path(path) for path in rootfs.shown_paths()]
    linux.unshare(linux.NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    while closed := supervisor.closed_to_others(list(map(str, paths))):
        folder, aside = Path(closed[0]), tempfile.mkdtemp()
        subprocess.run(["mount", "--bind", folder, aside], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "open", folder], check=True)
        for name in {path.relative_to(folder).parts[0] for path in paths if folder in path.parents}:
            (folder / name).mkdir()
            subprocess.run(["mount", "--bind", f"{aside}/{name}", folder / name], check=True)
        subprocess.run(["umount", "-l", aside], check=True)
        os.rmdir(aside)


if __name__ == "__main__":
    program = sys.argv[1:]
    if program[0] == "--reachable":
        program = program[1:]
        make_reachable()
    refuse()
    os.execv(program[0], program)
