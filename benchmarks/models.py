"""A training step of our networks against the same network of torchvision, and of timm if installed.

    python benchmarks/models.py                         # all nets, 64×64 images, about a minute
    python benchmarks/models.py resnet50 --size 128 --runs 30

A step is zero_grad, forward, cross entropy, backward and SGD. The libraries take turns, each round in
another order, and the least time of each counts: other work on the machine only ever adds time.
Prints our time and its ratio to each peer; a ratio of at most 1.05 is the aim.
"""

import argparse
import time

import torch
import torch.nn.functional as F
import torchvision

from course.models import get_model
from course.models.googlenet import googlenet_loss

try:
    import timm
except ImportError:
    timm = None

# our name: torchvision's name, timm's name, our variant
NETS = {
    "alexnet": ("alexnet", None, "torchvision"),
    "vgg_a": ("vgg11", "vgg11", "torchvision"),
    "googlenet": ("googlenet", None, "torchvision"),
    "resnet18": ("resnet18", "resnet18", "torchvision"),
    "resnet34": ("resnet34", "resnet34", "torchvision"),
    "resnet50": ("resnet50", "resnet50", "torchvision"),
    "densenet121": ("densenet121", "densenet121", "torchvision"),
    "inception_resnet_v2": (None, "inception_resnet_v2", "timm"),
}
NUM_CLASSES = 10


def loss_of(outputs, target):
    return googlenet_loss(outputs, target) if isinstance(outputs, tuple) else F.cross_entropy(outputs, target)


def build(name):
    """The net by library: ours, torchvision's and timm's, where they have it."""
    torchvisions, timms, variant = NETS[name]
    nets = {"ours": get_model(name, num_classes=NUM_CLASSES, variant=variant)}
    if torchvisions:
        quiet = {"init_weights": False} if name == "googlenet" else {}
        nets["torchvision"] = getattr(torchvision.models, torchvisions)(num_classes=NUM_CLASSES, **quiet)
    if timms and timm:
        nets["timm"] = timm.create_model(timms, num_classes=NUM_CLASSES)
    return nets


def step_seconds(model, optimizer, x, target):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss_of(model(x), target).backward()
    optimizer.step()
    return time.perf_counter() - start


def measure(name, size, batch_size, runs):
    """The least seconds of a step by library."""
    nets = build(name)
    optimizers = {library: torch.optim.SGD(net.parameters(), lr=1e-4) for library, net in nets.items()}
    x = torch.randn(batch_size, 3, size, size)
    target = torch.randint(NUM_CLASSES, (batch_size,))
    times = {library: [] for library in nets}
    order = list(nets)
    for run in range(runs + 1):
        order.append(order.pop(0))
        for library in order:
            seconds = step_seconds(nets[library], optimizers[library], x, target)
            if run:  # the first round warms up
                times[library].append(seconds)
    return {library: min(seconds) for library, seconds in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(NETS), help="our names; without any, all")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--runs", type=int, default=10)
    args = parser.parse_args()
    print(f"{args.batch_size} images of {args.size}×{args.size}, {torch.get_num_threads()} threads")
    for name in args.names:
        # Inception-ResNet needs 75 pixels.
        size = max(args.size, 80) if name == "inception_resnet_v2" else args.size
        least = measure(name, size, args.batch_size, args.runs)
        ours = least.pop("ours")
        ratios = "   ".join(f"{ours / seconds:.3f} × {library}" for library, seconds in least.items())
        print(f"{name:20} {1e3 * ours:8.1f} ms   {ratios or 'no peer installed'}", flush=True)


if __name__ == "__main__":
    main()
