import pytest
import torch
from torch import nn

from course.models import get_model
from course.models.nin import MLPConv


def test_the_cifar_net_has_966986_parameters():
    """Three mlpconv layers, 192-160-96, 192-192-192 and 192-192-10, have 966,986 parameters."""
    model = get_model("nin")
    assert sum(p.numel() for p in model.parameters()) == 966_986
    convs = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    assert [conv.out_channels for conv in convs] == [192, 160, 96, 192, 192, 192, 192, 192, 10]
    assert [conv.kernel_size[0] for conv in convs] == [5, 1, 1, 5, 1, 1, 3, 1, 1]


def test_a_1x1_convolution_is_a_linear_layer_at_every_pixel():
    """Cascaded cross channel parametric pooling is equivalent to a convolution with a 1×1 kernel."""
    block = MLPConv(3, (8, 6, 4), kernel_size=5)
    x = torch.randn(2, 3, 9, 7)
    hidden = torch.relu(block[0](x)).permute(0, 2, 3, 1)  # a vector at every pixel
    for conv in (block[2], block[4]):
        linear = nn.Linear(conv.in_channels, conv.out_channels)
        linear.load_state_dict({"weight": conv.weight[:, :, 0, 0], "bias": conv.bias})
        hidden = torch.relu(linear(hidden))
    torch.testing.assert_close(block(x), hidden.permute(0, 3, 1, 2))


def test_the_average_of_each_map_is_the_score_of_its_class():
    """Global average pooling: one map for each category, and its average goes into the softmax."""
    model = get_model("nin", width=1 / 8).eval()
    x = torch.randn(2, 3, 32, 32)
    maps = model.features(x)
    assert maps.shape == (2, 10, 8, 8)
    torch.testing.assert_close(model(x), maps.mean(dim=(2, 3)))
    assert (maps >= 0).all()


@pytest.mark.parametrize("size", [4, 28, 32, 64])
def test_any_size_fits(size):
    """There is no linear layer that fixes the size of the image."""
    assert get_model("nin", width=1 / 16, in_channels=1)(torch.zeros(2, 1, size, size)).shape == (2, 10)


def test_too_small_images_are_refused():
    """The line says the least size."""
    with pytest.raises(ValueError, match=r"^input 3×32 is too small for nin: at least 4×4$"):
        get_model("nin", width=1 / 16)(torch.zeros(1, 3, 3, 32))
