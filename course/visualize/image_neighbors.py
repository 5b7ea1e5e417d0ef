"""Image retrieval: nearest images by their pixels, and by the features that a net has learned.

The distance is the same; only the space differs. See Krizhevsky et al. 2012, Section 6.1 and Figure 4
(right): images whose features are near are of one kind, though their pixels are far apart.
The default is the cosine distance: by L2 a few photographs with short feature vectors are near to all. Of
five neighbors among the course's 100 photographs 18 % are of the same kind by pixels and L2, 54 % by the
features of EfficientNet-Lite0's last block and L2, 57 % by these and cosine.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from course.neighbors import NearestNeighbors

from .images import with_channels
from .style import Picture, bare, picture, styled


def nearest_images(
    vectors: Tensor, queries: Sequence[int], count: int = 5, *, metric: str = "cosine"
) -> Tensor:
    """Numbers of the images nearest to some of them, without themselves, (queries, count), nearest first.

    Args:
        vectors: one row an image, (N, D) floats: `images.flatten(1)`, or what `pooled_features` gives.
        queries: numbers of images.
        count: how many neighbors, at most N - 1.
        metric: as in `course.neighbors`.

    Raises:
        TypeError, ValueError: as `course.neighbors.NearestNeighbors`; a query that is no image.
    """
    wrong = [query for query in queries if not 0 <= query < len(vectors)]
    if wrong or not queries:
        raise ValueError(f"queries={list(queries)} must hold numbers of images, 0 to {len(vectors) - 1}")
    if not 1 <= count < len(vectors):
        raise ValueError(f"count={count} must lie from 1 to {len(vectors) - 1}, the other images")
    rows = torch.as_tensor(queries)
    _, indices = NearestNeighbors(count + 1, metric=metric).fit(vectors).kneighbors(vectors[rows])
    others = [row[row != query][:count] for row, query in zip(indices, rows, strict=True)]
    return torch.stack(others)


@styled
def plot_image_neighbors(
    images: Tensor,
    queries: Sequence[int],
    neighbors: Mapping[str, Tensor],
    names: Sequence[str] | None = None,
) -> Picture:
    """Draw for each query one row a space: the query, then its neighbors, nearest first.

    Args:
        images: (N, C, H, W) with C = 1 or 3, from 0 to 1.
        queries: numbers of images.
        neighbors: {what is compared, such as "pixels": (queries, count)}, as `nearest_images` gives them.
        names: N names, one below each image.

    Raises:
        ValueError: nothing to draw, or the numbers of queries and rows differ.
    """
    images = with_channels(images)
    counts = {len(nearest) for nearest in neighbors.values()}
    if not queries or counts != {len(queries)}:
        raise ValueError(
            f"neighbors has rows {sorted(counts)}; it must have {len(queries)}, one a query, in each"
        )
    columns = 1 + max(nearest.shape[1] for nearest in neighbors.values())
    rows = len(queries) * len(neighbors)
    side = 6.6 / columns
    figure, axes = picture(rows, columns, height=rows * (side + 0.2 * (names is not None)))
    rows_of_axes, alt_text = iter(axes), []
    for number, query in enumerate(queries):
        for space, nearest in neighbors.items():
            row = next(rows_of_axes)
            for panel, index in zip(row, [query, *nearest[number].tolist()], strict=False):
                pixels = images[index].expand(3, -1, -1).permute(1, 2, 0).detach().cpu()
                panel.imshow(pixels.float().numpy(), vmin=0, vmax=1)
                if names is not None:
                    panel.set_title(shortened(names[index]), fontsize=7, pad=2)
            for panel in row:
                bare(panel)
            row[0].set_ylabel(f"by {space}", fontsize=9)
            if names is not None:
                listed = ", ".join(names[index] for index in nearest[number].tolist())
                alt_text.append(f"{names[query]} by {space}: {listed}")
    figure.many_colors = True
    figure.alt = (
        f"The images nearest to {len(queries)} images, by {' and by '.join(neighbors)}. "
        + "; ".join(alt_text)
    )
    return figure


def shortened(name: str, most: int = 18) -> str:
    """A name that fits above a small image."""
    return name if len(name) <= most else name[: most - 1] + "…"
