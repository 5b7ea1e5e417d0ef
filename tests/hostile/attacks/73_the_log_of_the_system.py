# Attack 73: The kernel's log, handles of files, comparisons of processes, messages that others left.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(value) for value in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


x86 = os.uname().machine == "x86_64"
numbers = {
    "the log": (103 if x86 else 116, 3, 0, 0),
    "compare": (312 if x86 else 272, 1, 2, 0, 0, 0),
    "a handle": (303 if x86 else 264, -100, 0, 0, 0, 0),
}
for name, (number, *arguments) in numbers.items():
    tried(name, lambda n=number, a=arguments: call(n, *a))
for segment in range(40):
    tried(f"segment {segment}", lambda s=segment: call(30 if x86 else 196, s, 0, 0o10000))
    tried(f"queue {segment}", lambda s=segment: call(70 if x86 else 188, s, 0, 0, 0, 0o4000))
tried("the log as a file", lambda: open("/dev/kmsg"))
tried("the log in /proc", lambda: open("/proc/kmsg"))


def double(x):
    return x
