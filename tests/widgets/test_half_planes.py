"""The explorer of half-planes draws the classifier of its controls, and its losses."""

import numpy as np
import pytest
import torch

from course.widgets import draw_half_plane, half_plane_explorer
from course.widgets.half_planes import CLASSES, clouds, turned


def marks(figure):
    """The marked (angle, loss) of the right picture: hinge, softmax."""
    return [line.get_xydata()[0] for line in figure.axes[1].lines if len(line.get_xdata()) == 1]


@pytest.mark.parametrize("row", CLASSES)
def test_the_losses_are_those_of_torch(row):
    """Marks and curves are torch's own losses of the classifier on the points shown."""
    points, labels = clouds()
    figure = draw_half_plane(row, angle=135, position=0.4, length=1.7)
    weight, bias = turned(CLASSES.index(row), 135, 0.4, 1.7)
    scores = points @ weight.T + bias
    expected = [
        3 * torch.nn.functional.multi_margin_loss(scores, labels).item(),
        torch.nn.functional.cross_entropy(scores, labels).item(),
    ]
    np.testing.assert_allclose(marks(figure), [[135, expected[0]], [135, expected[1]]])
    for curve, value in zip((figure.axes[1].lines[0], figure.axes[1].lines[2]), expected, strict=True):
        angles, values = curve.get_xydata().T
        np.testing.assert_allclose(values[angles == 135], value)
    right = int((scores.argmax(dim=1) == labels).sum())
    assert figure.axes[0].get_title() == f"{right} of 60 points right"
    assert f"the {row} arrow has the angle 135" in figure.alt


def test_the_row_of_the_reader():
    """Its score is zero at the chosen distance along its arrow, which has the chosen length and angle."""
    weight, bias = turned(1, 30, 0.5, 2.0)
    direction = torch.tensor([3**0.5 / 2, 0.5], dtype=torch.float64)
    torch.testing.assert_close(weight[1], 2 * direction)
    torch.testing.assert_close(
        weight[1] @ (0.5 * direction) + bias[1], torch.tensor(0.0, dtype=torch.float64)
    )
    torch.testing.assert_close(weight[0], torch.tensor([0.0, 1.0], dtype=torch.float64))
    assert bias[0] == bias[2] == 0


def test_towards_its_cloud_both_losses_are_lower():
    """An arrow that points at its own cloud has less loss than one that points away, by both losses."""
    towards, away = marks(draw_half_plane(angle=90)), marks(draw_half_plane(angle=270))
    assert all(near[1] < far[1] / 2 for near, far in zip(towards, away, strict=True))


def test_an_unknown_class_is_refused():
    """The line lists the classes."""
    with pytest.raises(ValueError, match=r"row='blu' is unknown; .*did you mean 'blue'"):
        draw_half_plane("blu")


def test_every_combination_of_controls_draws():
    """The ends of all sliders together give a picture, also an arrow without length."""
    controls = half_plane_explorer().controls
    for row in CLASSES:
        for angle in (controls["angle"].min, controls["angle"].max):
            for position in (controls["position"].min, controls["position"].max):
                for length in (controls["length"].min, controls["length"].max):
                    figure = draw_half_plane(row, angle, position, length)
                    assert f"the length {length:.3g}" in figure.alt
    assert figure.png()


def test_controls_have_the_drawing_function_own_defaults():
    """The first picture is draw_half_plane() with no argument."""
    assert half_plane_explorer().picture().pixels().tobytes() == draw_half_plane().pixels().tobytes()
