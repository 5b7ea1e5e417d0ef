"""Explorer: which pixels of an image speak for a class, and which against it?"""

from functools import partial

from ipywidgets import Dropdown, IntSlider
from torch import Tensor

from course.visualize.scores import plot_score
from course.visualize.style import Picture

from .explorer import Explorer


def draw_score(
    images: Tensor,
    labels: Tensor,
    weight: Tensor,
    bias: Tensor,
    class_names: tuple[str, ...],
    image: int = 0,
    looked_for: int = 0,
) -> Picture:
    """One of several images, the template of a class, what each pixel adds to its score, and all scores.

    Args:
        images: (N, 1, H, W), gray.
        labels: (N,), the true classes.
        weight: (classes, H · W), as `torch.nn.Linear` holds it.
        bias: (classes,).
        class_names: one a class.
        image: which image.
        looked_for: whose template.
    """
    return plot_score(images[image], int(labels[image]), looked_for, weight, bias, class_names)


def score_explorer(
    images: Tensor, labels: Tensor, weight: Tensor, bias: Tensor, class_names: tuple[str, ...]
) -> Explorer:
    """The scores of a linear classifier, with controls for image and class; arguments as `draw_score`."""
    options = [(name, index) for index, name in enumerate(class_names)]
    return Explorer(
        partial(draw_score, images, labels, weight, bias, class_names),
        image=IntSlider(0, min=0, max=len(images) - 1),
        looked_for=Dropdown(options=options, value=int(labels[0]), description="template of"),
    )
