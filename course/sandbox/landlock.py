"""Landlock: a process gives up all of the file system but a list, for good, and no one needs to allow it.

The second best isolation mode, where namespaces are refused (containers, mostly). What it does not
cover, the filter in `syscalls` does: sockets, the modes and times of files, the limits of other processes.
Still, the kernel may ask whether a path exists and how large it is, and nothing bounds what it writes in all.

`man 7 landlock`; names and numbers are those of linux/landlock.h. ABI 6 (Linux 6.12) is needed for signals.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from . import linux, rootfs

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on all machines
ASK_VERSION, PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, MAKE_FIFO, MAKE_SYM = (
    1 << 4,
    1 << 5,
    1 << 7,
    1 << 8,
    1 << 10,
    1 << 12,
)
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FIRST_ABI = (1 << 13) - 1  # the rights that the first version knows
SINCE = {2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the others make sense for folders only
TCP = 1 << 0 | 1 << 1  # bind, connect; since ABI 4
SCOPES = 1 << 0 | 1 << 1  # abstract sockets, signals; since ABI 6

READ = EXECUTE | READ_FILE | READ_DIR
DEVICE = READ_FILE | WRITE_FILE
KEEP = WRITE_FILE | READ_FILE | TRUNCATE | REMOVE_FILE | MAKE_REG  # no READ_DIR: names cannot be listed
OWN = READ | KEEP | REMOVE_DIR | MAKE_DIR | MAKE_FIFO | MAKE_SYM | REFER
PROC = (
    "cpuinfo",
    "filesystems",
    "loadavg",
    "meminfo",
    "stat",
    "uptime",
    "version",
    "sys/vm/overcommit_memory",
)


def abi() -> int:
    """The version of Landlock in this kernel; 0 where there is none."""
    try:
        return _call(CREATE_RULESET, None, 0, ASK_VERSION)
    except OSError:
        return 0


def rules(paths: Iterable[str], home: str) -> dict[str, int]:
    """What a kernel may do, by path: below a folder, or with a file.

    Args:
        paths: what it may read and run.
        home: where it may write. Other kernels of the same user cannot, if they have another home.
    """
    allowed = {path: READ for path in (*paths, *(f"/{name}" for name in rootfs.SYSTEM))}
    allowed |= {f"/proc/{name}": READ for name in (*PROC, os.getpid())}
    allowed |= {f"/dev/{name}": DEVICE for name in rootfs.DEVICES if name != "tty"}
    return allowed | {"/dev/shm": KEEP, home: OWN}


def stay_within(allowed: dict[str, int]) -> list[int]:
    """Give up everything else: for this process and all that it starts. Needs no_new_privs.

    Returns:
        Descriptors to leave open: Landlock knows a folder of /proc only as long as somebody holds it.

    Raises:
        OSError: the kernel has no Landlock, or refuses it.
    """
    version = abi()
    known = FIRST_ABI | sum(right for since, right in SINCE.items() if version >= since)
    handled = struct.pack("QQQ", known, TCP, SCOPES)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = _call(CREATE_RULESET, handled, len(handled), 0)
    held = []
    for path, rights in allowed.items():
        try:
            descriptor = os.open(path, os.O_PATH)
        except OSError:
            continue  # a device or a file of /proc that this machine does not have
        if not os.path.isdir(path):
            rights &= OF_FILES
        _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights & known, descriptor), 0)
        if path.startswith("/proc/"):
            held.append(descriptor)
        else:
            os.close(descriptor)
    _call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return held


def _call(number: int, *arguments: int | bytes | None) -> int:
    if not linux.SUPPORTED:
        raise OSError("Landlock is a part of Linux")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = libc.syscall(ctypes.c_long(number), *given)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
