"""Budget of one run of a notebook: its seconds, the memory of its reader, what its cells may print and show.

A kernel may say anything, as often as it likes. `Budget.admits` looks at each message before it becomes part
of the notebook, and cuts what is too long.
"""

import mmap
import time
from collections import Counter

from .messages import items_in

GRACE_S = 5  # after the interrupt of a cell that reached its limit, in seconds as `grace_used` counts them
STREAM_LIMIT = 200_000  # characters of a cell that are kept
PRINTED_LIMIT = 1_000_000  # characters of a cell, with 200 for each message; for its errors likewise
SHOWN_LIMIT = 20_000_000  # bytes of a cell
HEARD_LIMIT = 50_000_000  # bytes of a cell; then only small messages are still decoded
CELLS = 5  # a notebook may fill these limits so many times
ERROR_LIMIT = 10_000  # for each line of a traceback
CONNECTION_LIMIT = 256_000_000  # bytes; a kernel that sends a larger piece is cut off
MEMORY_LIMIT = 2 * 2**30  # bytes that this process may grow by while a cell runs
DISPLAYS = ("display_data", "update_display_data", "execute_result")
OTHER_NAMES = {"_IncompleteInputError": "SyntaxError"}  # since Python 3.13, of half a statement


class Budget:
    """What a run may use, and what it has used.

    Args:
        cell_seconds, notebook_seconds: time limits by the clock; the notebook's runs from now on.
    """

    def __init__(self, cell_seconds: float, notebook_seconds: float):
        self.cell_seconds = cell_seconds
        self.deadline = time.monotonic() + notebook_seconds
        self._printed: Counter[int] = Counter()  # characters, by cell
        self._taken: Counter = Counter()  # bytes, by kind of message, and by kind and cell

    def is_over(self) -> bool:
        """Whether the time of the whole notebook is used up."""
        return time.monotonic() >= self.deadline

    def cell_deadline(self) -> float:
        """When a cell that begins now reaches its limit, on `time.monotonic`'s clock."""
        return min(time.monotonic() + self.cell_seconds, self.deadline)

    def extend(self, seconds: float) -> None:
        """Give the notebook more time: this process itself could not run for so long."""
        self.deadline += seconds

    def admits(self, message: dict, cell: int, copies: int = 1) -> bool:
        """Whether there is room for a sound message; what it prints, and a traceback, are cut to their limit.

        Args:
            copies: how many outputs get what it shows: an update changes every display of its id.
        """
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            room, text = max(STREAM_LIMIT - self._printed[cell], 0), content["text"]
            self._printed[cell] += len(text)
            if room == 0 or not self._takes(kind, cell, min(len(text), room), PRINTED_LIMIT):
                return False
            content["text"] = text if len(text) <= room else text[:room] + "\n… cut here\n"
        elif kind == "error":
            content["ename"] = OTHER_NAMES.get(content["ename"], content["ename"])[:200]
            content["evalue"] = content["evalue"][:ERROR_LIMIT]
            content["traceback"] = [line[:ERROR_LIMIT] for line in content["traceback"][:100]]
            return self._takes(kind, cell, len(str(content)), PRINTED_LIMIT)
        elif kind in DISPLAYS:
            size = message["size"] + 20 * items_in(content)  # short ones need memory too
            return self._takes("display", cell, size * copies, SHOWN_LIMIT)
        return True

    def _takes(self, kind: str, cell: int, size: int, limit: int) -> bool:
        """Whether there is room for one more message of a kind; if so it is counted."""
        size += 200
        taken = self._taken
        if taken[kind, cell] + size > limit or taken[kind] + size > CELLS * limit:
            return False
        taken[kind, cell] += size
        taken[kind] += size
        return True


def grace_used(before, now, seconds: float) -> float:
    """Seconds of grace that a kernel has had: those in which it ran or slept, not those in which it waited.

    Args:
        before, now: what the kernel counted (`ran` and `waited`, in seconds), or None where none counts.
        seconds: what the clock says lies between.
    """
    if before is None or now is None:
        return seconds
    return max(now.ran - before.ran, seconds - (now.waited - before.waited))


def resident() -> int:
    """Bytes of memory that this process has; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0
