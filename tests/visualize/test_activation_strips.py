"""Histograms of layers count what is there."""

import numpy as np
import pytest
import torch

from course.nn import Recorder
from course.visualize import activation_strip, plot_activation_strips


def test_counts_by_hand():
    """Values fall into their bins; zeros, infinities and what lies outside are counted apart."""
    values = torch.tensor([[-0.5, 0.5, 0.6, 1.0], [0.0, 3.0, float("inf"), float("nan")]])
    strip = activation_strip(values, np.array([-1.0, 0, 1]))
    np.testing.assert_array_equal(strip.counts, [1, 3])
    assert strip.zeros == 1 / 8
    assert strip.lost == pytest.approx(3 / 8)
    assert strip.std == pytest.approx(np.std([-0.5, 0.5, 0.6, 1, 0, 3]))


def test_counts_are_those_of_numpy():
    """Without zeros and outliers the counts are numpy's histogram, for any dtype."""
    values = torch.randn(200, generator=torch.Generator().manual_seed(0)).half()
    edges = np.linspace(-6, 6, 13)
    strip = activation_strip(values, edges)
    np.testing.assert_array_equal(strip.counts, np.histogram(values.double().numpy(), edges)[0])
    assert strip.zeros == 0 and strip.lost == 0


def test_only_infinities_are_told():
    """A layer that has exploded is no error: nothing is counted and all is lost."""
    strip = activation_strip(torch.full((4,), float("inf")), np.array([0.0, 1]))
    assert strip.counts.sum() == 0 and strip.lost == 1 and np.isnan(strip.std)


def test_no_values_are_refused():
    """An empty layer is an error."""
    with pytest.raises(ValueError, match=r"values is empty; a histogram needs at least one value"):
        activation_strip(torch.empty(0), np.array([0.0, 1]))


def test_what_a_recorder_kept_is_drawn_layer_by_layer():
    """One column a network; the layers' names from the top; each column's numbers are its layers'."""
    networks = {}
    for title, scale in {"narrow": 0.1, "wide": 1.0}.items():
        model = torch.nn.Sequential(torch.nn.Linear(4, 50), torch.nn.ReLU())
        with torch.no_grad():
            model[0].weight.mul_(scale)
        with Recorder(model, keep_values=True) as recorder:
            model(torch.randn(20, 4, generator=torch.Generator().manual_seed(0)))
        networks[title] = {name: calls[0].values for name, calls in recorder.activations.items()}
    figure = plot_activation_strips(networks)
    assert [axes.get_title() for axes in figure.axes] == ["narrow", "wide"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["0", "1"]
    assert figure.axes[0].get_yticks()[0] > figure.axes[0].get_yticks()[1]
    for axes, layers in zip(figure.axes, networks.values(), strict=True):
        for text, values in zip(axes.texts, layers.values(), strict=True):
            assert text.get_text().startswith(f"std {values.std(correction=0):.2g}")
        floors = [strip.get_data().baseline for strip in axes.patches]
        for floor, text, tick in zip(floors, axes.texts, figure.axes[0].get_yticks(), strict=True):
            assert floor < tick < floor + 1 and floor < text.get_position()[1] < floor + 1
        assert "% zero" in axes.texts[1].get_text() and "zero" not in axes.texts[0].get_text()
    assert figure.alt == "Histograms of the outputs of 2 layers for narrow and wide."


def test_all_columns_share_one_range():
    """By default from the lowest to the highest finite value of all; equal values get a width."""
    networks = {"a": {"x": torch.tensor([1.0, 2.0])}, "b": {"x": torch.tensor([-3.0, float("nan")])}}
    assert [axes.get_xlim() for axes in plot_activation_strips(networks).axes] == [(-3, 2), (-3, 2)]
    constant = plot_activation_strips({"a": {"x": torch.ones(3)}})
    assert constant.axes[0].get_xlim() == (0.5, 1.5)
    outside = plot_activation_strips(networks, value_range=(0, 1.5))
    assert outside.axes[0].texts[0].get_text() == "std 0.5\n50% outside"


def test_nothing_or_too_much_to_draw_is_refused():
    """No network, a network without layers, and five networks are errors."""
    layers = {"x": torch.ones(1)}
    for networks in ({}, {"a": {}}, dict.fromkeys("abcde", layers)):
        with pytest.raises(ValueError, match=rf"networks has {len(networks)} entries; 1 to 4 fit"):
            plot_activation_strips(networks)
