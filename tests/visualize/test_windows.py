"""Windows along one axis: as many as torch makes, where torch puts them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course.visualize import plot_windows, unseen_pixels, window_starts
from course.visualize.windows import Setting

SETTINGS = st.builds(Setting, st.integers(4, 12), st.integers(1, 4), st.integers(1, 5), st.integers(0, 2))


@settings(deadline=None, max_examples=40)
@given(SETTINGS)
def test_windows_are_torch_ones(setting):
    """A kernel that picks its first pixel gives the first pixel of each window; 0 stands for padding."""
    pixels = torch.arange(1.0, setting.pixels + 1).reshape(1, 1, -1)
    first = torch.zeros(1, 1, setting.kernel)
    first[..., 0] = 1
    found = F.conv1d(pixels, first, None, setting.stride, setting.padding).flatten().numpy()
    starts = window_starts(setting)
    assert len(starts) == len(found)
    inside = (starts >= 0) & (starts < setting.pixels)
    np.testing.assert_array_equal(np.where(inside, starts + 1, 0), found)


@settings(deadline=None, max_examples=40)
@given(SETTINGS)
def test_unseen_pixels_have_no_gradient(setting):
    """What lies in no window is what no output can feel."""
    x = torch.zeros(1, 1, setting.pixels, requires_grad=True)
    F.conv1d(x, torch.ones(1, 1, setting.kernel), None, setting.stride, setting.padding).sum().backward()
    assert unseen_pixels(setting) == torch.nonzero(x.grad.flatten() == 0).flatten().tolist()


def test_the_picture_counts_and_hatches():
    """Each setting tells its outputs, draws its pixels with padding, and hatches what is unseen."""
    figure = plot_windows({"plain": (8, 3), "padded": (8, 3, 1, 1), "stride": (8, 3, 2)})
    panel = figure.axes[0]
    assert len(panel.patches) == 8 + 10 + 8
    assert [patch.get_hatch() is not None for patch in panel.patches].count(True) == 1
    assert panel.patches[-1].get_hatch()
    assert len(panel.lines) == 6 + 8 + 3
    titles = [text.get_text() for text in panel.texts if "→" in text.get_text()]
    assert titles == ["plain: 8 → 6", "padded: 8 → 8", "stride: 8 → 3"]
    assert figure.alt == (
        "Windows along one axis: plain, 8 pixels give 6 outputs; padded, 8 pixels give 8 outputs; "
        "stride, 8 pixels give 3 outputs, 1 unseen."
    )


def test_impossible_settings_are_refused():
    """A kernel that does not fit and a stride of 0 are errors, and so is nothing to draw."""
    for setting in (Setting(3, 6, 1, 1), Setting(3, 2, 0), Setting(3, 2, 1, -1)):
        with pytest.raises(ValueError, match=r"Setting\(pixels=3.*must have a kernel that fits"):
            window_starts(setting)
    with pytest.raises(ValueError, match=r"settings=\{\} must hold at least one setting"):
        plot_windows({})
