# Attack 03: Attach to the grader with ptrace, process_vm_readv and /proc/PID/mem.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206


def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


buffer = ctypes.create_string_buffer(8)
here = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
there = (ctypes.c_void_p * 2)(0x400000, 8)
for pid in (PID, PARENT):
    tried("ptrace attach", lambda pid=pid: call(libc.ptrace, PTRACE_ATTACH, pid, 0, 0))
    tried("ptrace seize", lambda pid=pid: call(libc.ptrace, PTRACE_SEIZE, pid, 0, 0))
    tried("read memory", lambda pid=pid: call(libc.process_vm_readv, pid, here, 1, there, 1, 0))
    tried("open memory", lambda pid=pid: open(f"/proc/{pid}/mem", "rb"))


def double(x):
    return x
