"""A seccomp filter: system calls that no notebook needs, and that many holes in the kernel had to do with.

They fail with EPERM, as do those of foreign machines (32-bit programs). Numbers are those of the kernel's
tables, by machine; what they mean: debugging other processes, new namespaces, keys, BPF, page faults in user
space, performance counters, io_uring, the kernel's log, memory, queues and semaphores that no limit counts.

What programs ask for without need is not refused: such a call says that it worked and does nothing. These
are a new session and its terminal (`!ls` and subprocess ask for them; Linux shares processors out by session,
so whoever opens sixty gets sixty shares), and priorities and processors of threads: one's own, for who waits
behind everybody else looks like a victim of a busy machine, and those of the process that watches.

By their arguments are refused

    limits of another process; one's own are not
    sockets but of Unix, Internet and Netlink (ZeroMQ asks it): other families know no namespace
    questions about network interfaces: the kernel's sockets were made outside, and would answer
    memory that is shared but belongs to no file: what one process has touched, nobody is charged for

Where no namespaces stand around a kernel, the filter closes what Landlock leaves open, too: any socket, times
of files and memory of other processes are refused, modes, owners and attributes of files pretended, for
programs that copy files stop where that fails. Pairs of sockets remain, of the kind that cannot be sent from
to an address.
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
        **{"memfd_create": 319, "memfd_secret": 447, "pidfd_getfd": 438, "process_madvise": 440},
        **{"shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66},
        **{"semtimedop": 220, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71},
        **{"mq_open": 240, "mq_unlink": 241, "syslog": 103, "kcmp": 312, "ioprio_set": 251},
        **{"name_to_handle_at": 303, "open_by_handle_at": 304, "migrate_pages": 256, "move_pages": 279},
    },
    "aarch64": {
        **{"ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "unshare": 97, "setns": 268},
        **{"add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "userfaultfd": 282},
        **{"perf_event_open": 241, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
        **{"memfd_create": 279, "memfd_secret": 447, "pidfd_getfd": 438, "process_madvise": 440},
        **{"shmget": 194, "shmctl": 195, "shmat": 196, "semget": 190, "semctl": 191, "semtimedop": 192},
        **{"semop": 193, "msgget": 186, "msgctl": 187, "msgrcv": 188, "msgsnd": 189},
        **{"mq_open": 180, "mq_unlink": 181, "syslog": 116, "kcmp": 272, "ioprio_set": 30},
        **{"name_to_handle_at": 264, "open_by_handle_at": 265, "migrate_pages": 238, "move_pages": 239},
    },
}
PRETENDED = {
    "x86_64": {
        **{"setsid": 112, "setpriority": 141, "sched_setaffinity": 203, "sched_setscheduler": 144},
        **{"sched_setparam": 142, "sched_setattr": 314},
    },
    "aarch64": {
        **{"setsid": 157, "setpriority": 140, "sched_setaffinity": 122, "sched_setscheduler": 119},
        **{"sched_setparam": 118, "sched_setattr": 274},
    },
}
REFUSED_OUTSIDE = {
    "x86_64": {
        **{"socket": 41, "connect": 42, "bind": 49},
        **{"truncate": 76, "inotify_add_watch": 254, "fanotify_mark": 301},
        **{"utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280},
    },
    "aarch64": {
        **{"socket": 198, "connect": 203, "bind": 200},
        **{"truncate": 45, "inotify_add_watch": 27, "fanotify_mark": 263, "utimensat": 88},
    },
}
PRETENDED_OUTSIDE = {
    "x86_64": {
        **{"chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94},
        **{"fchownat": 260, "fchmodat": 268, "fchmodat2": 452},
        **{"setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "setxattrat": 463},
        **{"removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "removexattrat": 466},
    },
    "aarch64": {
        **{"fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55, "fchmodat2": 452},
        **{"setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "setxattrat": 463},
        **{"removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "removexattrat": 466},
    },
}
IOCTL = {"x86_64": 16, "aarch64": 29}
TIOCSCTTY = 0x540E  # make a terminal the session's
OF_SOCKETS = 0x8900, 0x8A00  # questions that any socket answers: interfaces, addresses, routes
MMAP = {"x86_64": 9, "aarch64": 222}
SHARED, ANONYMOUS, PRIVATE = 0x01, 0x20, 0x02
PRLIMIT = {"x86_64": 302, "aarch64": 261}
SOCKET = {"x86_64": 41, "aarch64": 198}
SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
MACHINE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER_AT, MACHINE_AT, FIRST_AT, SECOND_AT, FOURTH_AT = 0, 4, 16, 24, 40  # in what the filter is shown
ALLOW, REFUSE, PRETEND = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000
X32 = 0x40000000  # x86_64's calls for 32-bit pointers begin here; aarch64 has no such number
PR_SET_SECCOMP, FILTER = 22, 2
UNIX, INTERNET, INTERNET_6, NETLINK = 1, 2, 10, 16
STREAM, KIND = 1, 0xF  # a pair of streams: the other kinds can be sent from to any address

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
    for numbers, answer in (
        (REFUSED[machine], refuse),
        (PRETENDED[machine], pretend),
        (REFUSED_OUTSIDE[machine] if outside else {}, refuse),
        (PRETENDED_OUTSIDE[machine] if outside else {}, pretend),
    ):
        for number in numbers.values():
            steps += _when(number, answer)
    first, last = OF_SOCKETS
    terminal = [(LOAD, 0, 0, SECOND_AT), (EQUAL, 0, 1, TIOCSCTTY), pretend]
    steps += _when(IOCTL[machine], *terminal, (AT_LEAST, 2, 0, last), (AT_LEAST, 0, 1, first), refuse, allow)
    kind = (AND, 0, 0, SHARED | PRIVATE | ANONYMOUS)
    steps += _when(
        MMAP[machine], (LOAD, 0, 0, FOURTH_AT), kind, (EQUAL, 0, 1, SHARED | ANONYMOUS), refuse, allow
    )
    steps += _when(PRLIMIT[machine], (LOAD, 0, 0, FIRST_AT), (EQUAL, 1, 0, 0), refuse, allow)
    families = [
        (EQUAL, 3, 0, UNIX),
        (EQUAL, 2, 0, INTERNET),
        (EQUAL, 1, 0, INTERNET_6),
        (EQUAL, 0, 1, NETLINK),
    ]
    steps += _when(SOCKET[machine], (LOAD, 0, 0, FIRST_AT), *families, allow, refuse)
    if outside:
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
