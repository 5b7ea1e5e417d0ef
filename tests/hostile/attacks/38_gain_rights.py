# Attack 38: Set-uid programs, root, namespaces, mounts, capabilities.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


tried("become root", lambda: os.setuid(0))
tried("chroot", lambda: os.chroot("/tmp"))
tried("mount", lambda: call(libc.mount, b"none", b"/mnt", b"tmpfs", 0, None))
tried("a host name", lambda: call(libc.sethostname, b"attack", 6))
tried("sudo", lambda: subprocess.run(["sudo", "-n", "true"], check=True, capture_output=True))
tried(
    "su",
    lambda: subprocess.run(["su", "-c", "true"], check=True, capture_output=True, stdin=subprocess.DEVNULL),
)
tried("a device", lambda: os.mknod("/tmp/attack-device", 0o60666, os.makedev(8, 0)))
tried("unload a module", lambda: call(libc.syscall, 176, b"x", 0))


def double(x):
    return x
