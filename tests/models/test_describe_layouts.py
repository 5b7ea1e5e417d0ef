"""What a unit sees in nets that turn, flatten and mix their maps, and where nothing is claimed."""

import pytest
import torch
from torch import nn

from course.models import describe

SIZE = 32


class Apply(nn.Module):
    """Any function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Attention(nn.Module):
    """Attention among (N, L, C), beside a shortcut."""

    def __init__(self, channels):
        super().__init__()
        self.attention = nn.MultiheadAttention(channels, 2, batch_first=True)

    def forward(self, x):
        return x + self.attention(x, x, x)[0]


class Excitation(nn.Module):
    """Squeeze and excitation: every channel is weighted by a global mean."""

    def __init__(self, channels):
        super().__init__()
        self.fc = nn.Linear(channels, channels)

    def forward(self, x):
        return x * self.fc(x.mean((2, 3))).sigmoid()[..., None, None]


def patches(channels=4, patch=4):
    return nn.Conv2d(3, channels, patch, patch)


def tokens():
    return Apply(lambda x: x.flatten(2).transpose(1, 2))


def with_class_token():
    return Apply(lambda x: torch.cat([torch.zeros(1, 1, x.shape[2]), x], dim=1))


def last(*layers):
    """Receptive field and jump of the last row."""
    row = describe(nn.Sequential(*layers), (3, SIZE, SIZE)).rows[-1]
    return row.receptive_field, row.jump


FOLLOWED = {
    "channels last": ((nn.Conv2d(3, 4, 3), Apply(lambda x: x.permute(0, 2, 3, 1)), nn.Linear(4, 4)), 3, 1),
    "there and back": (
        (
            *(nn.Conv2d(3, 4, 3), Apply(lambda x: x.permute(0, 2, 3, 1)), nn.LayerNorm(4), nn.Linear(4, 2)),
            *(Apply(lambda x: x.permute(0, 3, 1, 2)), nn.Conv2d(2, 2, 3)),
        ),
        5,
        1,
    ),
    "tokens": ((patches(), tokens(), nn.Linear(4, 8), nn.GELU()), 4, 4),
    "a class token": ((patches(), tokens(), with_class_token(), nn.LayerNorm(4)), 4, 4),
    "tokens as a map again": (
        (
            *(patches(), tokens(), with_class_token(), nn.Linear(4, 4)),
            *(Apply(lambda x: x[:, 1:].transpose(1, 2).unflatten(2, (8, 8))), nn.Conv2d(4, 4, 3)),
        ),
        12,
        4,
    ),
    "shuffled channels": ((nn.Conv2d(3, 4, 3), nn.ChannelShuffle(2), nn.Conv2d(4, 4, 3)), 5, 1),
    "sums over channels": ((nn.Conv2d(3, 4, 3), Apply(lambda x: x.amax(1, keepdim=True))), 3, 1),
    "Conv3d": ((nn.Unflatten(1, (1, 3)), nn.Conv3d(1, 2, 3), nn.Flatten(1, 2), nn.Conv2d(2, 2, 3)), 5, 1),
    "mirrored border": ((nn.ReflectionPad2d(1), nn.Conv2d(3, 2, 3, 2), nn.Conv2d(2, 2, 3)), 7, 2),
    "dilated pooling": ((nn.MaxPool2d(2, 1, dilation=3), nn.Conv2d(3, 2, 3)), 6, 1),
    "one unit of all": ((nn.Conv2d(3, 4, 3), Apply(lambda x: x[:, :, 5, 7])), 3, None),
    "all, after attention": ((patches(), tokens(), *[Attention(4) for _ in range(3)]), SIZE, 4),
    "all, after excitation": ((nn.Conv2d(3, 4, 1), *[Excitation(4) for _ in range(3)]), SIZE, 1),
    "all, after a token mixer": ((patches(), nn.Flatten(2), nn.Linear(64, 8)), SIZE, None),
    "all, in a recurrent net": ((Apply(lambda x: x.flatten(2)), nn.LSTM(SIZE * SIZE, 4)), SIZE, None),
}


@pytest.mark.parametrize("kind", FOLLOWED)
def test_axes_are_followed(kind):
    """Wherever height and width lie, windows widen what a unit sees; what mixes all positions sees all."""
    layers, size, jump = FOLLOWED[kind]
    assert last(*layers) == ((size, size), jump and (jump, jump))


@pytest.mark.parametrize(
    "layers",
    [
        (nn.Upsample(scale_factor=2),),
        (nn.ConvTranspose2d(3, 2, 2, 2), nn.Conv2d(2, 2, 3)),
        (nn.PixelUnshuffle(2),),
        (Apply(lambda x: x.roll(3, 2)),),
        (Apply(lambda x: x.view(1, 3, 4, 8, 4, 8).permute(0, 2, 4, 3, 5, 1).flatten(0, 2)), nn.Linear(3, 2)),
        (Apply(lambda x: x[:, :, torch.arange(5)]),),
    ],
)
def test_nothing_is_claimed_where_units_move(layers):
    """Upsampling, windows, rolls and choices by number: the cells stay empty, also of the whole net."""
    net = nn.Sequential(nn.Conv2d(3, 3, 1), *layers)
    description = describe(net, (3, SIZE, SIZE))
    assert last(*net) == (None, None)
    assert description.receptive_field is None
    assert description.rows[-1].cells()[-2:] == ("", "")


def gradient(net, *shape):
    """From which to which position along each axis one middle unit of the output has a gradient."""
    x = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    y = net.double()(x)
    y[(0, slice(None), *(size // 2 for size in y.shape[2:]))].sum().backward()
    axes = range(2, x.ndim)
    lines = [x.grad.abs().sum([dim for dim in range(x.ndim) if dim != axis]).nonzero() for axis in axes]
    return tuple(line[-1].item() - line[0].item() + 1 for line in lines)


@pytest.mark.parametrize(
    ("net", "shape"),
    [
        (nn.Sequential(nn.Conv1d(2, 3, 5, 2), nn.AvgPool1d(3, 2), nn.Conv1d(3, 1, 3, dilation=2)), (2, 90)),
        (nn.Sequential(nn.Conv3d(1, 2, (3, 1, 5)), nn.AvgPool3d(2), nn.Conv3d(2, 1, 3)), (1, 20, 21, 24)),
    ],
)
def test_one_and_three_axes(net, shape):
    """A signal or a volume, given as a tensor, is seen as the gradient says, and named in the caption."""
    description = describe(net, torch.zeros(1, *shape))
    assert description.receptive_field == gradient(net, *shape)
    assert description.caption() == f"Sequential, input {'×'.join(map(str, (1, *shape)))}"


def test_a_sequence_of_vectors_has_no_positions_of_pixels():
    """Its last axis holds features, so nothing is said about what a unit sees."""
    description = describe(nn.TransformerEncoderLayer(16, 2, 32), torch.zeros(5, 1, 16))
    assert {row.receptive_field for row in description.rows} == {None}
    assert description.receptive_field is None
