"""Receptive field of an output unit: by arithmetic, and by following the gradient back to the input.

The arithmetic: a layer with kernel k widens the field by (k - 1) steps, and a step is as wide in the input as
the product of all strides before (see Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional
neural networks").

The gradient sees what the arithmetic cannot: branches, shortcuts, borders. It is taken in a copy of the net
in which no way is blocked: all weights positive, max pooling replaced by average pooling. So it shows what
the unit *can* see, whatever was learned.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from course.models.describe import tensors_in

from .style import COLORS, Picture, bare, picture, styled

# laid over a gray image: nothing where a pixel does not count, a strong blue where it counts most
STRENGTH = LinearSegmentedColormap.from_list("strength", [to_rgba(COLORS[0], a) for a in (0.12, 0.45, 0.9)])


FAINT = 2.0**-20  # so dark an image that no ReLU6 is full, and tanh is straight


class Field(NamedTuple):
    """Receptive field after a layer, in input pixels: its size, and the distance of neighboring units."""

    size: int
    jump: int


def receptive_fields(layers: Iterable[tuple[int, int]]) -> list[Field]:
    """The receptive field after each layer of a chain.

    Args:
        layers: (kernel size, stride) of each convolution or pooling, from the input on.

    >>> receptive_fields([(3, 1), (3, 1), (2, 2)])
    [Field(size=3, jump=1), Field(size=5, jump=1), Field(size=6, jump=2)]
    """
    fields, size, jump = [], 1, 1
    for kernel_size, stride in layers:
        size += (kernel_size - 1) * jump
        jump *= stride
        fields.append(Field(size, jump))
    return fields


def gradient_support(
    model: nn.Module, input_shape: tuple[int, int, int], unit: tuple[int, int] | None = None
) -> np.ndarray:
    """How strongly each input pixel can move one output unit; exactly 0 outside the receptive field.

    Args:
        model: maps (1, C, H, W) to (1, C', H', W'); max pooling must be `nn.MaxPool2d`. It is not changed.
        input_shape: (C, H, W).
        unit: (row, column) of the output unit, by default the middle one.

    Returns:
        (H, W) in double precision: the gradient summed over channels, the largest 1.

    Raises:
        ValueError: if the output is not (1, C', H', W'), or has no such unit.
    """
    x = torch.full((1, *input_shape), FAINT, dtype=torch.float64, requires_grad=True)
    with torch.random.fork_rng(devices=[]):
        output = _open_copy(model)(x)
    if output.dim() != 4:
        raise ValueError(f"model gives shape {tuple(output.shape)}; it must be (1, C, H, W)")
    H, W = output.shape[2:]
    row, column = unit or (H // 2, W // 2)
    if not (0 <= row < H and 0 <= column < W):
        raise ValueError(f"unit={unit} must lie within the output's {H} rows and {W} columns")
    (gradient,) = torch.autograd.grad(output[0, :, row, column].sum(), x)
    strength = gradient[0].abs().sum(dim=0)  # (H, W)
    return (strength / strength.max()).numpy()


def _open_copy(model: nn.Module) -> nn.Module:
    """A copy in which every signal is positive and of one size: no activation blocks or saturates."""
    kept = tensors_in([vars(module) for module in model.modules()])
    computed = {id(x): x.detach().clone() for x in kept if not x.is_leaf}  # torch copies no others by itself
    model = copy.deepcopy(model, computed).double().cpu().eval().requires_grad_(False)
    for module in model.modules():  # the copy has the hooks of the model, and a hook may keep what it sees
        module._forward_hooks.clear()
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:
            parameter.fill_(1 / parameter[0].numel())
        else:
            parameter.fill_(0.0 if name.endswith("bias") else 1.0)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.zero_()
        elif name.endswith("running_var"):
            buffer.fill_(1.0)
    return _average_instead_of_max(model)


def _average_instead_of_max(model: nn.Module) -> nn.Module:
    """Replace max pooling, which passes the gradient to one pixel of its window, by average pooling."""
    if isinstance(model, nn.MaxPool2d):
        return nn.AvgPool2d(model.kernel_size, model.stride, model.padding, ceil_mode=model.ceil_mode)
    for name, child in model._modules.items():  # named_children leaves out the second name of a module
        if child is not None:
            setattr(model, name, _average_instead_of_max(child))
    return model


def support_box(support: np.ndarray) -> tuple[int, int, int, int]:
    """The smallest rectangle around all pixels above 0: (top, left, height, width).

    Raises:
        ValueError: if no pixel is above 0.
    """
    rows, columns = np.nonzero(support)
    if not rows.size:
        raise ValueError("support is 0 everywhere; the unit sees no pixel")
    top, left = int(rows.min()), int(columns.min())
    return top, left, int(rows.max()) - top + 1, int(columns.max()) - left + 1


@styled
def plot_receptive_field(supports: Mapping[str, np.ndarray], image: Tensor | None = None) -> Picture:
    """Draw what units see: the field's frame, and inside it how strongly each pixel counts.

    Args:
        supports: title to support (H, W), as `gradient_support` gives it.
        image: (C, H, W) with C = 1 or 3, from 0 to 1, drawn below in gray; by default nothing.

    Raises:
        ValueError: if there is nothing to draw, or a unit sees no pixel.
    """
    if not supports:
        raise ValueError("supports={} must hold at least one support")
    columns = min(len(supports), 4)
    rows = -(-len(supports) // columns)
    figure, axes = picture(rows, columns, height=0.2 + 2.1 * rows)
    alt_text = []
    for panel, (title, support) in zip(axes.flat, supports.items(), strict=False):
        top, left, height, width = support_box(support)
        if image is not None:
            panel.imshow(np.asarray(image, dtype=float).mean(axis=0), cmap="gray", vmin=0, vmax=1)
        shown = np.ma.masked_equal(support, 0)
        panel.imshow(np.sqrt(shown), cmap=STRENGTH, vmin=0, vmax=1)
        frame = Rectangle((left - 0.5, top - 0.5), width, height, fill=False, color=COLORS[1], linewidth=1.6)
        panel.add_patch(frame)
        bare(panel)
        panel.spines[:].set(visible=True, color="#AAAAAA")
        panel.set_title(f"{title}\n{height} x {width} pixels")
        alt_text.append(f"{title} {height} x {width}")
    for panel in axes.flat[len(supports) :]:
        panel.set_visible(False)
    figure.many_colors = image is not None
    figure.alt = f"Receptive fields in pixels: {', '.join(alt_text)}."
    return figure
