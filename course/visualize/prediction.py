"""Prediction for one's own photograph, by a net that has learned ImageNet's 1,000 classes."""

import os

import torch

from course.data import read_picture
from course.models import get_model
from course.models.published import imagenet_classes
from course.tables import Table

SIDE = 224


@torch.no_grad()
def predict_photograph(path: str | os.PathLike, count: int = 5) -> Table:
    """The first classes of a photograph with their probabilities, by EfficientNet-Lite0.

    >>> predict_photograph("dog.jpg")

    The net sees the middle of the photograph, 224 pixels of 256, as its weights were tested. It knows 1,000
    classes and always chooses among them: of a thing that is not among them it says something else.

    Args:
        path: of a JPEG, PNG, WebP, GIF or BMP of at most 25 MB.
        count: how many classes, from 1 to 1,000.

    Raises:
        ValueError: count is out of range.
        DataError: no such file, no picture, too large, or the weights are not installed.
    """
    classes = imagenet_classes()
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= len(classes):
        raise ValueError(f"count={count!r} must lie from 1 to {len(classes)}")
    image = read_picture(path, (SIDE, SIDE))
    with torch.random.fork_rng(devices=[]):  # the first weights are drawn, and then replaced
        net = get_model("efficientnet_lite0", pretrained=True)
    best = net(net.normalize(image[None]))[0].softmax(0).topk(count)
    rows = [
        [classes[number], f"{probability:.1%}"]
        for number, probability in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]
    return Table(["class", "probability"], rows)
