"""Cross-correlation agrees with torch, and a step shows how one of its numbers comes about."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from course.visualize import KERNELS, convolution_step, correlate, plot_convolution_step


@settings(deadline=None, max_examples=25)
@given(
    size=st.tuples(st.integers(4, 9), st.integers(4, 9)),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    seed=st.integers(0, 99),
)
def test_correlate_is_torch_conv2d(size, kernel, stride, padding, seed):
    """For any sizes, stride and padding the result is that of F.conv2d, which does not turn the kernel."""
    rng = np.random.default_rng(seed)
    x, k = rng.normal(size=size), rng.normal(size=kernel)
    before = x.copy()
    expected = F.conv2d(
        torch.from_numpy(x)[None, None], torch.from_numpy(k)[None, None], None, stride, padding
    )
    np.testing.assert_allclose(correlate(x, k, stride, padding), expected[0, 0], atol=1e-12)
    assert np.array_equal(x, before)


def test_a_step_is_its_window_and_what_came_before():
    """The window lies at stride times the output's place; later outputs are NaN, earlier ones are there."""
    rng = np.random.default_rng(0)
    x, k = rng.normal(size=(9, 8)), rng.normal(size=(3, 2))
    step = convolution_step(x, k, row=1, column=2, stride=2)
    assert step.corner == (2, 4)
    np.testing.assert_array_equal(step.window, x[2:5, 4:6])
    np.testing.assert_allclose(step.products.sum(), step.output[1, 2])
    whole = correlate(x, k, stride=2)
    known = ~np.isnan(step.output)
    assert known.sum() == 1 * whole.shape[1] + 3
    assert known.ravel()[: known.sum()].all()
    np.testing.assert_array_equal(step.output[known], whole[known])


def test_what_the_kernels_do():
    """Blur and sharpen keep a flat image, edge kernels make it 0; an edge kernel sees its own edges."""
    flat = np.full((5, 5), 0.7)
    for name, kernel in KERNELS.items():
        np.testing.assert_allclose(correlate(flat, kernel), 0.0 if "edges" in name else 0.7, atol=1e-12)
    step = np.repeat([[0.0, 0, 0, 1, 1, 1]], 5, axis=0)  # dark on the left: a vertical edge
    vertical, horizontal = KERNELS["vertical edges"], KERNELS["horizontal edges"]
    assert correlate(step, vertical).max() == 4 and not correlate(step, horizontal).any()
    assert correlate(step.T, horizontal).max() == 4 and not correlate(step.T, vertical).any()
    np.testing.assert_array_equal(correlate(step, KERNELS["nothing"]), step[1:-1, 1:-1])


def test_the_picture_shows_the_step():
    """All four matrices are drawn, with the window's and the output's place in a frame."""
    figure = plot_convolution_step(np.arange(20).reshape(4, 5), KERNELS["sharpen"], 1, 0)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert [name for name in said if name.isalpha()] == ["image", "kernel", "products", "output"]
    window, output = figure.axes[0].patches
    assert (window.get_x(), window.get_y(), window.get_width()) == (1, 1, 3)
    assert (output.get_x(), output.get_y(), output.get_width()) == (1 + 5 + 1 + 3 + 1 + 3 + 1, 1, 1)
    assert figure.alt.startswith("The window at row 1, column 0 of the image")


def test_what_does_not_fit_is_refused():
    """A kernel larger than the image, and an output that is not there, are errors."""
    with pytest.raises(ValueError, match=r"kernel of shape \(3, 3\) must fit into the padded image \(2, 9\)"):
        correlate(np.zeros((2, 9)), np.zeros((3, 3)))
    for row, column in ((3, 0), (0, 2), (-1, 0)):
        with pytest.raises(ValueError, match=r"must lie within the output \(3, 2\)"):
            convolution_step(np.zeros((5, 4)), np.zeros((3, 3)), row, column)
