import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from course.nn.connection_table import ConnectionTableConv2d

TABLE = [(0, 1), (2,), (2, 0, 1)]


@settings(max_examples=20, deadline=None)
@given(
    table=st.lists(st.lists(st.integers(0, 4), min_size=1, unique=True), min_size=1, max_size=6),
    kernel_size=st.sampled_from([1, 3, 5]),
)
def test_equals_one_small_convolution_for_each_output_map(table, kernel_size):
    """Each output map is a convolution over the input maps that its row of the table names."""
    layer = ConnectionTableConv2d(table, 5, kernel_size).double()
    x = torch.randn(2, 5, 7, 6, dtype=torch.float64)
    kernels = layer.weight.split([len(inputs) for inputs in table])
    maps = [F.conv2d(x[:, i], w[None], b[None]) for i, w, b in zip(table, kernels, layer.bias, strict=True)]
    torch.testing.assert_close(layer(x), torch.cat(maps, dim=1))


def test_a_full_table_is_an_ordinary_convolution():
    """With every link present the layer is torch's convolution with the same numbers."""
    layer = ConnectionTableConv2d([range(3)] * 4, 3, 5)
    conv = torch.nn.Conv2d(3, 4, 5)
    conv.load_state_dict({"weight": layer.weight.view(4, 3, 5, 5), "bias": layer.bias})
    x = torch.randn(2, 3, 9, 9)
    torch.testing.assert_close(layer(x), conv(x))


def test_where_no_link_is_there_is_no_weight():
    """The dense weight is zero without a link, and gradients and steps reach the links alone."""
    layer = ConnectionTableConv2d(TABLE, 3, 3)
    assert layer.weight.shape == (6, 3, 3)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0, weight_decay=0.1)
    layer(torch.randn(1, 3, 5, 5)).sum().backward()
    optimizer.step()
    linked = torch.tensor([[1, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=torch.bool)
    assert torch.equal((layer.dense_weight() != 0).all(-1).all(-1), linked)
    assert torch.equal((layer.dense_weight() != 0).any(-1).any(-1), linked)


def test_starts_narrower_where_more_is_read():
    """Weights start uniformly in ±2.4/F, and F is the number of inputs of the map, not of the layer."""
    layer = ConnectionTableConv2d([(0,), range(4)], 4, 25)
    first, second = layer.weight.split([1, 4])
    assert 0.9 * 2.4 / 625 < first.abs().max() <= 2.4 / 625
    assert 0.9 * 2.4 / 2500 < second.abs().max() <= 2.4 / 2500


def test_gradients_agree_with_finite_differences():
    """The gradients for input, kernels and biases agree with finite differences."""
    layer = ConnectionTableConv2d(TABLE, 3, 2).double()
    x = torch.randn(1, 3, 3, 3, dtype=torch.float64, requires_grad=True)

    def run(x, weight, bias):
        return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x,))

    assert torch.autograd.gradcheck(run, (x, layer.weight, layer.bias))


@pytest.mark.parametrize("row", [(), (0, 3), (1, 1), (-1,)])
def test_a_row_that_makes_no_sense_is_refused(row):
    """An output map must read different input maps that exist, and at least one."""
    with pytest.raises(ValueError, match=r"^table\[1\]=\(.*\) must hold different numbers from 0 to 2$"):
        ConnectionTableConv2d([(0,), row], 3, 5)


def test_a_table_of_nothing():
    """There is at least one output map, and a kernel has a size."""
    wrong = {"table=": ([], 3, 3), "kernel_size=0": ([[0]], 3, 0), "in_channels=0": ([[0]], 0, 3)}
    for words, arguments in wrong.items():
        with pytest.raises(ValueError, match=words):
            ConnectionTableConv2d(*arguments)
