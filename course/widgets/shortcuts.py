"""Explorer: the three shortcuts of ResNet, around a block that keeps its shape or changes it."""

from ipywidgets import Dropdown, IntSlider

from course.models.resnet import SHORTCUTS
from course.visualize.shortcuts import plot_shortcut

from .explorer import Explorer


def shortcut_explorer() -> Explorer:
    """The shortcut with controls for option, channels and stride."""
    return Explorer(
        plot_shortcut,
        option=Dropdown(options=list(SHORTCUTS)),
        in_channels=IntSlider(4, min=1, max=8),
        out_channels=IntSlider(8, min=8, max=16),
        stride=IntSlider(2, min=1, max=2),
    )
