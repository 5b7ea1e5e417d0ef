"""Local response normalisation against `F.local_response_norm`, forward and backward.

    python benchmarks/local_response_norm.py

Prints the time of torch's function and the ratio of ours to it: the least of many interleaved runs.
"""

import time

import torch
import torch.nn.functional as F

from course.nn.local_response_norm import local_response_norm

SHAPES = {
    "AlexNet, conv1": (8, 96, 55, 55),
    "AlexNet, conv2": (8, 256, 27, 27),
    "GoogLeNet, conv2": (4, 192, 56, 56),
    "VGG A-LRN, conv1": (2, 64, 224, 224),
}


def torchs(x):
    return F.local_response_norm(x, 5, alpha=5e-4, beta=0.75, k=2.0)


def seconds(function, x, upstream):
    x.grad = None
    start = time.perf_counter()
    function(x).backward(upstream)
    return time.perf_counter() - start


def main(runs=20):
    for place, shape in SHAPES.items():
        x = torch.randn(shape, requires_grad=True)
        upstream = torch.randn(shape)
        times = [
            (seconds(torchs, x, upstream), seconds(local_response_norm, x, upstream)) for _ in range(runs)
        ]
        theirs, ours = map(min, zip(*times, strict=True))
        print(f"{place:18} {shape!s:20} torch {1e3 * theirs:6.1f} ms   ours {ours / theirs:.2f} ×")


if __name__ == "__main__":
    main()
