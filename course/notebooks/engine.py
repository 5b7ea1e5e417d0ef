"""A papermill engine for notebooks that may fail: `papermill --engine course in.ipynb out.ipynb`.

papermill stops at the first error and refuses a notebook that names no kernel. This engine

* goes on after a failing cell, unless `stop_on_error` is true,
* interrupts a cell after `cell_timeout` seconds, and kills the kernel when that does not help,
* gives the whole notebook `notebook_timeout` seconds,
* never takes kernel or language from the notebook,
* keeps at most `STREAM_LIMIT` characters of what a cell prints and `SHOWN_LIMIT` bytes of what it displays,
  and of the whole notebook `CELLS` times as much,
* does without widgets, whose messages could fill the memory of whoever believes them,
* talks to the kernel over local sockets that other users cannot read, where the system has them.

What happened to a cell stands in its metadata under "run": "time limit", "starved" (a time limit too, but the
machine had no processor for the kernel; only a kernel that counts can tell), "kernel died" or "not run".
papermill loads this file through the entry point; nothing else imports it, for papermill must come first.
"""

import asyncio
import mmap
import os
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from queue import Empty

import zmq
from jupyter_core.utils import ensure_async, run_sync
from nbclient.client import CellExecutionComplete
from nbclient.exceptions import DeadKernelError
from nbformat import from_dict
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.log import logger

from course import scratch
from course.questions.ask import ANSWERS

from .cells import error_of
from .execute import KERNEL_DIED, NOT_RUN, STARVED, TIME_LIMIT
from .messages import (
    MESSAGE_LIMIT,
    SMALL,
    display_of,
    is_output,
    is_sound,
    items_in,
    join_streams,
    receive,
)

GRACE_S = 5
STREAM_LIMIT = 200_000
PRINTED_LIMIT = 1_000_000  # characters of a cell, with 200 for each message; for its errors likewise
SHOWN_LIMIT = 20_000_000  # bytes of a cell
HEARD_LIMIT = 50_000_000  # bytes of a cell; then only small messages are still decoded
CELLS = 5  # a notebook may fill these limits so many times
DISPLAYS = ("display_data", "update_display_data", "execute_result")
OTHER_NAMES = {"_IncompleteInputError": "SyntaxError"}  # since Python 3.13, of half a statement
ERROR_LIMIT = 10_000  # for each line of a traceback
CONNECTION_LIMIT = 256_000_000  # bytes; a kernel that sends a larger piece is cut off
MEMORY_LIMIT = 2 * 2**30  # bytes that this process may grow by while a cell runs


