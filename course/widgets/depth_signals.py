"""Explorer: signals and gradients through a plain and a residual net, by depth."""

from ipywidgets import Checkbox, FloatSlider, IntSlider

from course.visualize.depth_signals import plot_depth_signals

from .explorer import Explorer


def depth_signal_explorer() -> Explorer:
    """The two nets with controls for depth, batch norm and the factor of the residual."""
    return Explorer(
        plot_depth_signals,
        blocks=IntSlider(27, min=1, max=27),
        batch_norm=Checkbox(True),
        scale=FloatSlider(1.0, min=0.05, max=1.0, step=0.05, description="residual ×"),
    )
