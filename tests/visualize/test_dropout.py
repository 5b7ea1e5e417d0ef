"""The net after dropout is the one that the mask leaves."""

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection, PathCollection

from course.nn.dropout import dropout_mask
from course.visualize import keep_rates, kept_edges, plot_dropout_masks, plot_dropout_net

MASKS = [torch.tensor([0.0, 2, 2]), torch.tensor([2.0, 0]), torch.ones(1)]


def test_kept_edges_join_kept_units():
    """A connection is left if and only if both its units are."""
    first, second = kept_edges(MASKS)
    np.testing.assert_array_equal(first, [[False, False], [True, False], [True, False]])
    np.testing.assert_array_equal(second, [[True], [False]])


def test_a_dropped_unit_passes_nothing():
    """Edges that are left are the weights with a gradient in a real net whose units are masked."""
    generator = torch.Generator().manual_seed(3)
    masks = [dropout_mask((n,), 0.5, generator) for n in (4, 5)]
    weight = torch.rand(5, 4, requires_grad=True)
    ((weight @ masks[0]) * masks[1]).sum().backward()
    (edges,) = kept_edges(masks)
    np.testing.assert_array_equal(edges, weight.grad.T != 0)


def counts(axes):
    lines = [len(c.get_segments()) for c in axes.collections if isinstance(c, LineCollection)]
    units = [len(c.get_offsets()) for c in axes.collections if isinstance(c, PathCollection)]
    return lines, units


def test_both_nets_of_the_paper_are_drawn():
    """(a) has all 3 · 2 + 2 · 1 lines and no cross; (b) has those that are left, and crosses."""
    figure = plot_dropout_net(MASKS)
    standard, dropped = figure.axes
    # for each layer: kept circles, dropped circles, crosses
    assert counts(standard) == ([6, 2], [3, 0, 0, 2, 0, 0, 1, 0, 0])
    assert counts(dropped) == ([2, 1], [2, 1, 1, 1, 1, 1, 1, 0, 0])
    assert [axes.get_xlabel() for axes in figure.axes] == ["(a) standard net", "(b) after dropout"]
    assert "1 of 3, 1 of 2, 0 of 1 units" in figure.alt


def test_nets_that_do_not_fit_are_refused():
    """One layer, an empty one and one of 13 units are errors that tell the sizes."""
    for masks in ([torch.ones(3)], [torch.ones(3), torch.ones(0)], [torch.ones(13), torch.ones(1)]):
        with pytest.raises(ValueError, match=r"masks has layers of \[.*\] units; at least two layers"):
            plot_dropout_net(masks)


def test_all_units_may_be_dropped():
    """p = 1 leaves circles with crosses and no line."""
    figure = plot_dropout_net([torch.zeros(3), torch.zeros(2)])
    assert counts(figure.axes[1]) == ([0], [0, 3, 3, 0, 2, 2]) and figure.png()


def test_keep_rates_are_the_share_of_steps():
    """Each unit's share is over the steps."""
    masks = torch.tensor([[2.0, 0, 2], [2, 0, 0], [2, 0, 0], [2, 2, 0]])
    np.testing.assert_array_equal(keep_rates(masks), [1, 0.25, 0.25])
    with pytest.raises(ValueError, match=r"masks has shape \(3,\); it must be \(steps, units\), not empty"):
        keep_rates(torch.ones(3))
    with pytest.raises(ValueError, match=r"masks has shape \(0, 3\)"):
        keep_rates(torch.ones(0, 3))


def test_masks_over_steps_are_drawn_as_they_are():
    """Columns are steps, rows are units; bars are the shares, the dashed line is 1 - p."""
    masks = dropout_mask((30, 6), 0.2, torch.Generator().manual_seed(0))
    figure = plot_dropout_masks(masks, p=0.2)
    left, right = figure.axes
    np.testing.assert_array_equal(left.images[0].get_array(), masks.T != 0)
    np.testing.assert_allclose([bar.get_width() for bar in right.patches], keep_rates(masks))
    assert right.lines[0].get_xdata()[0] == 0.8
    different = len(np.unique(masks.numpy(), axis=0))
    assert figure.alt == f"Dropout masks of 6 units over 30 steps with p = 0.2; {different} different masks."
