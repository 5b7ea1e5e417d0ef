"""Training by a recipe: killed and called again it goes on; at its end a folder holds all results."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from course.data import DATASETS, SIZED, Dataset, load
from course.data.dataset import Part
from course.data.folder import load_folder
from course.errors import UsageError
from course.training import Checkpoints, History, Scores, Trainer, seed_everything
from course.training.distributed import rank

from .recipe import SCHEDULES, Recipe
from .report import write_report

RECIPE = "recipe.json"
ASIDE = f"{RECIPE}.new"  # a training that was killed early may leave it


class Normalized(nn.Module):
    """A net behind the normalization of its data, so that a checkpoint takes plain images in [0, 1].

    Args:
        net: takes normalized images (N, C, H, W).
        mean, std: of the training images, one number a channel.
    """

    def __init__(self, net: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]):
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("std", torch.tensor(std)[:, None, None])

    def forward(self, x: Tensor) -> Tensor:
        return self.net((x - self.mean) / self.std)


@dataclass(frozen=True)
class Trained:
    """A finished training."""

    recipe: Recipe
    history: History
    scores: Scores
    """On the test images, which nothing was chosen with."""

    calibration_error: float
    folder: Path

    def table(self) -> str:
        """The epochs, and what the test images say."""
        test_scores = self.scores
        top5 = "" if test_scores.top5 is None else f", top-5 {test_scores.top5:.3f}"
        return (
            f"{self.history.table(seconds=True)}\n"
            f"test: loss {test_scores.loss:.4f}, accuracy {test_scores.accuracy:.4f}{top5}, "
            f"expected calibration error {self.calibration_error:.3f}, over {test_scores.count} images"
        )


def train_recipe(
    recipe: Recipe, folder: str | Path, device: str = "auto", every: int | None = 200
) -> Trained:
    """Train, or go on with a training that was cut off in this folder, and write what was found.

    In the folder: recipe.json, checkpoint.pt, history.csv, curves.png, confusion.png, reliability.png, and
    submission.csv where the data have an unlabeled part. Under torchrun process 0 writes.

    Args:
        recipe: what is trained on what, and how.
        folder: of this training and no other.
        device: "auto" takes CUDA, else MPS, else the CPU.
        every: steps from one checkpoint to the next; one is written after every epoch in any case.

    Raises:
        UsageError: the folder holds another training, or the model does not take such images.
        DataError: the data are neither here nor to be had.
        TrainingError: the training cannot go on; the text says why.
        KeyboardInterrupt: Ctrl-C, after the step was ended and its checkpoint written.
    """
    folder = Path(folder)
    check_same_recipe(recipe, folder)
    data = read_data(recipe)
    seed_everything(recipe.seed)
    net = build(recipe, data)
    if rank() == 0:
        write_recipe(recipe, data, folder)
    trainer = Trainer(
        net,
        recipe.rule(net),
        device=device,
        precision=recipe.precision,
        compile=recipe.compile,
        schedule=SCHEDULES[recipe.schedule](recipe),
        label_smoothing=recipe.label_smoothing,
        ema=recipe.ema,
        augment=recipe.augmentation(data.train.images.shape[-1]),
    )
    history = trainer.fit(
        pair(data.train),
        pair(data.validation),
        recipe.epochs,
        batch_size=recipe.batch_size,
        seed=recipe.seed,
        checkpoint=Checkpoints(folder, every=every),
    )
    scores = trainer.evaluate(pair(data.test), flip=recipe.mirror)
    logits = trainer.predict(data.test.images, flip=recipe.mirror)
    error = write_report(recipe, folder, data, trainer, history, scores, logits) if rank() == 0 else 0.0
    return Trained(recipe, history, scores, error, folder)


def build(recipe: Recipe, data: Dataset) -> Normalized:
    """The net of a recipe behind the normalization of the data."""
    net = recipe.net(len(data.classes), tuple(data.train.images.shape[1:]))
    return Normalized(net, data.mean, data.std)


def write_recipe(recipe: Recipe, data: Dataset, folder: Path) -> None:
    """Write what is trained on what into a folder, once: aside, then renamed, so that it is always whole."""
    if (folder / RECIPE).exists():
        return  # of the same recipe, or `check_same_recipe` had refused it
    folder.mkdir(parents=True, exist_ok=True)
    described = {**recipe.to_dict(), "classes": data.classes, "shape": data.train.images.shape[1:]}
    with (folder / ASIDE).open("w", encoding="utf-8") as file:
        file.write(json.dumps(described, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(folder / ASIDE, folder / RECIPE)


def check_same_recipe(recipe: Recipe, folder: Path) -> None:
    """Raises UsageError if a folder holds something else than a training by this recipe."""
    path = folder / RECIPE
    if not path.is_file():
        if folder.is_dir() and {file.name for file in folder.iterdir()} - {ASIDE}:
            raise UsageError(f"{folder} holds something else than a training; choose another folder with -o")
        return
    try:
        known = Recipe.from_dict(json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, UsageError):
        raise UsageError(f"{path} is damaged; choose another folder with -o") from None
    for name, value in recipe.to_dict().items():
        other = getattr(known, name)
        if other != value and name == "epochs":
            raise UsageError(
                f"{folder} holds a training with epochs={other}, this one has {value}: the schedule follows "
                "from the number, so another one begins anew; choose another folder with -o"
            )
        if other != value:
            raise UsageError(
                f"{folder} holds a training with {name}={other!r}, this one has {value!r}; "
                "choose another folder with -o"
            )


def read_data(recipe: Recipe) -> Dataset:
    """The data set of a recipe, with images of the size that it asks for.

    Raises:
        DataError: no set has this name and no folder this path, or the set is not to be had.
    """
    if recipe.data not in DATASETS:
        return load_folder(recipe.data, **({} if recipe.size is None else {"size": recipe.size}))
    if recipe.size is None or recipe.data in SIZED:
        return load(recipe.data, size=recipe.size)
    data = load(recipe.data)
    parts = {name: resized(getattr(data, name), recipe.size) for name in ("train", "validation", "test")}
    return replace(data, **parts)


def resized(part: Part, size: int) -> Part:
    """A part whose images have another side, by linear interpolation with antialiasing."""
    images = interpolate(part.images, (size, size), mode="bilinear", antialias=True)
    return Part(images.clamp(0, 1), part.labels)


def pair(part: Part) -> tuple[Tensor, Tensor]:
    """Images and labels."""
    return part.images, part.labels
