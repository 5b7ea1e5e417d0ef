"""CPU share of a kernel, which is the difference between a slow notebook and a busy machine."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LITTLE = 1 / 3  # of one processor; a kernel that runs alone with another on each processor gets a half


@dataclass(frozen=True)
class Share:
    """Seconds since a kernel began, for it and everything that it has started."""

    ran: float = 0.0
    waited: float = 0.0  # ready to run, while others had the processors: of the thread that waited longest

    def starved(self, since: "Share", seconds: float) -> bool:
        """Whether the kernel wanted to run in the last `seconds`, and hardly could.

        One that sleeps does not wait, and one that keeps all processors busy itself has had its share. While
        a thread waits for others of its own kernel, those run; so who starts a hundred that wake together has
        waited a hundred times as long, but no thread of it for longer than the kernel has run.
        """
        ran, waited = self.ran - since.ran, self.waited - since.waited
        return ran < LITTLE * seconds and waited > ran + LITTLE * seconds


def share(supervisor: int) -> Share:
    """The share of a supervisor and all below it; zeros for what has ended, or is not counted here."""
    tick = os.sysconf("SC_CLK_TCK")
    ran = waited = 0.0
    for pid in [str(supervisor), *descendants(str(supervisor))]:
        with suppress(OSError, ValueError, IndexError):
            fields = (PROC / pid / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            ran += sum(int(field) for field in fields[11:15]) / tick  # own, and of children that have ended
            for thread in os.listdir(PROC / pid / "task"):
                waits = (PROC / pid / "task" / thread / "schedstat").read_text().split()[1]
                waited = max(waited, int(waits) / 1e9)
    return Share(ran, waited)


def descendants(pid: str) -> list[str]:
    """All processes below this one."""
    pids, fresh = [], [pid]
    while fresh:
        with suppress(OSError):  # it may have ended meanwhile
            folder = PROC / fresh.pop() / "task"
            for thread in os.listdir(folder):  # a process is listed with the thread that forked it
                with suppress(OSError):
                    children = (folder / thread / "children").read_text().split()
                    pids += children
                    fresh += children
    return pids
