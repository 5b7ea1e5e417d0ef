"""A signal on its way: the layers appear one after the other, and the still holds them all."""

import numpy as np
import pytest
import torch

from course.visualize import animate_activation_strips, plot_activation_strips


def layers(depth, scale=1.0):
    values = torch.randn(depth, 200, generator=torch.Generator().manual_seed(0))
    return {f"layer {number}": scale**number * row for number, row in enumerate(values, 1)}


def test_the_last_frame_is_the_standing_picture():
    """With all its layers it is what `plot_activation_strips` draws, to the pixel; its text says it moves."""
    networks = {"kept": layers(3), "halved": layers(3, 0.5)}
    motion = animate_activation_strips(networks, (-2, 2), title="Halved.")
    standing = plot_activation_strips(networks, (-2, 2), title="Halved.")
    assert len(motion.frames) == 3
    np.testing.assert_array_equal(motion.frames[-1], standing.pixels())
    assert motion.alt == "Halved. Histograms of the outputs of 3 layers for kept and halved, layer by layer."


def test_each_frame_adds_one_layer_below():
    """From frame to frame nothing changes but the row of the new layer."""
    first, second, third = animate_activation_strips({"kept": layers(3)}, (-2, 2)).frames
    changed = [np.flatnonzero((a != b).any(axis=(1, 2))) for a, b in ((first, second), (second, third))]
    assert changed[0].max() < changed[1].max() and changed[0].min() < changed[1].min()
    assert np.ptp(changed[0]) < len(first) / 3


def test_what_cannot_move_is_refused():
    """No network, one layer, or nets of two depths are one clear line."""
    for networks in ({}, {"a": layers(1)}, {"a": layers(2), "b": layers(3)}):
        with pytest.raises(ValueError, match=rf"networks has {len(networks)} entries"):
            animate_activation_strips(networks, (-1, 1))
