"""The explorer of convolution draws what the kernel in its control makes of the image."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course.visualize import KERNELS
from course.widgets import convolution_explorer, draw_convolution

IMAGE = np.random.default_rng(0).uniform(size=(20, 30))


def torch_result(kernel):
    image, weights = torch.from_numpy(IMAGE), torch.tensor(kernel, dtype=torch.float64)
    return F.conv2d(image[None, None], weights[None, None])[0, 0].numpy()


@pytest.mark.parametrize("name", KERNELS)
def test_the_right_picture_is_torch_convolution(name):
    """For each kernel the second picture is what F.conv2d gives, inside the first one's frame."""
    kernel = tuple(map(tuple, KERNELS[name].tolist()))
    before, after = draw_convolution(IMAGE, (3, 4), kernel).axes[:2]
    np.testing.assert_array_equal(before.images[0].get_array(), IMAGE)
    np.testing.assert_allclose(after.images[0].get_array(), torch_result(kernel), atol=1e-12)
    assert after.images[0].get_extent() == [0.5, 28.5, 18.5, 0.5]
    assert ("purple" in after.get_title()) is ("edges" in name)


def test_the_numbers_are_of_the_window():
    """The marks lie in the middle of the window; the products that are written add up to the output."""
    figure = draw_convolution(IMAGE, (3, 4), row=2, column=1)
    for panel in figure.axes[:2]:
        assert panel.lines[0].get_xydata().tolist() == [[4 + 1 + 1, 3 + 2 + 1]]
    said = [text.get_text() for text in figure.axes[2].texts]
    part = np.round(100 * IMAGE[3:8, 4:9])
    assert said[:25] == [f"{number:.3g}" for number in part.ravel()]
    products = part[2:5, 1:4] * KERNELS["vertical edges"]
    start = said.index("kernel") + 1
    assert said[start : start + 9] == [f"{number:.3g}" for number in products.ravel()]
    assert said[-1] == f"the products add up to {products.sum():.4g}"


def test_every_end_of_the_controls_draws():
    """Each kernel at each end of the sliders gives a picture that tells of it."""
    controls = (explorer := convolution_explorer(IMAGE, (15, 25))).controls
    for name in KERNELS:
        controls["kernel"].known.value = name
        for end in ("min", "max"):
            controls["row"].value = getattr(controls["row"], end)
            controls["column"].value = getattr(controls["column"], end)
            alt = explorer.picture().alt
            assert f"row {controls['row'].value}, column {controls['column'].value}" in alt
            assert str(np.round(KERNELS[name], 3).tolist()) in alt


def test_controls_have_the_drawing_function_own_defaults():
    """The first picture is draw_convolution() with no further argument; flat images can be drawn."""
    assert (
        convolution_explorer(IMAGE, (3, 4)).picture().pixels().tobytes()
        == draw_convolution(IMAGE, (3, 4)).pixels().tobytes()
    )
    assert draw_convolution(np.zeros((5, 5)), (0, 0)).png()


def test_what_cannot_be_shown_is_refused():
    """A colour image, a part outside, and an output outside are errors."""
    with pytest.raises(
        ValueError, match=r"image has shape \(3, 20, 30\); it must be \(H, W\), 5 x 5 or more"
    ):
        draw_convolution(np.zeros((3, 20, 30)), (0, 0))
    with pytest.raises(ValueError, match=r"corner=\(16, 0\) must leave room for 5 x 5 pixels in \(20, 30\)"):
        draw_convolution(IMAGE, (16, 0))
    with pytest.raises(ValueError, match=r"row=3, column=0 must lie within the output \(3, 3\)"):
        draw_convolution(IMAGE, (0, 0), row=3, column=0)


def test_a_person_chooses_a_kernel(kernel):
    """In a notebook, choosing a kernel in the list draws one new picture with it."""
    setup = "import numpy as np\nfrom course.widgets import convolution_explorer\n"
    messages = kernel.run(setup + "convolution_explorer(np.eye(30), (3, 4))")
    assert not kernel.of_type(messages, "error")
    opened = kernel.of_type(messages, "comm_open")
    lists = [m for m in opened if m["data"]["state"].get("_model_name") == "DropdownModel"]
    numbers = [m for m in opened if m["data"]["state"].get("_model_name") == "FloatTextModel"]
    assert len(lists) == 1 and len(numbers) == 9
    index = list(KERNELS).index("sharpen")
    (update,) = kernel.of_type(kernel.move(lists[0]["comm_id"], index=index), "update_display_data")
    assert str(KERNELS["sharpen"].tolist()) in update["data"]["text/plain"]
    moved = kernel.move(numbers[4]["comm_id"], value=9.0)
    (update,) = kernel.of_type(moved, "update_display_data")
    assert "[-1.0, 9.0, -1.0]" in update["data"]["text/plain"]
