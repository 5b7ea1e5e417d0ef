"""PCA map of vectors with many numbers: the plane in which they differ most.

Principal component analysis (Pearson 1901; Hotelling 1933): the directions are the first right singular
vectors of the centered data, and their shares of the variance are squared singular values. The map is linear:
near on the map does not mean near in all dimensions, and the shares say how much is not to be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from torch import Tensor

from .style import COLORS, MARKERS, Picture, picture, styled


@dataclass(frozen=True)
class PcaMap:
    """Points in the plane (or line, or space) of largest variance.

    Attributes:
        points: (N, dimensions), the largest variance first.
        axes: directions of length 1, (dimensions, D).
        mean: (D,).
        explained: share of the whole variance that each direction has, (dimensions,).
    """

    points: Tensor
    axes: Tensor
    mean: Tensor
    explained: Tensor

    def place(self, vectors: Tensor) -> Tensor:
        """Where other vectors (N, D) lie on this map: (N, dimensions)."""
        return (vectors.double() - self.mean) @ self.axes.T


def pca_map(vectors: Tensor, dimensions: int = 2) -> PcaMap:
    """Find the directions of largest variance, in double precision.

    A direction and its opposite are equally good; here the number of largest size in each is positive.

    Args:
        vectors: one row an example, (N, D) floats.
        dimensions: of the map, at most N - 1 and D.

    Raises:
        ValueError: another shape, too many dimensions, values that are not finite, or equal rows only.
    """
    if vectors.dim() != 2 or not vectors.is_floating_point() or not bool(vectors.isfinite().all()):
        raise ValueError(
            f"vectors has shape {tuple(vectors.shape)}, {vectors.dtype}; it must be finite floats (N, D)"
        )
    most = min(len(vectors) - 1, vectors.shape[1])
    if not 1 <= dimensions <= most:
        raise ValueError(
            f"dimensions={dimensions} must lie from 1 to {most}, for vectors {tuple(vectors.shape)}"
        )
    rows = vectors.detach().double()
    mean = rows.mean(dim=0)
    _, singular, axes = torch.linalg.svd(rows - mean, full_matrices=False)
    variance = singular.square()
    if variance.sum() == 0:
        raise ValueError("vectors has equal rows only; they have no direction of largest variance")
    axes = axes[:dimensions]
    signs = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True)).sign()  # (dimensions, 1)
    axes = axes * signs
    return PcaMap((rows - mean) @ axes.T, axes, mean, variance[:dimensions] / variance.sum())


@styled
def plot_pca_map(
    mapped: PcaMap, labels: Tensor, class_names: Sequence[str], images: Tensor | None = None
) -> Picture:
    """Draw the first two dimensions: a point each, with color and marker of its class, or its image.

    Args:
        mapped: as `pca_map` gives it, with two dimensions at least.
        labels: (N,), the class of each.
        class_names: at most eight.
        images: (N, C, H, W) with C = 1 or 3, from 0 to 1, drawn small in place of points.

    Raises:
        ValueError: one dimension, more classes than markers, or the numbers differ.
    """
    N, dimensions = mapped.points.shape
    if dimensions < 2 or len(labels) != N or (images is not None and len(images) != N):
        raise ValueError(
            f"mapped has shape {(N, dimensions)}; labels and images must have {N} entries, and it two columns"
        )
    if len(class_names) > len(MARKERS):
        raise ValueError(f"class_names has {len(class_names)} entries; {len(MARKERS)} can be told apart")
    figure, axes = picture(height=5.6 if images is not None else 4.4)
    panel = axes[0, 0]
    points = mapped.points.cpu().numpy()
    for number, name in enumerate(class_names):
        x, y = points[(labels == number).cpu().numpy()][:, :2].T
        size = {"markersize": 6, "markeredgecolor": "white", "markeredgewidth": 0.5}
        panel.plot(x, y, MARKERS[number], color=COLORS[number], label=name, **size)
    if images is not None:
        pixels = max(1, images.shape[-1])
        for (x, y), image, label in zip(points[:, :2], images, labels.tolist(), strict=True):
            small = OffsetImage(image.expand(3, -1, -1).permute(1, 2, 0).cpu().numpy(), zoom=26 / pixels)
            frame = {"edgecolor": COLORS[label], "linewidth": 1.6}
            panel.add_artist(AnnotationBbox(small, (x, y), pad=0.08, bboxprops=frame))
        figure.many_colors = True
    first, second = (f"{share:.0%} of the variance" for share in mapped.explained[:2].tolist())
    panel.set(xlabel=f"first direction, {first}", ylabel=f"second direction, {second}")
    panel.legend(loc="upper left", bbox_to_anchor=(1, 1))
    figure.alt = (
        f"{N} points of {len(class_names)} classes in the plane of largest variance, which shows "
        f"{mapped.explained[:2].sum().item():.0%} of it."
    )
    return figure
