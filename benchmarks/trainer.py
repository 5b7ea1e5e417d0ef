"""Microseconds a training step costs: the trainer against bare loops and against what else one might use.

    python benchmarks/trainer.py                     # one thread and two, a tiny linear net and LeNet-5
    python benchmarks/trainer.py --threads 1 --nets linear --rounds 3

Equal work, in every row: an epoch of 100 batches (LeNet: 25) of 64 in a new random order, cross-entropy, SGD
with momentum, and at the end of the epoch the mean loss and the accuracy over its batches. The bare loops,
Fabric, accelerate and the first row of Lightning gather these as the trainer does, on the device; the others
in their own way, named in their row. Bars, loggers, checkpoints and validation are off. The first bare loop
measures nothing at all.

An epoch is timed from the end of the one before to its own end, so building and starting up do not count.
The rows take turns, round after round; shown is the fastest epoch, the median, and by how much a row is above
the bare loop of the same round: a mean with its standard error, so that noise can be told from cost.
"""

import argparse
import itertools
import logging
import os
import platform
import statistics
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from course.claims import plus_minus
from course.training import Trainer

BATCH, EPOCHS = 64, 4
Epochs = Callable[[], list[float]]
"""Trains a few epochs and gives the moments at which they ended."""


def linear() -> nn.Module:
    """As little work as can be: what a step costs here is the loop's own."""
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))


