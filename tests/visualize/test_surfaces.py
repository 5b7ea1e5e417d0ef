"""The surfaces are the functions that their formulas say."""

import pytest
import torch

from course.visualize.surfaces import BEALE, BOWL, SADDLE, SURFACES, height_grid

ALL = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES.keys())


def test_heights_by_hand():
    """Each surface has the height that its formula gives at a point computed by hand."""
    point = torch.tensor([2.0, -1.0], dtype=torch.float64)
    assert BOWL.function(point).item() == (4 + 25) / 2
    assert SADDLE.function(point).item() == 2 - 0.5 + 0.25
    # x = 2, y = -1: 1.5 - 2 - 2 = -2.5; 2.25 - 2 + 2 = 2.25; 2.625 - 2 - 2 = -1.375
    assert BEALE.function(point).item() == 2.5**2 + 2.25**2 + 1.375**2


@ALL
def test_minima_are_flat_and_lowest(surface):
    """At each minimum the gradient is zero, and no point of the window lies lower."""
    minima = torch.tensor(surface.minima, dtype=torch.float64, requires_grad=True)
    heights = surface.function(minima)
    heights.sum().backward()
    assert torch.allclose(minima.grad, torch.zeros_like(minima), atol=1e-12)
    assert height_grid(surface)[2].min() >= heights.max().item() - 1e-12


@ALL
def test_start_and_minima_lie_in_the_window(surface):
    """What a picture marks lies inside it."""
    assert surface.contains(*surface.start)
    assert all(surface.contains(*minimum) for minimum in surface.minima)
    assert not surface.contains(float("nan"), 0.0)


def test_first_minimum_is_downhill_from_the_start():
    """Small steps of gradient descent from the start end nearest to the first minimum."""
    for surface in SURFACES.values():
        point = torch.tensor(surface.start, dtype=torch.float64)
        for _ in range(1000):
            point.requires_grad_(True)
            (grad,) = torch.autograd.grad(surface.function(point), point)
            point = (point - 0.01 * grad).detach()
        distances = (point - torch.tensor(surface.minima)).norm(dim=1)
        assert distances.argmin() == 0 and surface.minimum == surface.minima[0]


@ALL
def test_grid_is_the_function_on_the_window(surface):
    """The grid's corner and middle points have the function's heights, rows along y."""
    x, y, heights = height_grid(surface, resolution=11)
    assert (x[0], x[-1]) == surface.x_range and (y[0], y[-1]) == surface.y_range
    for row, column in [(0, 0), (0, 10), (10, 0), (3, 7)]:
        expected = surface.function(torch.stack([x[column], y[row]]))
        assert heights[row, column].item() == pytest.approx(expected.item(), rel=1e-12)


def test_saddle_is_neither_top_nor_bottom_at_the_middle():
    """At (0, 0) the saddle is flat, curved up along x and down along y."""
    hessian = torch.autograd.functional.hessian(SADDLE.function, torch.zeros(2))
    assert torch.equal(hessian, torch.diag(torch.tensor([1.0, -1.0])))


def test_bowl_is_25_times_steeper_along_y():
    """The bowl's condition number is 25."""
    hessian = torch.autograd.functional.hessian(BOWL.function, torch.zeros(2))
    assert torch.equal(hessian, torch.diag(torch.tensor([1.0, 25.0])))
