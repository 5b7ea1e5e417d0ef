"""`describe` beside torchinfo, fvcore and torch's own counter, net by net.

    pip install torchinfo fvcore timm                   # what is missing is skipped
    python benchmarks/describe.py                       # all nets of torchvision, 200 of timm
    python benchmarks/describe.py --timm 0 --only resnet

Each net is built with random weights and shown to each of them on the CPU, on one image of the size it was
made for. Equal parameters: the same as `sum(p.numel() for p in net.parameters())`. Equal multiply-adds: half
of what torch's counter finds where every operator is its own, on the meta device; of fvcore's numbers only
the products are taken. A crash is any exception. The time is that of one call, the first one on this net.
"""

import argparse
import gc
import json
import logging
import time
import warnings
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO

import torch
import torchvision
from torch.utils.flop_counter import FlopCounterMode

from course.models import describe

try:
    import timm
except ImportError:
    timm = None
try:
    import torchinfo
except ImportError:
    torchinfo = None
try:
    import fvcore.nn as fvcore
except ImportError:
    fvcore = None


PRODUCTS = ("conv", "linear", "matmul", "addmm", "mm", "bmm", "baddbmm", "einsum")


def ours(net, size):
    description = describe(net, size)
    return description.parameters, description.multiply_adds


def by_torchinfo(net, size):
    summary = torchinfo.summary(net, (1, *size), verbose=0, device="cpu")
    return summary.total_params, summary.total_mult_adds


def by_fvcore(net, size):
    with torch.no_grad():
        counts = fvcore.FlopCountAnalysis(net, torch.zeros(1, *size)).by_operator()
    return fvcore.parameter_count(net)[""], int(sum(counts[name] for name in PRODUCTS))


def by_torch(net, size):
    """The parameters and half of the FLOPs, on the CPU as a person would call it."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net(torch.zeros(1, *size))
    return sum(p.numel() for p in net.parameters()), counter.get_total_flops() // 2


COUNTERS = {
    "course": ours,
    "torchinfo": by_torchinfo if torchinfo else None,
    "fvcore": by_fvcore if fvcore else None,
    "torch's counter, CPU": by_torch,
}


def nets(count, only):
    """(library, name, what builds it, size of the image)."""
    for name in torchvision.models.list_models(torchvision.models):
        quiet = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        side = 299 if name == "inception_v3" else 224
        if only in name:
            build = partial(torchvision.models.get_model, name, weights=None, **quiet)
            yield "torchvision", name, build, side
    names = timm.list_models() if timm and count else []
    for name in (names[int(index * len(names) / count)] for index in range(count if names else 0)):
        side = timm.get_pretrained_cfg(name).input_size[-1] if timm.is_model_pretrained(name) else 224
        if only in name:
            yield "timm", name, partial(timm.create_model, name), side


def expected(net, size):
    """Parameters and multiply-adds by torch, on the meta device, where nothing is fused."""
    net = net.to("meta")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net(torch.empty(1, *size, device="meta"))
    return sum(p.numel() for p in net.parameters()), counter.get_total_flops() // 2


def call(counter, net, size):
    """What a counter says, or its exception, and the seconds."""
    start = time.perf_counter()
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        try:
            result = counter(net, size)
        except Exception as error:
            result = f"{type(error).__name__}: {str(error).splitlines()[:1]}"
    return result, time.perf_counter() - start


def measure(build, side, largest):
    """One net: what each counter says, in how many seconds, and what is right; None if it is too large."""
    try:
        with torch.device("meta"):
            net = build()
    except (NotImplementedError, RuntimeError):  # needs values while it is built
        net = build()
    if sum(p.numel() for p in net.parameters()) > largest * 1e6:
        return None
    net = build().eval().requires_grad_(False)
    size = (3, side, side)
    said = {name: call(counter, net, size) for name, counter in COUNTERS.items() if counter}
    return said, expected(net, size)


def judged(result, right):
    """Crash, equal parameters, equal multiply-adds, multiply-adds within 1 %: each 0 or 1."""
    if isinstance(result, str):
        return {"crashes": 1}
    near = abs(result[1] - right[1]) <= right[1] / 100
    return {"parameters": int(result[0] == right[0]), "adds": int(result[1] == right[1]), "near": int(near)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timm", type=int, default=200, help="how many nets of timm, evenly from its list")
    parser.add_argument("--only", default="", help="nets with this in their name")
    parser.add_argument(
        "--largest", type=float, default=100, help="million parameters; larger nets are left out"
    )
    parser.add_argument("--library", default="", help="torchvision or timm, by default both")
    parser.add_argument("--out", help="a file for one line of JSON a net")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    totals = {}
    for library, name, build, side in nets(args.timm, args.only):
        measured = measure(build, side, args.largest) if args.library in library else None
        if measured is None:
            continue
        said, right = measured
        total = totals.setdefault(library, {"nets": 0, **{counter: Counter() for counter in said}})
        total["nets"] += 1
        for counter, (result, seconds) in said.items():
            total[counter].update({**judged(result, right), "seconds": seconds})
        if args.out:
            with open(args.out, "a", encoding="utf-8") as file:
                file.write(json.dumps([library, name, said, right]) + "\n")
        gc.collect()
    print("| | nets | crashes | parameters equal | multiply-adds equal | within 1 % | s a net |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for library, total in totals.items():
        count = total.pop("nets")
        for counter, sums in total.items():
            cells = [sums[key] for key in ("crashes", "parameters", "adds", "near")]
            print(f"| {library}: {counter} |", *[f"{cell} |" for cell in (count, *cells)], end=" ")
            print(f"{sums['seconds'] / count:.2f} |")


if __name__ == "__main__":
    main()
