"""System calls of Linux that Python lacks: namespaces, mounts, privileges. Each raises OSError when refused.

Numbers and names are those of the kernel's headers; `man 2 NAME` explains each call.
"""

import ctypes
import fcntl
import os
import platform
import signal
import socket
import struct
import sys

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
MS_NOEXEC, MS_REMOUNT, MS_RDONLY = 0x8, 0x20, 0x1
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 0x1, 0x2, 0x4
MNT_DETACH, AT_FDCWD, AT_RECURSIVE = 2, -100, 0x8000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
CAPABILITY_VERSION_3 = 0x20080522
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1

# The raw numbers of system calls that the C library does not wrap, by machine.
CALLS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "mount_setattr": 442},
    "aarch64": {"clone": 220, "pivot_root": 41, "mount_setattr": 442},
}.get(platform.machine(), {})
SUPPORTED = sys.platform == "linux" and bool(CALLS) and sys.maxsize > 2**32

_libc = ctypes.CDLL(None, use_errno=True) if SUPPORTED else None


def _checked(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def fork_into(namespaces: int) -> int:
    """Fork; the child starts in new namespaces, as their first process. Returns as `os.fork` does.

    One fork less than os.fork, unshare, os.fork, which counts for a process with PyTorch in it.
    """
    python = ctypes.pythonapi
    python.PyOS_BeforeFork()
    flags = ctypes.c_ulong(namespaces | signal.SIGCHLD)
    null = [ctypes.c_void_p(None)] * 4
    python.syscall.restype = ctypes.c_long  # PyDLL keeps Python's lock, so that the child holds it too
    python.syscall.argtypes = None
    pid = python.syscall(ctypes.c_long(CALLS["clone"]), flags, *null)
    if pid == 0:
        python.PyOS_AfterFork_Child()
        return 0
    python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError("new namespaces are not allowed here")
    return pid


def unshare(namespaces: int) -> None:
    """Move this process into new namespaces."""
    _checked("unshare", _libc.unshare(ctypes.c_int(namespaces)))


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str | None = None) -> None:
    """Mount, bind or remount."""
    given = [text.encode() if text is not None else None for text in (source, target, kind)]
    text = options.encode() if options is not None else None
    _checked(f"mount {target}", _libc.mount(*given, ctypes.c_ulong(flags), text))


def bind(source: str, target: str, read_only: bool = True) -> None:
    """Show a file or a folder, with all that is mounted below, in a second place."""
    mount(source, target, None, MS_BIND | MS_REC)
    attributes = ATTR_NOSUID | (ATTR_NODEV | ATTR_RDONLY if read_only else 0)
    wanted = struct.pack("QQQQ", attributes, 0, 0, 0)
    call = (ctypes.c_long(CALLS["mount_setattr"]), ctypes.c_int(AT_FDCWD), target.encode())
    result = _libc.syscall(*call, ctypes.c_uint(AT_RECURSIVE), wanted, ctypes.c_size_t(len(wanted)))
    _checked(f"mount_setattr {target}", result)


def change_root(new_root: str, put_old: str) -> None:
    """Make a mounted folder the root; the old root appears in `put_old`, a folder below it."""
    call = ctypes.c_long(CALLS["pivot_root"])
    _checked("pivot_root", _libc.syscall(call, new_root.encode(), put_old.encode()))
    os.chdir("/")


def unmount(target: str) -> None:
    """Take a mount and all below away, even where it is in use."""
    _checked(f"umount {target}", _libc.umount2(target.encode(), MNT_DETACH))


def prctl(option: int, value: int) -> None:
    """Set a property of this process."""
    rest = [ctypes.c_ulong(0)] * 3
    _checked("prctl", _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), *rest))


def drop_privileges() -> None:
    """Give up every capability, for this process and for all that it starts."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # the first number that the kernel does not know, or nothing to drop
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header, null = struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24)
    _checked("capset", _libc.capset(header, null))


def loopback_up() -> None:
    """Switch on 127.0.0.1 in a new network namespace, where it reaches nobody else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
