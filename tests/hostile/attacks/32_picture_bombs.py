# Attack 32: A PNG that claims a billion pixels, an SVG with a script, a page that loads a page.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import struct
import zlib

from IPython.display import publish_display_data


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
png = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", header)
    + chunk(b"IDAT", zlib.compress(bytes(10**6)))
    + chunk(b"IEND", b"")
)


def double(x):
    publish_display_data({"image/png": png})
    publish_display_data({"image/svg+xml": "<svg onload='alert(1)'><script>alert(2)</script></svg>"})
    publish_display_data({"text/html": "<script>alert(3)</script><img src=x onerror=alert(4)>"})
    return x
