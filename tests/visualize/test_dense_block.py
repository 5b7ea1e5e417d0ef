"""The picture of a dense block has the channels of the block."""

import pytest
import torch

from course.models.densenet import DenseBlock
from course.models.densenet_cifar import figure1_block
from course.visualize.dense_block import dense_readings, plot_dense_block


def test_figure_1_reads_4_to_20_channels_and_gives_24():
    """Huang et al., Figure 1: five layers, k = 4; layer l reads k₀ + k (l - 1) channels."""
    readings = dense_readings(figure1_block())
    assert [reading.reads for reading in readings] == [4, 8, 12, 16, 20]
    assert [reading.adds for reading in readings] == [4] * 5
    assert readings[-1].groups == (4, 4, 4, 4, 4)


@pytest.mark.parametrize("bn_size", [0, 4])
@pytest.mark.parametrize("layers, channels, growth", [(1, 3, 2), (4, 7, 3), (12, 16, 12)])
def test_readings_are_what_the_layers_see(bn_size, layers, channels, growth):
    """What each layer gets when the block runs: the groups' sum; the output is all groups together."""
    block = DenseBlock(layers, channels, growth, bn_size)
    seen = []
    for layer in block.values():
        layer.register_forward_pre_hook(lambda layer, inputs: seen.append(inputs[0].shape[1]))
    output = block(torch.zeros(2, channels, 3, 3))
    readings = dense_readings(block)
    assert [reading.reads for reading in readings] == seen == [sum(r.groups) for r in readings]
    assert output.shape[1] == readings[-1].reads + readings[-1].adds


def test_every_layer_gets_an_arrow_from_all_maps_before_it():
    """1 + 2 + 3 + 4 + 5 arrows for five layers; the numbers stand below, the sum at the foot."""
    figure = plot_dense_block(figure1_block())
    (panel,) = figure.axes
    arrows = [patch for patch in panel.patches if type(patch).__name__ == "FancyArrowPatch"]
    assert len(arrows) == 15
    texts = [text.get_text() for text in panel.texts]
    assert [text for text in texts if text.startswith("reads")] == [f"reads\n{n}" for n in (4, 8, 12, 16, 20)]
    assert "output: 4 + 4 + 4 + 4 + 4 + 4 = 24 channels" in texts
    assert "read 4, 8, 12, 16, 20 channels" in figure.alt and figure.alt.endswith("the output has 24.")
