"""Memory accounting of a kernel: bytes that its processes have touched, and those that wait in sockets."""

import os
from dataclasses import dataclass

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


def in_sockets() -> int:
    """Bytes that can wait in the sockets of our network namespace; no process is charged for them."""
    if os.getpid() != 1:
        return 0  # the sockets are the whole machine's
    try:
        with open("/proc/net/sockstat", encoding="ascii") as file:
            return int(file.readline().split()[2]) * SOCKET
    except (OSError, ValueError, IndexError):
        return 0  # a system that does not count them
