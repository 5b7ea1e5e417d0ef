# Attack 67: Memory that is shared and belongs to no file: what a child touched, nobody is charged for.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import mmap
import os

tried("shared memory", lambda: mmap.mmap(-1, 2**20))
tried("a child's", lambda: mmap.mmap(-1, 2**20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
tried("of /dev/zero", lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 2**20))
tried("of the kernel", lambda: os.memfd_create("x"))
print("held: what is one's own -", len(mmap.mmap(-1, 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)))


def double(x):
    return x
