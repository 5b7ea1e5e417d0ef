"""One step of each rule against torch.optim, for the 62 parameters (11.7 million numbers) of ResNet-18.

    python benchmarks/optimizers.py
    python benchmarks/optimizers.py --rounds 100 --threads 2 --rules Momentum Adam

torch.optim is measured as it is with foreach=False, its default on a CPU, and with foreach=True. The three
take turns, each round in another order, and the least time of each counts: other work on the machine only
ever adds time. Prints milliseconds and the ratio of ours to both; the aim is 1.00 × the default.
"""

import argparse
import gc
import platform
from datetime import date
from time import perf_counter

import torch
from torchvision.models import resnet18

from course.optim import OPTIMIZERS

# our rule: torch.optim's class and the arguments that make it the same rule
PEERS = {
    "GradientDescent": (torch.optim.SGD, {}),
    "SGD": (torch.optim.SGD, {}),
    "Momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "NAG": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": (torch.optim.Adagrad, {}),
    "RMSprop": (torch.optim.RMSprop, {}),
    "Adadelta": (torch.optim.Adadelta, {}),
    "Adam": (torch.optim.Adam, {}),
}


def parameters():
    """Parameters of ResNet-18's shapes, each with a gradient."""
    generator = torch.Generator().manual_seed(0)
    params = [torch.nn.Parameter(torch.randn(p.shape, generator=generator)) for p in resnet18().parameters()]
    for p in params:
        p.grad = torch.randn(p.shape, generator=generator)
    return params


def least_ms(optimizers, rounds):
    """The least milliseconds of a step of each optimizer, taking turns."""
    best = [float("inf")] * len(optimizers)
    for optimizer in optimizers:  # the first step makes the state
        optimizer.step()
    for turn in range(rounds):
        for i in range(len(optimizers)):
            i = (i + turn) % len(optimizers)
            start = perf_counter()
            optimizers[i].step()
            best[i] = min(best[i], 1e3 * (perf_counter() - start))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--rules", nargs="+", choices=OPTIMIZERS, default=list(OPTIMIZERS), metavar="RULE")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    params = parameters()  # the same ones for all: where they lie in memory makes a few hundredths

    print(
        f"{date.today()}, torch {torch.__version__}, {platform.processor() or platform.machine()}, "
        f"{arguments.threads} threads, least of {arguments.rounds} rounds\n"
    )
    print("| rule | ours, ms | default, ms | foreach, ms | ours / default | ours / foreach |")
    print("|---|---|---|---|---|---|")
    for name in arguments.rules:
        peer, its_arguments = PEERS[name]
        shared = {"weight_decay": arguments.weight_decay}
        optimizers = [
            OPTIMIZERS[name](params, lr=1e-4, **shared),
            peer(params, lr=1e-4, **shared, **its_arguments, foreach=False),
            peer(params, lr=1e-4, **shared, **its_arguments, foreach=True),
        ]
        ours, default, foreach = least_ms(optimizers, arguments.rounds)
        row = f"| {name} | {ours:.2f} | {default:.2f} | {foreach:.2f} "
        print(f"{row}| {ours / default:.2f} | {ours / foreach:.2f} |", flush=True)
        del optimizers
        gc.collect()


if __name__ == "__main__":
    main()
