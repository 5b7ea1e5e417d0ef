"""A layer's matrix does what the layer does, and its pattern is that of the layer's kind."""

import pytest
import torch
from torch import nn

from course.visualize.layer_matrices import layer_matrix, plot_layer_matrices

LAYERS = {
    "convolution": (nn.Conv1d(2, 3, 3, stride=2, padding=1), (2, 9)),
    "dilated": (nn.Conv1d(1, 2, 3, dilation=2), (1, 8)),
    "grouped": (nn.Conv2d(4, 2, (2, 3), groups=2), (4, 4, 5)),
    "transposed": (nn.ConvTranspose2d(2, 3, 3, stride=2), (2, 3, 2)),
    "pooling": (nn.AvgPool2d(2), (2, 4, 6)),
    "linear": (nn.Linear(7, 3), (7,)),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_the_matrix_does_what_the_layer_does(kind):
    """Matrix times input plus the answer to zeros is torch's own output, and the layer stays as it was."""
    layer, shape = LAYERS[kind]
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    matrix = layer_matrix(layer, shape)
    x = torch.randn(5, *shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        bias, y = layer(torch.zeros(1, *shape)).flatten(), layer(x).flatten(1)
    torch.testing.assert_close((x.flatten(1).double() @ matrix.T + bias).float(), y, atol=1e-5, rtol=1e-5)
    assert all(torch.equal(before[name], value) for name, value in layer.state_dict().items())


def test_a_transposed_layer_is_the_transpose():
    """With the weights of a convolution of stride 2, a transposed one has its matrix, mirrored."""
    down, up = nn.Conv1d(1, 1, 3, stride=2), nn.ConvTranspose1d(1, 1, 3, stride=2)
    up.load_state_dict(down.state_dict())
    torch.testing.assert_close(layer_matrix(up, (1, 5)), layer_matrix(down, (1, 11)).T)


def test_groups_do_not_see_each_other():
    """Of a depthwise layer only the blocks on the diagonal are not 0."""
    matrix = layer_matrix(nn.Conv1d(3, 3, 3, padding=1, groups=3), (3, 4))
    blocks = torch.block_diag(*(torch.ones(4, 4) for _channel in range(3)))
    assert not matrix[blocks == 0].any() and matrix.count_nonzero() == 3 * (3 * 4 - 2)


def test_what_is_not_linear_is_refused():
    """ReLU has no matrix, and says so."""
    with pytest.raises(ValueError, match="is not linear"):
        layer_matrix(nn.ReLU(), (3,))


def test_the_picture_shows_every_matrix():
    """Each has its title with its size; all cells are as large as each other; the words count the weights."""
    figure = plot_layer_matrices({"one": torch.eye(3), "two": torch.tensor([[0.0, -2, 1, 0]])}, nrow=2)
    assert [axes.get_title() for axes in figure.axes] == ["one\n3 × 3", "two\n1 × 4"]
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert figure.alt == (
        "Matrices of layers, outputs by inputs: one 3 x 3, 3 of them not 0; two 1 x 4, 2 of them not 0."
    )
    for matrices in ({}, {"v": torch.ones(3)}):
        with pytest.raises(ValueError, match=r"must be one or more of shape \(outputs, inputs\)"):
            plot_layer_matrices(matrices)