class CourseClient(PapermillNotebookClient):
    """nbclient, for a notebook whose cells may raise, hang, print without end or kill their kernel."""

    def __init__(self, nb_man, cell_timeout: float, notebook_timeout: float, stop_on_error: bool, **options):
        options.update(allow_errors=True, timeout=None, shutdown_kernel="immediate", coalesce_streams=False)
        super().__init__(nb_man, **options)
        self.cell_timeout = cell_timeout
        self.stop_on_error = stop_on_error
        self.deadline = time.monotonic() + notebook_timeout
        self._printed: Counter[int] = Counter()  # characters, by cell
        self._taken: Counter = Counter()  # bytes, by kind of message, and by kind and cell
        self._displays: dict[str, list] = defaultdict(list)

    def papermill_execute_cells(self) -> None:
        """Run every cell that can still be run."""
        going_on = True
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type != "code":
                if self.nb_man.pbar is not None:
                    self.nb_man.pbar.update(1)  # papermill counts these cells too
                continue
            if not going_on or time.monotonic() >= self.deadline:
                cell.metadata["run"] = NOT_RUN
                continue
            self.nb_man.cell_start(cell, index)
            try:
                run_sync(self._execute_in_time)(cell, index)
            except DeadKernelError:
                cell.metadata.setdefault("run", KERNEL_DIED)
                going_on = False
            finally:
                cell.outputs = join_streams(cell.outputs)
                self.nb_man.cell_complete(self.nb.cells[index], cell_index=index)
            if self.stop_on_error and error_of(cell) is not None:
                going_on = False

    def create_kernel_manager(self):
        """As nbclient's, with sockets in a folder that only we can open, instead of TCP."""
        manager = super().create_kernel_manager()
        if os.name != "nt":
            manager.transport = "ipc"
            manager.ip = str(Path(self.sockets) / "kernel")
        return manager

    async def async_start_new_kernel_client(self):
        """As nbclient's, without its waits: 0.2 s for silence, up to 1 s for the end of the heartbeat."""
        self.kc = self.km.client()
        try:
            self.kc.context.setsockopt(zmq.MAXMSGSIZE, CONNECTION_LIMIT)
            self.kc.context.setsockopt(zmq.RCVHWM, 200)  # messages that wait; MEMORY_LIMIT bounds the rest
            await ensure_async(self.kc.start_channels(hb=False, stdin=False, control=False))
            await asyncio.wait_for(self._answers(), self.startup_timeout)
        except BaseException as error:
            await self._async_cleanup_kernel()
            if isinstance(error, TimeoutError):
                raise RuntimeError(f"the kernel did not answer in {self.startup_timeout} s") from None
            raise
        self.kc.allow_stdin = False
        return self.kc

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    async def _answers(self) -> None:
        """Ask the kernel who it is until both its reply and what it publishes arrive."""
        while True:
            asked = self.kc.kernel_info()
            try:
                await ensure_async(self.kc.shell_channel.get_msg(timeout=1))
                while True:
                    message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=0.2))
                    ours = message["parent_header"].get("msg_id") == asked
                    if ours and message["content"].get("execution_state") == "idle":
                        return
            except Empty:
                if not await ensure_async(self.km.is_alive()):
                    raise RuntimeError("the kernel died before it answered") from None

    async def _execute_in_time(self, cell, index: int) -> None:
        count = getattr(self.km.provisioner, "share", None)  # course.sandbox's has it
        began, before = time.monotonic(), count and count()
        running = asyncio.ensure_future(self.async_execute_cell(cell, index))
        until = min(began + self.cell_timeout, self.deadline)
        done, most = set(), resident() + MEMORY_LIMIT
        while not done and time.monotonic() < until and resident() < most:
            left = max(until - time.monotonic(), 0)
            done, _ = await asyncio.wait({running}, timeout=min(left, 0.25))
        if not done and resident() >= most:
            cell.metadata["run"] = KERNEL_DIED
            await ensure_async(self.km.shutdown_kernel(now=True))
        elif not done:
            starved = count and count().starved(before, time.monotonic() - began)
            cell.metadata["run"] = STARVED if starved else TIME_LIMIT
            await ensure_async(self.km.interrupt_kernel())
            done, _ = await asyncio.wait({running}, timeout=GRACE_S)
        if not done:
            await ensure_async(self.km.shutdown_kernel(now=True))
        await running

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index) -> None:
        """As nbclient's, but a message that cannot be read ends nothing."""
        heard = 0
        with suppress(CellExecutionComplete):
            while True:
                limit = MESSAGE_LIMIT if heard < HEARD_LIMIT else SMALL
                message = await receive(self.kc.iopub_channel, limit)
                heard += message["size"]
                if message["parent_header"].get("msg_id") == parent_msg_id:
                    self.process_message(message, cell, cell_index)

    async def _async_poll_for_reply(self, msg_id, cell, timeout, output, alive) -> None:
        """As nbclient's, but what the reply says is not read: errors are outputs too."""
        while True:
            message = await receive(self.kc.shell_channel)
            if message["parent_header"].get("msg_id") == msg_id:
                break
        await output  # who forges replies, or publishes no more, waits for the time limit
        alive.cancel()

    def execute(self, **options):
        """As papermill's, but a dead kernel is not asked for its language at the end."""
        self.reset_execution_trackers()
        folder = tempfile.TemporaryDirectory(prefix=scratch.prefix("kernel"), ignore_cleanup_errors=True)
        with folder as self.sockets, self.setup_kernel(**options):
            self.papermill_execute_cells()
        return self.nb

    def process_message(self, msg, cell, cell_index):
        """Drop what is no message of a kernel, and what a cell prints or displays beyond the limits."""
        if not is_sound(msg):
            return None
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm"):
            return None
        if kind == "stream":
            room = max(STREAM_LIMIT - self._printed[cell_index], 0)
            text = content["text"]
            self._printed[cell_index] += len(text)
            if room == 0 or not self._takes(kind, cell_index, min(len(text), room), PRINTED_LIMIT):
                return None
            content["text"] = text if len(text) <= room else text[:room] + "\n… cut here\n"
        elif kind == "error":
            content["ename"] = OTHER_NAMES.get(content["ename"], content["ename"])[:200]
            content["evalue"] = content["evalue"][:ERROR_LIMIT]
            content["traceback"] = [line[:ERROR_LIMIT] for line in content["traceback"][:100]]
            if not self._takes(kind, cell_index, len(str(content)), PRINTED_LIMIT):
                return None
        elif kind in DISPLAYS:
            size = msg["size"] + 20 * items_in(content)  # short ones need memory too
            size *= max(len(self._displays.get(display_of(msg), ())), 1)  # each with this id gets a copy
            if not self._takes("display", cell_index, size, SHOWN_LIMIT):
                return None
        if not is_output(msg):
            return None
        return super().process_message(msg, cell, cell_index)

    def _takes(self, kind: str, cell_index: int, size: int, limit: int) -> bool:
        """Whether there is room for one more message of a kind."""
        size += 200
        taken = self._taken
        if taken[kind, cell_index] + size > limit or taken[kind] + size > CELLS * limit:
            return False
        taken[kind, cell_index] += size
        taken[kind] += size
        return True

    def output(self, outs, msg, display_id, cell_index):
        """As nbclient's, which counts outputs to find a display again; but outputs are joined later."""
        shown = super().output(outs, msg, None, cell_index)
        if display_id and shown is not None and "data" in shown and ANSWERS not in shown["data"]:
            self._displays[display_id].append(shown)
        return shown

    def _update_display_id(self, display_id, msg) -> None:
        """As nbclient's, but answers are given once, in their own cell: no update changes or makes one."""
        if ANSWERS in msg["content"]["data"]:
            return
        fresh = from_dict({name: msg["content"][name] for name in ("data", "metadata")})
        for shown in self._displays.get(display_id, ()):
            shown.update(fresh)


def resident() -> int:
    """Bytes of memory that this process has; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0


class CourseEngine(Engine):
    """The engine behind `course grade`, `course build` and `course check`."""

    @classmethod
    def nb_kernel_name(cls, nb, name: str | None = None) -> str:
        """The kernel that was asked for, else python3; what the notebook says does not count."""
        return name or "python3"

    @classmethod
    def nb_language(cls, nb, language: str | None = None) -> str:
        """Python, whatever the notebook says."""
        return language or "python"

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name: str,
        *,
        start_timeout: float = 60,
        kernel_env: dict[str, str] | None = None,
        cell_timeout: float = 60,
        notebook_timeout: float = 600,
        stop_on_error: bool = False,
        **unused,
    ) -> None:
        """Run the notebook; called by papermill."""
        client = CourseClient(
            nb_man,
            float(cell_timeout),
            float(notebook_timeout),
            bool(stop_on_error),
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            log=logger,
        )
        client.execute(**({"env": os.environ | kernel_env} if kernel_env else {}))
