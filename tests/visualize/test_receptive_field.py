"""Arithmetic and gradient agree on what a unit sees, and with what the papers' nets are known for."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.models.lenet import LeNet5
from course.models.resnet_cifar import resnet20_cifar
from course.visualize import gradient_support, plot_receptive_field, receptive_fields, support_box
from course.visualize.receptive_field import Field

LAYERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.booleans()), min_size=1, max_size=4)


@settings(deadline=None, max_examples=25)
@given(LAYERS)
def test_gradient_and_arithmetic_agree(layers):
    """For any chain of convolutions and max pools, the gradient's support is as wide as the formula says."""
    chain = [
        nn.MaxPool2d(kernel, stride) if pool else nn.Sequential(nn.Conv2d(1, 1, kernel, stride), nn.ReLU())
        for kernel, stride, pool in layers
    ]
    (*_, field) = receptive_fields([(kernel, stride) for kernel, stride, _ in layers])
    # where a stride steps over pixels, the support has holes; its frame is still the field
    frame = support_box(gradient_support(nn.Sequential(*chain), (1, field.size, field.size)))
    assert frame[2:] == (field.size, field.size)


def test_stacked_3x3():
    """n convolutions of 3 x 3 see 3, 5, 7, 9 and 11 pixels: Simonyan & Zisserman 2015, Section 2.3."""
    assert [field.size for field in receptive_fields([(3, 1)] * 5)] == [3, 5, 7, 9, 11]


def test_lenet5():
    """C1 5, S2 6, C3 14, S4 16, C5 32: LeCun et al. 1998, Section II.B, whose input is 32 x 32."""
    fields = receptive_fields([(5, 1), (2, 2), (5, 1), (2, 2), (5, 1)])
    assert [field.size for field in fields] == [5, 6, 14, 16, 32]
    assert fields[-1] == Field(size=32, jump=4)


def test_vgg16():
    """The last pooling of VGG's column D sees 212 pixels, by arithmetic and by gradient, at width 1."""
    convs = [2, 2, 3, 3, 3]
    chain = [layer for n in convs for layer in [(3, 1)] * n + [(2, 2)]]
    assert receptive_fields(chain)[-1].size == 212
    modules = [nn.Conv2d(1, 1, 3, padding=1) if k == 3 else nn.MaxPool2d(2) for k, _ in chain]
    support = gradient_support(nn.Sequential(*modules), (1, 320, 320))
    assert support_box(support)[2:] == (212, 212)


def test_course_models():
    """In the library's own nets, S4 and C5 of LeNet-5 see 16 and 32 pixels, the last of ResNet-20 sees 81."""
    net = LeNet5()
    layers = nn.Sequential(net.c1, net.s2, net.squash, net.c3, net.s4, net.squash, net.c5)
    assert support_box(gradient_support(layers, (1, 32, 32)))[2:] == (32, 32)
    assert support_box(gradient_support(layers[:5], (1, 32, 32)))[2:] == (16, 16)
    residual = nn.Sequential(*list(resnet20_cifar(width=0.25).children())[:-2])
    assert support_box(gradient_support(residual, (3, 128, 128)))[2:] == (81, 81)


class Shortcut(nn.Module):
    """A residual block: one way of 3 x 3 and one straight."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)) + x)


def test_what_was_learned_does_not_matter_and_is_kept():
    """Dead units, zero weights and batch norm hide nothing; the model itself is not touched."""
    model = nn.Sequential(Shortcut(), nn.Sigmoid(), Shortcut(), nn.Dropout(0.9)).train()
    with torch.no_grad():
        model[0].conv.weight.zero_()
        model[2].bn.running_mean.fill_(1e6)
        model[2].conv.bias.fill_(-1e6)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    support = gradient_support(model, (3, 9, 9))
    assert support_box(support) == (2, 2, 5, 5)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training and all(p.dtype == torch.float32 and p.requires_grad for p in model.parameters())


def test_strength_counts_the_ways():
    """Two box filters of 3 in a row weigh pixels 1, 2, 3, 2, 1 along each axis."""
    model = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3))
    ways = np.array([1, 2, 3, 2, 1])
    np.testing.assert_allclose(gradient_support(model, (1, 5, 5)), np.outer(ways, ways) / 9)


def test_a_unit_at_the_border_sees_less():
    """With padding, the corner unit's field is cut off by the image."""
    model = nn.Conv2d(1, 1, 5, padding=2)
    assert support_box(gradient_support(model, (1, 8, 8), unit=(0, 0))) == (0, 0, 3, 3)
    assert support_box(gradient_support(model, (1, 8, 8), unit=(0, 7))) == (0, 5, 3, 3)
    assert support_box(gradient_support(model, (1, 8, 6))) == (2, 1, 5, 5)


def test_bad_units_and_outputs_are_refused():
    """A unit outside, a net that ends in a vector, and a support of zeros are errors."""
    with pytest.raises(ValueError, match=r"unit=\(6, 0\) must lie within the output's 6 rows and 6 columns"):
        gradient_support(nn.Conv2d(1, 1, 3), (1, 8, 8), unit=(6, 0))
    with pytest.raises(ValueError, match=r"model gives shape \(1, 64\); it must be \(1, C, H, W\)"):
        gradient_support(nn.Flatten(), (1, 8, 8))
    with pytest.raises(ValueError, match=r"support is 0 everywhere; the unit sees no pixel"):
        support_box(np.zeros((3, 3)))
    with pytest.raises(ValueError, match=r"supports=\{\} must hold at least one support"):
        plot_receptive_field({})


def test_the_frame_in_the_picture_is_the_box():
    """The rectangle drawn has the field's place and size, and title and alternative text tell it."""
    support = np.zeros((9, 9))
    support[2:5, 3:7] = 1
    for image in (None, torch.rand(1, 9, 9), torch.rand(3, 9, 9)):
        figure = plot_receptive_field({"unit": support, "same": support}, image)
        (frame,) = figure.axes[0].patches
        assert frame.get_xy() == (2.5, 1.5) and (frame.get_width(), frame.get_height()) == (4, 3)
        assert figure.axes[0].get_title() == "unit\n3 x 4 pixels"
        assert figure.alt == "Receptive fields in pixels: unit 3 x 4, same 3 x 4."
        assert figure.png()
