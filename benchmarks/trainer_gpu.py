"""Images a second on a GPU: the trainer against a bare loop, in four ways to compute.

    python benchmarks/trainer_gpu.py                  # ResNet-50, 224 × 224, batch 128
    python benchmarks/trainer_gpu.py --device cpu --net resnet18 --size 32 --images 64 --batch 16 --epochs 2

Equal work: the same slices of a permutation of images that lie on the device, cross-entropy, SGD with
momentum, the mean loss and the accuracy of the epoch, read once at its end. Bare loop and trainer take
turns, round after round; shown is the fastest epoch of each, without the first (compilation, warming up).

Before that, a training that breaks off in the middle of an epoch is resumed with deterministic algorithms,
and its weights are compared with those of one that was left alone, bit for bit.
"""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from itertools import pairwise
from time import perf_counter

import torch
import torchvision
from torch import Tensor, nn

from course.training import Checkpoints, Trainer, use_deterministic_algorithms

WAYS = {
    "float32": {},
    "bfloat16": {"precision": "bfloat16"},
    "bfloat16, channels_last": {"precision": "bfloat16", "channels_last": True},
    "bfloat16, channels_last, compile": {"precision": "bfloat16", "channels_last": True, "compile": True},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--net", default="resnet50")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--images", type=int, default=2560)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print("skipped: there is no CUDA card here (try --device cpu, for the code alone)")
        return
    card = torch.cuda.get_device_name() if options.device == "cuda" else "CPU"
    print(f"{card}, torch {torch.__version__}, {options.net} at {options.size}, batch {options.batch}\n")
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(options.images, 3, options.size, options.size, generator=generator).to(options.device)
    y = torch.randint(0, 10, (options.images,), generator=generator).to(options.device)
    print(f"resumed with the same bits: {resumes_exactly(options.net, x, y, options.batch)}\n")
    print("| images a second | bare loop | trainer | ratio |\n| --- | ---: | ---: | ---: |")
    for name, how in WAYS.items():
        runs = [
            build(make_net(options.net), x, y, options.batch, options.epochs, how) for build in (bare, ours)
        ]
        seconds = [[], []]
        for _ in range(options.rounds):
            for run, times in zip(runs, seconds, strict=True):
                times += [after - before for before, after in pairwise(run())]
        speeds = [options.images / min(times) for times in seconds]
        print(f"| {name} | {speeds[0]:.0f} | {speeds[1]:.0f} | {speeds[1] / speeds[0]:.3f} |", flush=True)


def make_net(name: str) -> nn.Module:
    torch.manual_seed(0)
    return torchvision.models.get_model(name, num_classes=10)


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def bare(model: nn.Module, x: Tensor, y: Tensor, batch: int, epochs: int, how: dict) -> Callable:
    """The loop that people write, with the same choices."""
    layout = torch.channels_last if how.get("channels_last") else torch.contiguous_format
    model = model.to(x.device, memory_format=layout)
    optimizer, loss_of = sgd(model), nn.CrossEntropyLoss()
    forward = torch.compile(model) if how.get("compile") else model
    autocast = torch.autocast(x.device.type, torch.bfloat16) if "precision" in how else nullcontext()

    def run() -> list[float]:
        ends = []
        for _ in range(epochs):
            losses, hits = [], []
            model.train()
            for rows in torch.randperm(len(x)).to(x.device).split(batch):
                images, labels = x[rows].contiguous(memory_format=layout), y[rows]
                optimizer.zero_grad()
                with autocast:
                    logits = forward(images)
                    loss = loss_of(logits, labels)
                loss.backward()
                optimizer.step()
                losses.append(loss.detach())
                hits.append((logits.detach().argmax(1) == labels).sum())
            float(torch.stack(losses).mean()), int(torch.stack(hits).sum())
            ends.append(perf_counter())
        return ends

    return run


def ours(model: nn.Module, x: Tensor, y: Tensor, batch: int, epochs: int, how: dict) -> Callable:
    how = {"precision": "float32", **how}
    trainer = Trainer(model, sgd(model), device=x.device, progress=False, **how)

    def run() -> list[float]:
        ends = []
        trainer.fit(
            (x, y), epochs=epochs, batch_size=batch, callbacks=[lambda _: ends.append(perf_counter())]
        )
        return ends

    return run


class BrokenOff(Exception):
    """Stands for whatever ends a training too early."""


def resumes_exactly(name: str, x: Tensor, y: Tensor, batch: int) -> bool:
    use_deterministic_algorithms()
    x, y, ends = x[: 4 * batch], y[: 4 * batch], []
    with tempfile.TemporaryDirectory() as folder:
        for part, stop in (("whole", None), ("cut", 6), ("cut", None)):
            model, steps = make_net(name), []

            def augment(x: Tensor, steps: list = steps, stop: int | None = stop) -> Tensor:
                steps.append(1)
                if len(steps) == stop:
                    raise BrokenOff
                return x + 0.1 * torch.randn_like(x)

            trainer = Trainer(model, sgd(model), device=x.device, augment=augment, progress=False)
            try:
                checkpoints = Checkpoints(f"{folder}/{part}", every=3)
                trainer.fit((x, y), epochs=2, batch_size=batch, checkpoint=checkpoints)
            except BrokenOff:
                continue
            ends.append(torch.cat([tensor.flatten().float() for tensor in model.state_dict().values()]))
    torch.use_deterministic_algorithms(False)
    return torch.equal(*ends)


if __name__ == "__main__":
    main()
