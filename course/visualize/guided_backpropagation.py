"""Guided backpropagation: sharp pictures that look like an explanation and are hardly one.

Springenberg, Dosovitskiy, Brox & Riedmiller 2015, "Striving for simplicity: the all convolutional net",
Section 3.4. At each ReLU the gradient goes back only where the input was above 0, as always, and only where
the gradient itself is above 0, as in Zeiler and Fergus's deconvolution.

Its failing, which must be told with it: Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, "Sanity checks
for saliency maps", Section 3. Give the last layers random weights, so that the net knows no class any more,
and the picture stays almost the same: it shows edges that the first layers found, not what the answer came
from. `cascading_randomization` measures it: of EfficientNet-Lite0's map of three photographs the rank
correlation with the map as trained is 0.98 or more when the last linear layer, the last convolution and the
last block have forgotten everything; that of the plain gradient is then 0.3 to 0.4.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from .inside import Normalize
from .saliency import input_gradient

RELUS = {F.relu, F.relu_, F.relu6, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_}


class GuidedReLU(TorchFunctionMode):
    """Inside the `with` block every ReLU and ReLU6, layer or function, lets no negative gradient back.

    Attributes:
        count: how many were called.
    """

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        output = func(*args, **(kwargs or {}))
        if _is_relu(func, args, kwargs or {}):
            self.count += 1
            if output.requires_grad:
                output.register_hook(lambda gradient: gradient.clamp(min=0))
        return output


def _is_relu(func: object, args: tuple, kwargs: dict) -> bool:
    """Whether torch is asked for a ReLU; ReLU6 as a layer is hardtanh from 0 on."""
    if func is F.hardtanh:
        return (args[1] if len(args) > 1 else kwargs.get("min_val", -1)) == 0
    return func in RELUS


def guided_backpropagation(
    model: nn.Module, image: Tensor, target: int | None = None, *, normalize: Normalize | None = None
) -> Tensor:
    """The guided gradient of a logit, (C, H, W), with its signs. Read above what it does not show.

    `plot_maps` draws its size.

    Args:
        model: gives logits (1, classes), with ReLUs. It is not changed.
        image: (C, H, W), from 0 to 1.
        target: the class; by default the net's first.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Raises:
        TypeError: the image is no tensor of floats, or the target no whole number.
        ValueError: image or target are not as above, or the model has no ReLU.
    """
    with GuidedReLU() as relus:
        gradient = input_gradient(model, image, target, normalize=normalize)
    if not relus.count:
        raise ValueError(f"model={type(model).__name__} calls no ReLU; guided backpropagation is about them")
    return gradient
