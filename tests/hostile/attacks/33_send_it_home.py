# Attack 33: TCP, UDP, DNS, raw sockets, Unix sockets.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import socket
import urllib.request


def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("8.8.8.8", 53))
        sender.send(b"x")


tried("the grader's own port", lambda: socket.create_connection(("127.0.0.1", TCP), 2))
tried("TCP", lambda: socket.create_connection(("1.1.1.1", 443), 2))
tried("UDP", udp)
tried("DNS", lambda: socket.getaddrinfo("example.org", 443))
tried("HTTP", lambda: urllib.request.urlopen("http://example.org", timeout=2))
tried("a raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
tried("a Unix socket", lambda: socket.socket(socket.AF_UNIX).connect(f"{UNIX}"))


def double(x):
    return x
