"""A seccomp filter: system calls that no notebook needs, and that many holes in the kernel had to do with.

They fail with EPERM, as do those of foreign machines (32-bit programs). Numbers are those of the kernel's
tables, by machine; what they mean: debugging other processes, new namespaces, keys, BPF, page faults in user
space, performance counters, io_uring, memory and queues that no limit counts.

A new session and its terminal are not refused, for `!ls` and subprocess ask for them: the calls say that they
worked and do nothing. Linux shares processors out by session (sched_autogroup), so whoever opens sixty gets
sixty shares, and everybody else on the machine what is left.

Where no namespaces stand around a kernel, the filter closes what Landlock leaves open, too:

    REACH     sockets, priorities and memory of other processes, times of files: refused
    MARK      modes, owners and attributes of files, priorities and processors of threads: such a call does
              nothing and says that it worked, for programs that copy files, and ZeroMQ, stop where it fails
    limits of other processes are refused, one's own are not
    pairs of sockets remain, of the kind that cannot be sent from to an address
"""

import ctypes
import errno
import platform
import struct

from . import linux

REFUSED = {
    "x86_64": {
        **{"ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "unshare": 272, "setns": 308},
        **{"add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321, "userfaultfd": 323},
        **{"perf_event_open": 298, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
        **{"memfd_create": 319, "memfd_secret": 447, "pidfd_getfd": 438},
        **{"shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240},
    },
    "aarch64": {
        **{"ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "unshare": 97, "setns": 268},
        **{"add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "userfaultfd": 282},
        **{"perf_event_open": 241, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
        **{"memfd_create": 279, "memfd_secret": 447, "pidfd_getfd": 438},
        **{"shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180},
    },
}
REACH = {
    "x86_64": {
        **{"socket": 41, "connect": 42, "bind": 49},
        **{"ioprio_set": 251, "migrate_pages": 256, "move_pages": 279},
        **{"truncate": 76, "inotify_add_watch": 254, "fanotify_mark": 301},
        **{"utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280},
    },
    "aarch64": {
        **{"socket": 198, "connect": 203, "bind": 200},
        **{"ioprio_set": 30, "migrate_pages": 238, "move_pages": 239},
        **{"truncate": 45, "inotify_add_watch": 27, "fanotify_mark": 263, "utimensat": 88},
    },
}
MARK = {
    "x86_64": {
        **{"chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94},
        **{"fchownat": 260, "fchmodat": 268, "fchmodat2": 452},
        **{"setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "setxattrat": 463},
        **{"removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "removexattrat": 466},
        **{"setpriority": 141, "sched_setaffinity": 203, "sched_setscheduler": 144},
        **{"sched_setparam": 142, "sched_setattr": 314},
    },
    "aarch64": {
        **{"fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "fchmodat2": 452},
        **{"setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "setxattrat": 463},
        **{"removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "removexattrat": 466},
        **{"setpriority": 140, "sched_setaffinity": 122, "sched_setscheduler": 119},
        **{"sched_setparam": 118, "sched_setattr": 274},
    },
}
SETSID = {"x86_64": 112, "aarch64": 157}
IOCTL = {"x86_64": 16, "aarch64": 29}
TIOCSCTTY = 0x540E  # make a terminal the session's
PRLIMIT = {"x86_64": 302, "aarch64": 261}
SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
MACHINE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER_AT, MACHINE_AT, FIRST_AT, SECOND_AT = (
    0,
    4,
    16,
    24,
)  # in what the filter is shown
ALLOW, REFUSE, PRETEND = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000
X32 = 0x40000000  # x86_64's calls for 32-bit pointers begin here; aarch64 has no such number
PR_SET_SECCOMP, FILTER = 22, 2
UNIX, STREAM, KIND = 1, 1, 0xF  # a pair of streams: the other kinds can be sent from to any address

Step = tuple[int, int, int, int]


def program(machine: str, outside: bool = False) -> list[Step]:
    """The filter as instructions: code, steps to jump when true, when false, operand.

    Args:
        outside: no namespaces stand around the process, so refuse what they would have stopped.
    """
    steps = [
        (LOAD, 0, 0, MACHINE_AT),
        (EQUAL, 1, 0, MACHINE[machine]),
        (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, REFUSE),
    ]
    refuse, allow, pretend = (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, PRETEND)
    for number in REFUSED[machine].values():
        steps += _when(number, refuse)
    steps += _when(SETSID[machine], pretend)
    steps += _when(IOCTL[machine], (LOAD, 0, 0, SECOND_AT), (EQUAL, 1, 0, TIOCSCTTY), allow, pretend)
    if outside:
        for number in REACH[machine].values():
            steps += _when(number, refuse)
        for number in MARK[machine].values():
            steps += _when(number, pretend)
        steps += _when(PRLIMIT[machine], (LOAD, 0, 0, FIRST_AT), (EQUAL, 1, 0, 0), refuse, allow)
        pair = [(LOAD, 0, 0, FIRST_AT), (EQUAL, 1, 0, UNIX), refuse, (LOAD, 0, 0, SECOND_AT)]
        pair += [(AND, 0, 0, KIND), (EQUAL, 1, 0, STREAM), refuse, allow]
        steps += _when(SOCKETPAIR[machine], *pair)
    return [*steps, allow]


def _when(number: int, *then: Step) -> list[Step]:
    return [(EQUAL, 0, len(then), number), *then]


def refuse_rare_calls(outside: bool = False) -> None:
    """Install the filter, for this process and all that it starts, for good. Needs no_new_privs.

    Raises:
        OSError: the kernel has no seccomp.
    """
    steps = program(platform.machine(), outside)
    text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(text)))
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_ulong(value) for value in (FILTER, ctypes.addressof(header), 0, 0)]
    if libc.prctl(ctypes.c_int(PR_SET_SECCOMP), *values) != 0:
        raise OSError(ctypes.get_errno(), "seccomp is refused")


def refused(name: str) -> bool:
    """Whether a call of the list above fails with EPERM here; tried with arguments that ask for nothing."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = REFUSED[platform.machine()][name]
    result = libc.syscall(*[ctypes.c_long(value) for value in (number, 0, 0, 0, 0, 0)])
    return result < 0 and ctypes.get_errno() == errno.EPERM and linux.SUPPORTED
