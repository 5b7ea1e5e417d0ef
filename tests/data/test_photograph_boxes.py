"""The boxes lie on their photographs, and round the thing that a net of another house names."""

import pytest
import torch

from course.data import read_photographs
from course.data.photograph_boxes import SIDE, photograph_boxes
from course.models import get_model
from course.visualize import class_activation_map


def test_boxes_lie_on_the_photographs():
    """Inside 224 pixels, in ascending order, none over the whole photograph."""
    boxes = photograph_boxes()
    assert len(boxes) == 65 and list(boxes) == sorted(boxes) and set(boxes) <= set(range(100))
    for left, top, right, bottom in boxes.values():
        assert 0 <= left < right <= SIDE and 0 <= top < bottom <= SIDE
        assert 0.03 < (right - left) * (bottom - top) / SIDE**2 < 0.9


@pytest.mark.nightly("shows an ImageNet net the photographs", early=True)
def test_a_class_activation_map_is_largest_inside_the_box():
    """A witness that has seen no box: EfficientNet's map of its class, in nine photographs of ten."""
    boxes, net = photograph_boxes(), get_model("efficientnet_lite0", pretrained=True).eval()
    pixels = torch.from_numpy(read_photographs(SIDE)).float() / 255
    chosen = list(boxes)[::3]
    inside = 0
    for number in chosen:
        values = class_activation_map(net, pixels[number], "features")  # (7, 7)
        row, column = divmod(int(values.argmax()), 7)
        left, top, right, bottom = (side / 32 for side in boxes[number])
        inside += left < column + 1 and column < right and top < row + 1 and row < bottom
    assert inside >= 0.9 * len(chosen)
