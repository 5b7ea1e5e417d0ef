"""Supervisor of a kernel: what happens in a fork of the warm process until the kernel runs, and after.

    warm process -- fork into new namespaces --> supervisor -- fork --> kernel

The supervisor builds the root file system, gives up all rights and then only watches: it hands interrupts
on, ends everything when the memory of all processes together exceeds the limit, and ends when the kernel
ends. It is the first process of its PID namespace: when it dies, by whatever signal, so does everything
inside. It runs nothing of a student, and a student's process can neither kill, stop nor trace it.

Where namespaces are refused, the supervisor stays in the machine's, and the kernel gives up what it could
reach. The supervisor is then the one that orphans come to, and kills them when the kernel or the warm process
has ended.

Through the report, a pipe, it tells the grader "ready", then how the kernel ended, or what failed.
"""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import landlock, linux, rootfs, syscalls
from .cpu_share import descendants
from .limits import MIB, Limits
from .memory import Memory, in_sockets, memory_of

NAMESPACES, LANDLOCK, LIMITS_ONLY = "namespaces", "landlock", "limits"  # isolation modes
STUDENT = 1000  # the user inside
FIRST_UID = 61184  # a range that systemd keeps for users without a name
UIDS = 4096
WATCHED = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP}
EVERY_S = 0.25


@dataclass
class ForkRequest:
    """One request to the warm process, with the descriptors that came along."""

    mode: str
    limits: Limits
    work: Callable[[], None]  # runs as the student's process
    report: int
    kept: list[int]  # descriptors that the work needs
    hidden: list[str]  # files and folders that are not shown
    home: str = rootfs.HOME  # where it starts


def fork(request: ForkRequest, paths: list[str]) -> int:
    """Fork a supervisor with a kernel below it. Returns its process id, in the warm process only.

    Raises:
        OSError: the system refuses a process or the namespaces.
    """
    as_root = os.geteuid() == 0 and _knows_users()
    uid, gid = os.geteuid(), os.getegid()  # in a new user namespace they cannot be asked any more
    apart = linux.NEWNS | linux.NEWPID | linux.NEWNET | linux.NEWIPC | linux.NEWUTS
    if request.mode == NAMESPACES:
        pid = linux.fork_into(apart if as_root else apart | linux.NEWUSER)
    else:
        pid = os.fork()
    if pid:
        return pid
    try:
        _keep(request, paths, uid, gid, as_root)
    except BaseException as error:
        _tell(request.report, {"failed": f"{type(error).__name__}: {error}"[:500]})
    finally:
        os._exit(1)


def _keep(request: ForkRequest, paths: list[str], uid: int, gid: int, as_root: bool) -> None:
    """The life of a supervisor."""
    close_others({request.report, *request.kept})
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    os.setsid()
    if as_root:
        uid = gid = FIRST_UID + _own_number() % UIDS
    if request.mode == NAMESPACES:
        _enter_rootfs(request, paths, uid, gid, as_root)
    else:
        _stay_outside(request, paths, uid, gid, as_root)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL if request.mode == NAMESPACES else signal.SIGHUP)
    inherited = memory_of("self")
    kernel = os.fork()
    if kernel == 0:
        _work(request, paths)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)  # nobody traces the supervisor or reads its descriptors
    for descriptor in request.kept:
        os.close(descriptor)
    _tell(request.report, {"ready": True})
    ended = _watch(kernel, inherited, request.limits)
    _kill_all()
    _tell(request.report, {"ended": ended})


