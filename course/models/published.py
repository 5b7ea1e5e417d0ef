"""Pretrained weights: nets that torchvision has published, how good they are, and their weights in ours.

    >>> published("resnet50").accuracy
    0.7613
    >>> net = load_published("resnet50")  # downloads 98 MB at the first use, keeps them for the next

The state keys of these builders are torchvision's, so the weights load as they are. What torchvision measured
of each net stands in its wheel and needs no internet. Of several published weights the first are taken
(IMAGENET1K_V1): they were trained as the papers did. Later ones owe their accuracy to better recipes.

The forms of the papers cannot use them: AlexNet has groups there, GoogLeNet 5×5 kernels where torchvision has
3×3, ResNet-50 and deeper a stride elsewhere (the weights fit and give other answers). So `build` takes the
variant "torchvision".

Torchvision's code has the BSD license; it says of the weights that they "may have their own licenses or terms
and conditions derived from the dataset used for training".
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from course.errors import DataError, unknown_name

from .alexnet import alexnet
from .densenet import densenet121, densenet161, densenet169, densenet201
from .googlenet import googlenet
from .resnet import resnet18, resnet34, resnet50, resnet101, resnet152
from .vgg import vgg_a, vgg_b, vgg_d, vgg_e

# our name: builder, torchvision's name, and how people call it
PUBLISHED = {
    "alexnet": (alexnet, "alexnet", "AlexNet"),
    "vgg_a": (vgg_a, "vgg11", "VGG A"),
    "vgg_b": (vgg_b, "vgg13", "VGG B"),
    "vgg_d": (vgg_d, "vgg16", "VGG D"),
    "vgg_e": (vgg_e, "vgg19", "VGG E"),
    "googlenet": (googlenet, "googlenet", "GoogLeNet"),
    "resnet18": (resnet18, "resnet18", "ResNet-18"),
    "resnet34": (resnet34, "resnet34", "ResNet-34"),
    "resnet50": (resnet50, "resnet50", "ResNet-50"),
    "resnet101": (resnet101, "resnet101", "ResNet-101"),
    "resnet152": (resnet152, "resnet152", "ResNet-152"),
    "densenet121": (densenet121, "densenet121", "DenseNet-121"),
    "densenet169": (densenet169, "densenet169", "DenseNet-169"),
    "densenet201": (densenet201, "densenet201", "DenseNet-201"),
    "densenet161": (densenet161, "densenet161", "DenseNet-161"),
}
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and deviation of red, green, blue
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))  # GoogLeNet's weights came from elsewhere, with their own rule


@dataclass(frozen=True)
class Published:
    """What torchvision says of a net and its weights.

    Args:
        name: in `course.models`.
        title: how people call it.
        accuracy: top-1 on ImageNet's validation images, one center crop of 224×224, as a fraction.
        parameters: of the net without auxiliary classifiers.
        multiply_adds: for one image of 224×224, rounded to a million.
        mean: of red, green and blue, which the weights expect to be subtracted.
        std: by which they expect the difference to be divided.
    """

    name: str
    title: str
    accuracy: float
    parameters: int
    multiply_adds: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def build(self) -> nn.Module:
        """The net with 1,000 classes that takes the weights, in evaluation mode, not trained."""
        heads = {"aux_logits": False} if self.name == "googlenet" else {}
        return PUBLISHED[self.name][0](variant="torchvision", **heads).eval()

    def normalize(self, images: Tensor) -> Tensor:
        """Images from 0 to 1, (N, 3, H, W), as the weights expect them."""
        mean, std = (torch.tensor(values, device=images.device) for values in (self.mean, self.std))
        return (images - mean[:, None, None]) / std[:, None, None]


def published(name: str) -> Published:
    """What torchvision says of the net with this name, from its wheel.

    Raises:
        ValueError: torchvision has no weights for a net of this name; it lists those that have some.
    """
    if name not in PUBLISHED:
        raise ValueError(unknown_name("name", name, PUBLISHED))
    from torchvision.models import get_model_weights  # takes a second to import

    _, theirs, title = PUBLISHED[name]
    meta: dict[str, Any] = get_model_weights(theirs).IMAGENET1K_V1.meta
    accuracy = meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100
    mean, std = HALF if name == "googlenet" else IMAGENET
    return Published(name, title, accuracy, meta["num_params"], meta["_ops"] * 1e9, mean, std)


def imagenet_classes() -> tuple[str, ...]:
    """The names of ImageNet's 1,000 classes, in the order of the logits, from torchvision's wheel."""
    from torchvision.models import get_model_weights  # takes a second to import

    return tuple(get_model_weights("resnet18").IMAGENET1K_V1.meta["categories"])


def load_published(name: str, *, progress: bool = True) -> nn.Module:
    """Our net with torchvision's ImageNet weights, in evaluation mode; the first use downloads them.

    Args:
        name: in `PUBLISHED`.
        progress: show a bar while the weights come.

    Raises:
        ValueError: torchvision has no weights for a net of this name.
        DataError: the weights are not here and could not be downloaded.
    """
    net = published(name).build()
    from torchvision.models import get_model

    try:
        theirs = get_model(PUBLISHED[name][1], weights="IMAGENET1K_V1", progress=progress)
    except (OSError, RuntimeError) as error:
        line = (str(error).splitlines() or [type(error).__name__])[-1]
        raise DataError(f"the weights of {name} could not be downloaded ({line})") from None
    net.load_state_dict(theirs.state_dict())
    return net
