"""Weight matrix of a linear layer: which output is made of which input, which weights are one.

Every convolution (with a stride, dilated, grouped, transposed) is a fully connected layer in which most
weights are zero and the others are shared. The pattern of the matrix shows which kind it is.
"""

import copy
from collections.abc import Callable, Mapping

import numpy as np
import torch
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from .style import SIGNED_MAP, WIDTH, Picture, bare, picture, styled

TITLE = 0.5  # inches, of two lines above a matrix
EMPTY = "#F2F2F2"


@torch.no_grad()
def layer_matrix(layer: Callable[[Tensor], Tensor], shape: tuple[int, ...]) -> Tensor:
    """The matrix of a layer that is linear, without its bias: column i is what it makes of a 1 at input i.

    Args:
        layer: takes (N, *shape), gives N outputs of any shape.
        shape: of one input, such as (C, L) or (C, H, W).

    Returns:
        (outputs, inputs), in double precision; both are counted as `flatten` does.

    Raises:
        ValueError: the layer is not linear.
    """
    inputs = int(np.prod(shape))
    layer = copy.deepcopy(layer).double() if isinstance(layer, nn.Module) else layer
    none = layer(torch.zeros(1, *shape, dtype=torch.float64)).flatten()  # the bias
    ones = torch.eye(inputs, dtype=torch.float64).view(inputs, *shape)
    matrix = (layer(ones).flatten(1) - none).T
    probe = torch.linspace(-1, 2, inputs, dtype=torch.float64)
    if not torch.allclose(layer(probe.view(1, *shape)).flatten() - none, matrix @ probe):
        raise ValueError(f"layer={layer!r} is not linear: no matrix does what it does")
    return matrix


@styled
def plot_layer_matrices(matrices: Mapping[str, Tensor], nrow: int = 3) -> Picture:
    """Draw matrices beside each other, all cells of one size: purple above 0, orange below, zeros pale gray.

    Equal colors are equal weights, for each matrix is scaled by its own largest weight.

    Args:
        matrices: title to matrix, (outputs, inputs), as `layer_matrix` gives it.
        nrow: matrices in a row.

    Raises:
        ValueError: nothing to draw, or another number of dimensions.
    """
    values = {title: torch.as_tensor(matrix).detach().cpu().numpy() for title, matrix in matrices.items()}
    if not values or any(matrix.ndim != 2 or not matrix.size for matrix in values.values()):
        shapes = {title: matrix.shape for title, matrix in values.items()}
        raise ValueError(f"matrices of shapes {shapes} must be one or more of shape (outputs, inputs)")
    columns, rows = min(nrow, len(values)), -(-len(values) // nrow)
    shapes = [matrix.shape for matrix in values.values()]
    widest = max(inputs for _, inputs in shapes)
    tallest = [max(outputs for outputs, _ in shapes[row * nrow :][:nrow]) for row in range(rows)]
    cell = 0.92 * WIDTH / columns / (widest + 1)  # inches; the rest is between the matrices
    height = cell * sum(tallest) + TITLE * rows
    figure, axes = picture(rows, columns, height=height, gridspec_kw={"height_ratios": tallest})
    for panel in axes.flat:
        bare(panel)
    alt_text = []
    for panel, (title, matrix) in zip(axes.flat, values.items(), strict=False):
        outputs, inputs = matrix.shape
        most = max(np.abs(matrix).max(), 1e-9)
        look = {"facecolor": EMPTY, "edgecolor": "#AAAAAA", "linewidth": 1.2, "zorder": -1}
        panel.add_patch(Rectangle((-0.5, -0.5), inputs, outputs, **look))
        panel.imshow(np.ma.masked_equal(matrix, 0), cmap=SIGNED_MAP, vmin=-most, vmax=most)
        row = len(alt_text) // nrow
        panel.set(xlim=(-0.7, widest - 0.3), ylim=(tallest[row] - 0.3, -0.7))
        panel.set_title(f"{title}\n{outputs} × {inputs}", fontsize=9)
        alt_text.append(f"{title} {outputs} x {inputs}, {np.count_nonzero(matrix)} of them not 0")
    figure.many_colors = True
    figure.alt = f"Matrices of layers, outputs by inputs: {'; '.join(alt_text)}."
    return figure
