# Attack 70: The kernel's own sockets, made outside: interfaces, addresses, routes, namespaces.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import fcntl
import os
import struct

sockets = []
for name in os.listdir("/proc/self/fd"):
    try:
        if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
            sockets.append(int(name))
    except OSError:
        pass
print("held: sockets -", len(sockets))
requests = {"interfaces": 0x8912, "flags": 0x8913, "address": 0x8915, "hardware": 0x8927, "arp": 0x8954}
for name, request in {**requests, "namespace": 0x894C}.items():
    for number in sockets:
        tried(name, lambda r=request, n=number: fcntl.ioctl(n, r, struct.pack("16s64x", b"lo")))


def double(x):
    return x
