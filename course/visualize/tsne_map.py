"""t-SNE: maps of vectors that keep neighbors together, several side by side, for a single one misleads.

Van der Maaten and Hinton 2008 (JMLR 9, "Visualizing Data using t-SNE"), computed by scikit-learn. Before you
believe such a map, read Wattenberg, Viégas and Johnson 2016 (Distill, "How to Use t-SNE Effectively"):

* the size of a cluster means nothing: wide and narrow clouds come out equally large
* the distance between clusters mostly means nothing
* the perplexity, roughly the number of neighbors that count, changes everything: look at several
* noise looks like clusters where the perplexity is low

What may be read is who lies next to whom. For distances there is `pca_map`, which is linear.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from .pca_map import pca_map
from .style import COLORS, MARKERS, Picture, bare, picture, styled

EXACT = 1000  # points up to which nothing is approximated


def tsne_maps(vectors: Tensor, perplexities: Sequence[float] = (5, 15, 30)) -> dict[float, Tensor]:
    """Map vectors to the plane by t-SNE, once for each perplexity: (N, 2) each.

    It starts from the plane of largest variance, so the same machine gives the same maps; another processor
    may give others, for small differences grow.

    Args:
        vectors: one row an example, (N, D) finite floats.
        perplexities: of each map, from 1 to (N - 1) / 3.

    Raises:
        ValueError: another shape, values that are not finite, or a perplexity out of range.
    """
    from sklearn.manifold import TSNE  # takes a second to import

    start = pca_map(vectors).points
    start = (start / start[:, 0].std() * 1e-4).float().cpu().numpy()
    most = (len(vectors) - 1) / 3
    for perplexity in perplexities:
        if not 1 <= perplexity <= most:
            raise ValueError(
                f"perplexity={perplexity} must lie from 1 to {most:.3g}, a third of the other vectors"
            )
    method = "exact" if len(vectors) <= EXACT else "barnes_hut"
    rows = vectors.detach().float().cpu().numpy()
    return {
        perplexity: torch.from_numpy(
            TSNE(perplexity=perplexity, init=start, method=method, random_state=0).fit_transform(rows)
        )
        for perplexity in perplexities
    }


@styled
def plot_tsne_maps(maps: Mapping[float, Tensor], labels: Tensor, class_names: Sequence[str]) -> Picture:
    """Draw the maps side by side, without numbers at their edges, for these mean nothing.

    Args:
        maps: {perplexity: (N, 2)}, as `tsne_maps` gives them; two to four.
        labels: (N,), the class of each.
        class_names: at most eight.

    Raises:
        ValueError: another number of maps, labels or classes.
    """
    if not 2 <= len(maps) <= 4:
        raise ValueError(f"maps has {len(maps)} entries; it must have two to four: a single map misleads")
    if any(len(points) != len(labels) for points in maps.values()):
        raise ValueError(f"labels has {len(labels)} entries; each map must have as many points")
    if len(class_names) > len(MARKERS):
        raise ValueError(f"class_names has {len(class_names)} entries; {len(MARKERS)} can be told apart")
    figure, axes = picture(1, len(maps), height=7.0 / len(maps) + 0.75)
    for panel, (perplexity, points) in zip(axes[0], maps.items(), strict=True):
        bare(panel)
        panel.spines[:].set_visible(True)
        panel.set_box_aspect(1)
        panel.set_title(f"perplexity {perplexity:g}")
        for number, name in enumerate(class_names):
            x, y = points[labels == number].T.tolist()
            size = {"markeredgecolor": "white", "markeredgewidth": 0.4}
            size["markersize"] = 8 if MARKERS[number] == "*" else 5.5
            panel.plot(x, y, MARKERS[number], color=COLORS[number], label=name, **size)
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=min(4, len(names)))
    caution = "Near is alike; sizes of clusters and distances between them mean nothing."
    figure.suptitle(caution, x=0.01, ha="left", fontsize=9)
    figure.alt = (
        f"t-SNE maps of {len(labels)} points of {len(class_names)} classes, with perplexities "
        f"{', '.join(f'{perplexity:g}' for perplexity in maps)}. Who lies near is alike; sizes of clusters "
        "and distances between them mean nothing."
    )
    return figure
