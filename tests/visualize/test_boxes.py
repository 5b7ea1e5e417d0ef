"""Overlap of boxes against counted pixels, and the picture of both tasks."""

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from course.visualize import overlap, plot_boxes


def test_overlap_is_torchvisions():
    """Random boxes, near and far: the same as box_iou."""
    rng = np.random.default_rng(0)
    corners = rng.integers(0, 30, size=(40, 2))
    boxes = np.concatenate([corners, corners + rng.integers(1, 20, size=(40, 2))], axis=1)
    expected = box_iou(torch.tensor(boxes).double(), torch.tensor(boxes).double()).numpy()
    found = np.array([[overlap(tuple(a), tuple(b)) for b in boxes] for a in boxes])
    np.testing.assert_allclose(found, expected)
    assert (found == 0).any() and (np.diag(found) == 1).all()


def test_the_picture_judges_each_guess():
    """A guess above one half is right, one below is wrong; the left panel has no box."""
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    figure = plot_boxes(image, "cat", (10, 10, 30, 30), {"A": (12, 12, 30, 30), "B": (25, 25, 50, 39)})
    left, right = figure.axes
    assert not left.patches and len(right.patches) == 3
    texts = [text.get_text() for text in right.texts]
    assert texts == ["truth", "A: 0.81, right", "B: 0.03, wrong"]
    places = [(text.get_position(), text.get_ha()) for text in right.texts]
    assert places == [((14, 14), "left"), ((16, 20), "left"), ((46, 29), "right")]
    assert figure.alt == ("A photograph twice: with the name cat alone, and with a true box and 2 guesses.")
    assert plot_boxes(image, "cat", (1, 1, 9, 9), {"A": (2, 2, 9, 9)}).alt.endswith("a true box and 1 guess.")


def test_what_is_no_box_is_refused():
    """A box without area and a grey image are errors."""
    with pytest.raises(ValueError, match=r"b=\(3, 0, 3, 5\) must have right > left and bottom > top"):
        overlap((0, 0, 2, 2), (3, 0, 3, 5))
    with pytest.raises(ValueError, match=r"image has shape \(4, 4\); it must be \(H, W, 3\)"):
        plot_boxes(np.zeros((4, 4)), "cat", (0, 0, 1, 1), {})
