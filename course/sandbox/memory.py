"""Memory accounting of a kernel: bytes that its processes have touched, and those that wait in sockets.

And of the machine: whether it killed a process because there was none left.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096
SOCKET = 416 * 2**10  # bytes: twice Linux's usual net.core.wmem_max


@dataclass(frozen=True)
class Memory:
    """Memory that a process has touched, or inherited from the warm process."""

    size: int = 0  # bytes
    program: str = ""  # where its stack began: the same after a fork, another after each exec

    def beyond(self, inherited: "Memory") -> int:
        """Bytes of its own: all of them when it runs another program than the warm process."""
        return max(self.size - inherited.size, 0) if self.program == inherited.program else self.size


def memory_of(pid: str) -> Memory:
    """The memory of a process; none of one that has ended. Who cannot be looked at has inherited nothing."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return Memory(int(fields[21]) * PAGE, fields[25])  # rss and startstack in `man 5 proc_pid_stat`
    except (OSError, ValueError, IndexError):
        return Memory()


def in_sockets(pids: Iterable[str], open_files: int) -> int:
    """Bytes that can wait in the sockets of these processes; no process is charged for them.

    The first process of a namespace asks how many sockets there are. Elsewhere they are counted by name; a
    process that lets nobody look has as many as it may have.

    Args:
        open_files: how many a process may have open.
    """
    if os.getpid() != 1:
        return len(set().union(*(_sockets_of(pid, open_files) for pid in pids))) * SOCKET
    try:
        with open("/proc/net/sockstat", encoding="ascii") as file:
            return int(file.readline().split()[2]) * SOCKET
    except (OSError, ValueError, IndexError):
        return 0  # a system that does not count them


def _sockets_of(pid: str, open_files: int) -> set[str]:
    targets = set()
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            with suppress(FileNotFoundError):  # closed meanwhile
                targets.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    except PermissionError:  # it lets nobody look, or has ended and was not waited for
        most = open_files if memory_of(pid).size else 0
        return {f"{pid}:{number}" for number in range(most)}
    except OSError:  # it has ended
        return set()
    return {name for name in targets if name.startswith("socket:")}


def killed_for_memory() -> int:
    """How many processes the system has killed for want of memory since it started; 0 if it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