def lenet() -> nn.Module:
    """LeNet-5 as it is written today: tanh, average pooling, full connections."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten()),
        *(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


NETS = {"linear": (linear, (6400, 1, 8, 8)), "lenet": (lenet, (1600, 1, 28, 28))}
"""How to make a net, and the shape of its data."""


def data(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=generator), torch.randint(0, 10, shape[:1], generator=generator)


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def slices(x: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    order = torch.randperm(len(x))
    for rows in order.split(BATCH):
        yield x[rows], y[rows]


def by_hand(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Callable[[], Iterator[tuple[Tensor, Tensor]]],
    measure: bool = True,
    backward: Callable[[Tensor], None] = torch.Tensor.backward,
) -> list[float]:
    """The loop that people write."""
    ends, loss_of = [], nn.CrossEntropyLoss()
    for _ in range(EPOCHS):
        losses, hits = [], []
        model.train()
        for x, y in batches():
            optimizer.zero_grad()
            logits = model(x)
            loss = loss_of(logits, y)
            backward(loss)
            optimizer.step()
            if measure:
                losses.append(loss.detach())
                hits.append((logits.detach().argmax(1) == y).sum())
        if measure:
            float(torch.stack(losses).mean()), int(torch.stack(hits).sum())
        ends.append(perf_counter())
    return ends


def bare_slicing(net: nn.Module, x: Tensor, y: Tensor, measure: bool) -> Epochs:
    return partial(by_hand, net, sgd(net), lambda: slices(x, y), measure)


def loader(x: Tensor, y: Tensor) -> DataLoader:
    return DataLoader(TensorDataset(x, y), batch_size=BATCH, shuffle=True)


def bare_loader(net: nn.Module, x: Tensor, y: Tensor) -> Epochs:
    batches = loader(x, y)
    return partial(by_hand, net, sgd(net), lambda: iter(batches))


def course_trainer(net: nn.Module, x: Tensor, y: Tensor, data: Callable = lambda x, y: (x, y)) -> Epochs:
    trainer = Trainer(net, sgd(net), device="cpu", precision="float32", progress=False)
    train = data(x, y)

    def run() -> list[float]:
        ends = []
        trainer.fit(train, epochs=EPOCHS, batch_size=BATCH, callbacks=[lambda _: ends.append(perf_counter())])
        return ends

    return run


def fabric(net: nn.Module, x: Tensor, y: Tensor, data: Callable | None = None) -> Epochs:
    from lightning.fabric import Fabric

    tool = Fabric(accelerator="cpu", devices=1)
    model, optimizer = tool.setup(net, sgd(net))
    batches = None if data is None else tool.setup_dataloaders(data(x, y))
    return partial(
        by_hand,
        model,
        optimizer,
        (lambda: slices(x, y)) if batches is None else lambda: iter(batches),
        backward=tool.backward,
    )


def accelerate(net: nn.Module, x: Tensor, y: Tensor) -> Epochs:
    from accelerate import Accelerator

    tool = Accelerator(cpu=True)
    model, optimizer, batches = tool.prepare(net, sgd(net), loader(x, y))
    return partial(by_hand, model, optimizer, lambda: iter(batches), backward=tool.backward)


def skorch(net: nn.Module, x: Tensor, y: Tensor) -> Epochs:
    from skorch import NeuralNetClassifier
    from skorch.callbacks import Callback, EpochScoring

    class Ends(Callback):
        def on_epoch_end(self, *args, **kwargs):
            self.ends.append(perf_counter())

    ends = Ends()
    model = NeuralNetClassifier(
        net,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.SGD,
        optimizer__momentum=0.9,
        lr=0.01,
        max_epochs=EPOCHS,
        batch_size=BATCH,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        callbacks=[("train_acc", EpochScoring("accuracy", on_train=True)), ("ends", ends)],
    )
    model.initialize()

    def run() -> list[float]:
        ends.ends = []
        model.partial_fit(x, y)
        return ends.ends

    return run


def lightning(net: nn.Module, x: Tensor, y: Tensor, log: bool) -> Epochs:
    import lightning.pytorch as pl

    class Module(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.net, self.ends, self.losses, self.hits = net, [], [], []

        def training_step(self, batch, index):
            logits = self.net(batch[0])
            loss = nn.functional.cross_entropy(logits, batch[1])
            hits = (logits.detach().argmax(1) == batch[1]).sum()
            if log:
                self.log("loss", loss, on_step=False, on_epoch=True)
                self.log("accuracy", hits / len(batch[1]), on_step=False, on_epoch=True)
            else:
                self.losses.append(loss.detach())
                self.hits.append(hits)
            return loss

        def on_train_epoch_end(self):
            if self.losses:
                float(torch.stack(self.losses).mean()), int(torch.stack(self.hits).sum())
                self.losses, self.hits = [], []
            self.ends.append(perf_counter())

        def configure_optimizers(self):
            return sgd(self.net)

    module, batches = Module(), loader(x, y)

    def run() -> list[float]:
        module.ends = []
        trainer = pl.Trainer(
            accelerator="cpu",
            max_epochs=EPOCHS,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(module, batches)
        return module.ends

    return run


def fastai(net: nn.Module, x: Tensor, y: Tensor) -> Epochs:
    import fastai.callback.progress  # noqa: F401  (gives the learner no_bar)
    from fastai.callback.core import Callback, CancelValidException
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader as FastLoader
    from fastai.learner import Learner
    from fastai.metrics import accuracy
    from fastai.optimizer import SGD

    class Ends(Callback):
        def before_validate(self):
            raise CancelValidException

        def after_epoch(self):
            self.ends.append(perf_counter())

    train = FastLoader(TensorDataset(x, y), bs=BATCH, shuffle=True)
    ends = Ends()
    learner = Learner(
        DataLoaders(train, train),
        net,
        loss_func=nn.CrossEntropyLoss(),
        opt_func=partial(SGD, mom=0.9),
        lr=0.01,
        metrics=accuracy,
        cbs=ends,
    )
    learner.recorder.train_metrics = True

    def run() -> list[float]:
        ends.ends = []
        with learner.no_bar(), learner.no_logging():
            learner.fit(EPOCHS)
        return ends.ends

    return run


ENTRANTS = {
    "bare slicing, nothing measured": partial(bare_slicing, measure=False),
    "bare slicing": partial(bare_slicing, measure=True),
    "bare DataLoader": bare_loader,
    "course Trainer, tensors": course_trainer,
    "course Trainer, DataLoader": partial(course_trainer, data=loader),
    "Fabric, slicing": fabric,
    "Fabric, DataLoader": partial(fabric, data=loader),
    "accelerate, DataLoader": accelerate,
    "skorch (loss read every step)": skorch,
    "Lightning, gathered by hand": partial(lightning, log=False),
    "Lightning, self.log": partial(lightning, log=True),
    "fastai (Recorder, train metrics)": fastai,
}


def entrants(net: str) -> dict[str, Epochs]:
    """Every row that can run here, ready and run once."""
    make, shape = NETS[net]
    ready = {}
    for name, build in ENTRANTS.items():
        torch.manual_seed(0)
        try:
            ready[name] = build(make(), *data(shape))
        except ModuleNotFoundError as error:
            print(f"skipped: {name} ({error})")
            continue
        ready[name]()
    return ready


def microseconds(run: Epochs, rows: int) -> list[float]:
    """What a step took, in every epoch but the first."""
    ends = run()
    steps = -(-rows // BATCH)
    return [(after - before) / steps * 1e6 for before, after in itertools.pairwise(ends)]


def compare(net: str, threads: int, rounds: int) -> None:
    """Print one table."""
    torch.set_num_threads(threads)
    ready = entrants(net)
    times: dict[str, list[list[float]]] = {name: [] for name in ready}
    for turn in range(rounds):
        for name in sorted(ready, reverse=turn % 2):  # nobody always comes first
            times[name].append(microseconds(ready[name], NETS[net][1][0]))
    middles = {name: [statistics.median(epochs) for epochs in rows] for name, rows in times.items()}
    print(f"\n{net}, {threads} thread{'s' * (threads > 1)}, batch {BATCH}, {rounds} rounds\n")
    print("| | µs a step, fastest | median | over bare slicing, round by round |")
    print("| --- | ---: | ---: | ---: |")
    for name, rows in times.items():
        over = [own - bare for own, bare in zip(middles[name], middles["bare slicing"], strict=True)]
        best, middle = min(map(min, rows)), statistics.median(middles[name])
        print(f"| {name} | {best:.0f} | {middle:.0f} | {plus_minus(over) if any(over) else 0} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--nets", nargs="+", choices=NETS, default=list(NETS))
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    print(f"torch {torch.__version__}, {platform.machine()}, {os.cpu_count()} cores")
    for net in options.nets:
        for threads in options.threads:
            compare(net, threads, options.rounds)


if __name__ == "__main__":
    main()
