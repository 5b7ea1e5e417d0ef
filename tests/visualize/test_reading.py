"""What a net makes of a drawing is what it makes of the same digit as an image."""

import numpy as np
import pytest
import torch
from torch import nn

from course.data.drawings import center_digit, rasterize
from course.data.strokes import EXAMPLES
from course.models import get_model
from course.visualize import Reading, plot_reading, read_drawing


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return get_model("lenet5_modern")


def test_the_net_reads_the_centred_digit(model):
    """Probabilities and maps are the model's own, in evaluation mode, which ends afterwards."""
    model.train()
    reading = read_drawing(model, EXAMPLES["5"])
    assert model.training
    digit = center_digit(rasterize(EXAMPLES["5"]))
    np.testing.assert_array_equal(reading.digit, digit)
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(digit)[None, None]).softmax(1)[0]
    np.testing.assert_allclose(reading.probabilities, expected.numpy(), rtol=1e-5)
    first = next(layer for layer in model.modules() if isinstance(layer, nn.Conv2d))
    assert reading.maps.shape[0] == first.out_channels
    assert not first._forward_hooks, "the hook is gone"


def test_what_the_training_did_is_done_here_too():
    """`prepare` stands between the digit and the net: lenet5 wants 32 x 32 and other values."""
    reading = read_drawing(get_model("lenet5"), EXAMPLES["0"], lambda x: nn.functional.pad(x, [2] * 4))
    assert reading.maps.shape == (6, 28, 28)


def test_a_net_without_convolution_is_refused():
    """The line names the model and what it lacks."""
    with pytest.raises(ValueError, match=r"model=Linear has no nn\.Conv2d"):
        read_drawing(nn.Linear(784, 10), EXAMPLES["0"])


def test_the_picture_shows_answer_digit_and_maps():
    """The largest bar is the answer; there is one panel a map, eight at most."""
    chances = np.array([0.1, 0.7, 0.2], dtype=np.float32)
    rng = np.random.default_rng(0)
    reading = Reading(rng.uniform(size=(28, 28)), chances, rng.normal(size=(11, 6, 6)))
    figure = plot_reading(reading, "abc")
    assert reading.answer == 1 and "the net answers b" in figure.alt
    digit, bars, *maps = figure.axes
    assert [bar.get_height() for bar in bars.patches] == pytest.approx(chances)
    np.testing.assert_array_equal(digit.images[0].get_array(), reading.digit)
    assert len(maps) == 8
    np.testing.assert_array_equal(maps[3].images[0].get_array(), reading.maps[3])


def test_an_empty_board_has_no_answer(model):
    """Nothing drawn: no bars, and a word of advice."""
    figure = plot_reading(read_drawing(model, []))
    assert figure.alt == "An empty board."
    assert all(bar.get_height() == 0 for bar in figure.axes[1].patches)
    assert figure.axes[1].get_title() == "draw a digit"
