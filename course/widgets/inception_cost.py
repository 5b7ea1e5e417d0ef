"""Explorer: what the reductions of an inception module save, by branch."""

from ipywidgets import IntSlider

from course.visualize.inception_cost import plot_inception_cost
from course.visualize.style import Picture

from .explorer import Explorer

SIZE, IN_CHANNELS, OUTPUTS = 28, 256, (128, 192, 96)


def draw_inception_cost(before_3x3: int = 64, before_5x5: int = 64, after_pool: int = 64) -> Picture:
    """Multiply-adds of each branch of one module on a 28×28×256 map: the example of CS231n's lecture.

    Args:
        before_3x3, before_5x5, after_pool: channels of the 1×1 convolutions; 0 for none.
    """
    return plot_inception_cost(IN_CHANNELS, SIZE, OUTPUTS, (before_3x3, before_5x5, after_pool))


def inception_cost_explorer() -> Explorer:
    """The module with a control for each reduction."""
    return Explorer(
        draw_inception_cost,
        before_3x3=IntSlider(64, min=0, max=256, step=16, description="1×1 before 3×3"),
        before_5x5=IntSlider(64, min=0, max=256, step=16, description="1×1 before 5×5"),
        after_pool=IntSlider(64, min=0, max=256, step=16, description="1×1 after the pool"),
    )
