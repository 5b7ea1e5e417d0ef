"""A seccomp filter: system calls that no notebook needs, and that many holes in the kernel had to do with.

They fail with EPERM, as do those of foreign machines (32-bit programs). Numbers are those of the kernel's
tables, by machine; what they mean: debugging other processes, new namespaces, keys, BPF, page faults in user
space, performance counters, io_uring.
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
    },
    "aarch64": {
        **{"ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "unshare": 97, "setns": 268},
        **{"add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "userfaultfd": 282},
        **{"perf_event_open": 241, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
    },
}
MACHINE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, MACHINE_AT = 0, 4  # in what the filter is shown
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
X32 = 0x40000000  # x86_64's calls for 32-bit pointers begin here; aarch64 has no such number
PR_SET_SECCOMP, FILTER = 22, 2


def program(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as instructions: code, steps to jump when true, when false, operand."""
    numbers = sorted(REFUSED[machine].values())
    steps = [
        (LOAD, 0, 0, MACHINE_AT),
        (EQUAL, 0, len(numbers) + 3, MACHINE[machine]),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, len(numbers) + 1, 0, X32),
    ]
    steps += [(EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    return [*steps, (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]


def refuse_rare_calls() -> None:
    """Install the filter, for this process and all that it starts, for good. Needs no_new_privs.

    Raises:
        OSError: the kernel has no seccomp.
    """
    steps = program(platform.machine())
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
