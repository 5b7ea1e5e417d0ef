"""Inference: answers of a trained net for a person's own pictures."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch

from course.data.pictures import read_pictures
from course.errors import UsageError
from course.training.checkpoint import CheckpointError, Checkpoints
from course.training.loop import evaluating, mirrored

from .recipe import Recipe
from .train import RECIPE, Normalized


def predict_pictures(
    folder: str | Path, pictures: Sequence[str | Path], best: int = 3, invert: bool = False
) -> list[list[tuple[str, float]]]:
    """The most probable classes of each picture, with their probabilities.

    Args:
        folder: of a training, or its checkpoint.pt.
        pictures: paths; the largest square in the middle of each is shown to the net.
        best: how many classes.
        invert: turn dark and bright around: ink on paper, for a net that has learnt white digits on black.

    Raises:
        UsageError: no training is there.
        DataError: a picture that cannot be read.
    """
    folder = Path(folder)
    folder = folder.parent if folder.is_file() else folder
    try:
        described = json.loads((folder / RECIPE).read_text("utf-8"))
        recipe, classes, shape = Recipe.from_dict(described), described["classes"], described["shape"]
        state = Checkpoints(folder).load()
    except (OSError, KeyError, TypeError, ValueError) as error:
        reason = error if isinstance(error, CheckpointError) else "no training lies there"
        raise UsageError(f"{folder}: {reason}; course train writes one") from None
    if state is None:
        raise UsageError(f"{folder} holds no checkpoint yet; course train writes one")
    net = recipe.net(len(classes), tuple(shape))
    model = Normalized(net, *2 * [(0.0,) * shape[0]])
    model.load_state_dict(state["model"] if state["ema"] is None else state["ema"]["module"])
    images = read_pictures(pictures, tuple(shape[1:]), gray=shape[0] == 1)
    images = 1 - images if invert else images
    with evaluating(model), torch.no_grad():
        probabilities = (mirrored(model, images) if recipe.mirror else model(images)).softmax(dim=1)
    best_classes = probabilities.topk(min(best, len(classes)), dim=1)
    return [
        [(classes[index], value) for value, index in zip(values, indices, strict=True)]
        for values, indices in zip(best_classes.values.tolist(), best_classes.indices.tolist(), strict=True)
    ]
