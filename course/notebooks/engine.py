"""A papermill engine for notebooks that may fail: `papermill --engine course in.ipynb out.ipynb`.

papermill stops at the first error and refuses a notebook that names no kernel. This engine

* goes on after a failing cell, unless `stop_on_error` is true,
* interrupts a cell after `cell_timeout` seconds, and kills the kernel when that does not help within a grace
  of `GRACE_S` seconds of processor time or sleep,
* gives the whole notebook `notebook_timeout` seconds,
* never takes kernel or language from the notebook,
* keeps only as much of what is printed and shown as `Budget` allows,
* does without widgets, whose messages could fill the memory of whoever believes them,
* talks to the kernel over local sockets that other users cannot read, where the system has them.

What happened to a cell stands in its metadata under "run": "time limit", "starved" (a time limit too, but the
machine had no processor for the kernel; only a kernel that counts can tell), "kernel died" or "not run"; and
under "ended", how the kernel ended there, where its provisioner says: "memory limit", "signal SIGSEGV".
papermill loads this file through the entry point; nothing else imports it, for papermill must come first.

Private methods of nbclient are overridden here, so its version has an upper bound, and a test fails when one
of them changes. A question to upstream: nbclient believes every message of a kernel and waits for replies in
its own way. Two public hooks would make the overrides needless: `on_message(message, cell) -> message | None`
before a message of iopub is processed, and `wait_for_cell(reply, output, alive)`, awaited in place of
`_async_poll_for_reply`, by which a client says when a cell has ended.
"""

import asyncio
import os
import tempfile
import time
from collections import defaultdict
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
from course.errors import CourseError
from course.questions.ask import ANSWERS

from . import budget as limits
from .budget import Budget, grace_used, resident
from .cells import error_of
from .execute import KERNEL_DIED, NOT_RUN, STARVED, TIME_LIMIT
from .messages import MESSAGE_LIMIT, SMALL, display_of, is_output, is_sound, join_streams, receive

LOOK_S = 0.25  # how often a cell that runs is looked at
PAUSE_S = 1.0


class CourseClient(PapermillNotebookClient):
    """nbclient, for a notebook whose cells may raise, hang, print without end or kill their kernel."""

    def __init__(self, nb_man, budget: Budget, stop_on_error: bool, **options):
        options.update(allow_errors=True, timeout=None, shutdown_kernel="immediate", coalesce_streams=False)
        super().__init__(nb_man, **options)
        self.budget = budget
        self.stop_on_error = stop_on_error
        self._displays: dict[str, list] = defaultdict(list)

    def papermill_execute_cells(self) -> None:
        """Run every cell that can still be run."""
        going_on = True
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type != "code":
                if self.nb_man.pbar is not None:
                    self.nb_man.pbar.update(1)  # papermill counts these cells too
                continue
            if not going_on or self.budget.is_over():
                cell.metadata["run"] = NOT_RUN
                continue
            self.nb_man.cell_start(cell, index)
            try:
                run_sync(self._execute_in_time)(cell, index)
            except DeadKernelError:
                cell.metadata.setdefault("run", KERNEL_DIED)
                cell.metadata["ended"] = self._end_of_kernel()
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
            self.kc.context.setsockopt(zmq.MAXMSGSIZE, limits.CONNECTION_LIMIT)
            self.kc.context.setsockopt(zmq.RCVHWM, 200)  # messages that wait; MEMORY_LIMIT bounds the rest
            await ensure_async(self.kc.start_channels(hb=False, stdin=False, control=False))
            await asyncio.wait_for(self._answers(), self.startup_timeout)
        except BaseException as error:
            await self._async_cleanup_kernel()
            if isinstance(error, TimeoutError):
                raise CourseError(f"the kernel did not answer in {self.startup_timeout} s") from None
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
                    raise CourseError("the kernel died before it answered; is there memory left?") from None

    def _end_of_kernel(self) -> str:
        """How the kernel ended, if its provisioner says it; course.sandbox's does."""
        provisioner = self.km.provisioner
        kernel = getattr(provisioner, "kernel", None) or provisioner
        return getattr(kernel, "ended", None) or ""

    async def _execute_in_time(self, cell, index: int) -> None:
        count = getattr(self.km.provisioner, "share", None)  # course.sandbox's has it
        began, before = time.monotonic(), None
        running = asyncio.ensure_future(self.async_execute_cell(cell, index))
        until, most = self.budget.cell_deadline(), resident() + limits.MEMORY_LIMIT
        done = set()
        while not done and time.monotonic() < until and resident() < most:
            looked, left = time.monotonic(), max(until - time.monotonic(), 0)
            done, _ = await asyncio.wait({running}, timeout=min(left, LOOK_S))
            if (paused := time.monotonic() - looked - LOOK_S) > PAUSE_S:  # all was stopped, as by Ctrl-Z
                until += paused
                self.budget.extend(paused)
            if before is None and not done:  # most cells have ended by now, and need not be counted
                began, before = time.monotonic(), count and count()
        if not done and resident() >= most:
            cell.metadata["run"] = KERNEL_DIED
        elif not done:
            starved = before and count().starved(before, time.monotonic() - began)
            cell.metadata["run"] = STARVED if starved else TIME_LIMIT
            done = await self._interrupt(running, count)
        if not done:
            await ensure_async(self.km.shutdown_kernel(now=True))
        await running

    async def _interrupt(self, running: asyncio.Future, count) -> set:
        """Interrupt the cell that runs, and give it its grace. Empty when it runs all the same."""
        began, before, now = time.monotonic(), count and count(), None
        await ensure_async(self.km.interrupt_kernel())
        done = set()
        while not done and grace_used(before, now, time.monotonic() - began) < limits.GRACE_S:
            done, _ = await asyncio.wait({running}, timeout=LOOK_S)
            now = count and count()
        return done

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index) -> None:
        """As nbclient's, but a message that cannot be read ends nothing."""
        heard = 0
        with suppress(CellExecutionComplete):
            while True:
                limit = MESSAGE_LIMIT if heard < limits.HEARD_LIMIT else SMALL
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
        where = {"prefix": scratch.prefix("kernel"), "dir": scratch.short_folder()}
        folder = tempfile.TemporaryDirectory(**where, ignore_cleanup_errors=True)
        with folder as self.sockets, self.setup_kernel(**options):
            self.papermill_execute_cells()
        return self.nb

    def process_message(self, msg, cell, cell_index):
        """Drop what is no message of a kernel, and what a cell prints or displays beyond its budget."""
        if not is_sound(msg) or msg["msg_type"].startswith("comm"):
            return None
        copies = max(len(self._displays.get(display_of(msg), ())), 1)
        if not self.budget.admits(msg, cell_index, copies) or not is_output(msg):
            return None
        return super().process_message(msg, cell, cell_index)

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
        kernel_cwd: str | None = None,
        cell_timeout: float = 60,
        notebook_timeout: float = 600,
        stop_on_error: bool = False,
        **unused,
    ) -> None:
        """Run the notebook; called by papermill."""
        client = CourseClient(
            nb_man,
            Budget(float(cell_timeout), float(notebook_timeout)),
            bool(stop_on_error),
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            resources={"metadata": {"path": kernel_cwd}} if kernel_cwd else {},
            log=logger,
        )
        client.execute(**({"env": os.environ | kernel_env} if kernel_env else {}))