def _knows_users() -> bool:
    """Whether root can become one of our users: in a rootless container, they may not exist."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        ranges = [[int(number) for number in line.split()] for line in file]
    return any(first <= FIRST_UID and first + count >= FIRST_UID + UIDS for first, _, count in ranges)


def _enter_rootfs(request: ForkRequest, paths: list[str], uid: int, gid: int, as_root: bool) -> None:
    if not as_root:
        _map_user(uid, gid)
        uid = gid = STUDENT
    writable = rootfs.build_rootfs(paths, request.hidden, request.limits, uid, gid)
    linux.loopback_up()
    if as_root:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else the files in /proc/self stay root's
        linux.unshare(linux.NEWUSER)  # so that the count of processes starts at zero
        _map_user(uid, gid, writable)
    _write(writable, "sys/user/max_user_namespaces", "0")
    os.close(writable)
    linux.drop_privileges()


def _stay_outside(request: ForkRequest, paths: list[str], uid: int, gid: int, as_root: bool) -> None:
    """Where namespaces are refused: no rights, and root becomes somebody else if Python allows it."""
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    if as_root and not closed_to_others(paths):
        os.chown(request.home, uid, gid)
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
    linux.drop_privileges()


def closed_to_others(paths: list[str]) -> list[str]:
    """Folders that keep other users from these paths: below /root, say, nobody else may read."""
    above = {parent for path in paths for parent in Path(path).parents}
    return sorted(str(folder) for folder in above if not os.stat(folder).st_mode & 0o001)


def _map_user(uid: int, gid: int, proc: int | None = None) -> None:
    """In a new user namespace, we are the student, whoever we were before, and nobody else exists.

    Args:
        proc: a descriptor of a /proc that can be written to, where /proc cannot.
    """
    maps = {"uid_map": f"{STUDENT} {uid} 1", "gid_map": f"{STUDENT} {gid} 1"}
    for name, text in {"setgroups": "deny", **maps}.items():
        _write(proc, f"self/{name}", text)


def _write(proc: int | None, name: str, text: str) -> None:
    path = f"/proc/{name}" if proc is None else name
    file = os.open(path, os.O_WRONLY, dir_fd=proc)
    try:
        os.write(file, text.encode("ascii"))
    finally:
        os.close(file)


def _work(request: ForkRequest, paths: list[str]) -> None:
    """The life of the student's process."""
    try:
        os.close(request.report)
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
        if request.mode != NAMESPACES:
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.chdir(request.home)
        request.limits.apply(0 if request.mode == NAMESPACES else _running())
        if request.mode == LANDLOCK:
            landlock.stay_within(landlock.rules(paths, request.home))
        syscalls.refuse_rare_calls(outside=request.mode == LANDLOCK)
        request.work()
        os._exit(0)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    finally:
        os._exit(1)


def _watch(kernel: int, inherited: Memory, limits: Limits) -> str:
    """Wait for the kernel's end. Returns how it ended."""
    looked = time.monotonic()
    while True:
        happened = signal.sigtimedwait(WATCHED, EVERY_S)
        if happened is not None and happened.si_signo in (signal.SIGINT, signal.SIGTERM):
            try:
                os.killpg(kernel, happened.si_signo)
            except OSError:
                os.kill(kernel, happened.si_signo)
        if happened is not None and happened.si_signo == signal.SIGHUP:
            return "killed"  # the warm process is gone
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return "gone"
            if pid == 0:
                break
            if pid == kernel:
                code = os.waitstatus_to_exitcode(status)
                return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
        if time.monotonic() - looked >= EVERY_S:
            looked = time.monotonic()
            below = _below()
            own = sum(memory_of(pid).beyond(inherited) for pid in below)
            if own + in_sockets(below, limits.open_files) > limits.memory_mib * MIB:
                return "memory limit"


def _running() -> int:
    """Processes and threads of this user, on the whole machine."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == os.geteuid():
                count += len(os.listdir(folder / "task"))
    return count


def _own_number() -> int:
    """This process's number as the machine counts: in a new PID namespace, /proc still shows the old one."""
    return int(os.readlink("/proc/self"))


def _below() -> list[str]:
    """All processes that descend from this one; in a PID namespace, all others that can be seen."""
    if os.getpid() == 1:
        return [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    return descendants(str(os.getpid()))


def _kill_all() -> None:
    """End everything below; what is orphaned meanwhile comes to us, so look again until nothing is left."""
    if os.getpid() == 1:
        return  # our own end does it
    for _ in range(1000):
        below = _below()
        if not below:
            return
        for pid in below:
            with suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


def _tell(report: int, what: dict) -> None:
    with suppress(OSError):  # the grader may not listen any more
        os.write(report, json.dumps(what).encode() + b"\n")


def close_others(kept: set[int]) -> None:
    """Leave a process with /dev/null as its input and output, and these descriptors."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    for number in sorted(int(name) for name in os.listdir("/proc/self/fd")):
        if number > 2 and number not in kept:
            with suppress(OSError):  # the listing itself had one
                os.close(number)
