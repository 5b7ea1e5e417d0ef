"""The moving boundary shows the classifier of each step, and ends at the last."""

import numpy as np
import pytest
import torch

from course.visualize import animate_half_planes, point_clouds
from course.visualize.half_planes import class_region
from course.visualize.half_planes_motion import FRAMES, _Part
from course.visualize.style import picture

NAMES = ["blue", "orange", "green"]
BOX = 3.0 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def training(steps=60):
    points, labels = point_clouds([(0, 2), (-2, -1), (2, -1)], 5, 0.4, torch.Generator().manual_seed(0))
    growth = torch.linspace(0.2, 1, steps)[:, None, None]
    weights = growth * torch.tensor([[0.1, 1.0], [-1, -0.5], [1, -0.5]])
    return weights, torch.zeros(steps, 3) + 0.1, np.geomspace(1, 0.01, steps), points, labels


def test_a_training_becomes_a_motion_that_ends_with_its_last_step():
    """Not more frames than states, all of one size, the first unlike the last."""
    motion = animate_half_planes(*training(), NAMES, title="Turning")
    assert 2 <= len(motion.frames) <= FRAMES
    assert (motion.frames[0] != motion.frames[-1]).any()
    assert motion.alt.startswith(
        "Turning. Regions, zero lines and arrows of blue, orange and green move over 60"
    )
    shorter = animate_half_planes(*(part[-2:] for part in training()[:3]), *training()[3:], NAMES)
    assert len(shorter.frames) == 2


def test_a_class_is_drawn_as_its_row_says():
    """Region, zero line and arrow against half-planes and algebra; a class that never wins has no region."""
    weight, bias = np.array([[2.0, 0], [0, 1], [0, 0]]), np.array([-1.0, 0, -50])
    axes = picture()[1][0, 0]
    first, last = (_Part(axes, np.zeros((1, 2)), label, 3.0) for label in (0, 2))
    first.move(weight, bias)
    last.move(weight, bias)
    np.testing.assert_allclose(first.region.get_xy()[:-1], class_region(weight, bias, 0, BOX))
    assert first.arrow.get_position() == pytest.approx((0.5, 0)) and first.arrow.xy == pytest.approx((2.5, 0))
    np.testing.assert_allclose(weight[0] @ first.line.get_xydata().T + bias[0], 0, atol=1e-12)
    assert np.isnan(last.region.get_xy()).all()


def test_shapes_that_do_not_belong_together_are_refused():
    """Another number of biases, or a single step."""
    weights, biases, losses, points, labels = training()
    with pytest.raises(ValueError, match=r"biases \(59, 3\); for 60 losses"):
        animate_half_planes(weights, biases[1:], losses, points, labels, NAMES)
    with pytest.raises(ValueError, match="2 or more"):
        animate_half_planes(weights[:1], biases[:1], losses[:1], points, labels, NAMES)
