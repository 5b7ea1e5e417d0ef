"""Nets that people write: `describe` counts them right, or one line says which layer does what."""

from dataclasses import dataclass
from types import MethodType

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils import parametrizations, prune
from torch.utils.flop_counter import FlopCounterMode

from course.models import describe

IMAGE = (3, 4, 4)


def net(forward, **parts):
    """A module with these parts and this forward."""
    module = nn.Module()
    for name, part in parts.items():
        setattr(module, name, part)
    module.forward = MethodType(forward, module)
    return module


def conv(in_channels=3, out_channels=3, kernel_size=1, **options):
    return nn.Conv2d(in_channels, out_channels, kernel_size, **options)


@dataclass
class Result:
    logits: torch.Tensor
    loss: float = 0.0


def tied():
    model = nn.Sequential(conv(bias=False), nn.ReLU(), conv(bias=False))
    model[2].weight = model[0].weight
    return model


def tied_embedding():
    model = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 10, bias=False))
    model[1].weight = model[0].weight
    return model


def with_spectral_norm():
    return nn.Sequential(parametrizations.spectral_norm(conv()), parametrizations.orthogonal(nn.Linear(4, 4)))


def written_in_parts(self, x):
    y = torch.zeros(1, 4, 4, 4)
    y[:, :2], y[:, 2:] = self.a(x), self.b(x)
    return self.c(y)


def over_rows(self, x):
    state = torch.zeros(1, 5)
    for row in x.flatten(2).unbind(1):
        state = self.cell(row, state)
    return state


def failing_part(self, x):
    try:
        x = self.broken(x)
    except RuntimeError:
        x = self.conv(x)
    return x


def packed(self, x):
    sequence = nn.utils.rnn.pack_padded_sequence(x, [5], batch_first=True)
    return nn.utils.rnn.pad_packed_sequence(self.rnn(sequence)[0])[0]


@torch.inference_mode()
def in_inference_mode(self, x):
    return self.fc(self.conv(x).flatten(1))


def attention(self, x):
    x = x.flatten(2)
    return self.attention(x, x, x)[0]


ODD = {
    "returns a dict": lambda: net(lambda self, x: {"out": self.c(x), "aux": None}, c=conv()),
    "returns nothing": lambda: net(lambda self, x: None, c=conv()),
    "a part returns a data class": lambda: net(
        lambda self, x: self.a(x).logits, a=net(lambda self, x: Result(self.c(x)), c=conv())
    ),
    "a part returns a dict of tuples": lambda: net(
        lambda self, x: self.a(x)["y"][1], a=net(lambda self, x: {"y": (x, self.c(x))}, c=conv())
    ),
    "a part returns a function": lambda: net(
        lambda self, x: self.a(x)().relu(), a=net(lambda self, x: lambda: self.c(x), c=conv())
    ),
    "a table that sees no image": lambda: net(
        lambda self, x: x + self.mlp(torch.rand(4, 2)), mlp=nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 4))
    ),
    "a table by number": lambda: net(lambda self, x: x + self.e(torch.arange(4)), e=nn.Embedding(4, 4)),
    "written in parts": lambda: net(written_in_parts, a=conv(3, 2), b=conv(3, 2), c=conv(4)),
    "one module three times": lambda: nn.Sequential(*[conv()] * 3),
    "tied weights": tied,
    "tied embedding": tied_embedding,
    "weight norm": lambda: nn.Sequential(parametrizations.weight_norm(conv())),
    "spectral norm and orthogonal": with_spectral_norm,
    "the old weight norm": lambda: torch.nn.utils.weight_norm(conv()),
    "the old spectral norm": lambda: nn.Sequential(torch.nn.utils.spectral_norm(conv())),
    "pruned": lambda: nn.Sequential(prune.l1_unstructured(conv(), "weight", 2)),
    "parameters of nobody": lambda: net(
        lambda self, x: self.c(x), c=conv(), lost=nn.Linear(3, 3), w=nn.Parameter(torch.zeros(5))
    ),
    "only in training": lambda: net(lambda self, x: self.c(x) if self.training else x, c=conv()),
    "a list of parameters": lambda: net(
        lambda self, x: x @ self.p[0] @ self.p[1],
        p=nn.ParameterList([torch.ones(4, 4), torch.ones(4, 2)]),
    ),
    "a weight that is taken": lambda: net(
        lambda self, x: nn.functional.conv2d(x, self.c.weight.data), c=conv(bias=False)
    ),
    "forward by name": lambda: net(lambda self, x: self.c.forward(x), c=conv()),
    "a part that fails": lambda: net(failing_part, broken=nn.Sequential(conv(), conv(5, 1)), conv=conv()),
    "empty": nn.Sequential,
    "empty lists": lambda: net(lambda self, x: x + 1, a=nn.ModuleList(), b=nn.ModuleDict()),
    "buffers alone": lambda: nn.BatchNorm2d(3, affine=False),
    "Conv1d": lambda: nn.Sequential(nn.Flatten(2), nn.Conv1d(3, 2, 3)),
    "Conv3d": lambda: nn.Sequential(nn.Unflatten(1, (1, 3)), nn.Conv3d(1, 2, 3, padding=1)),
    "transposed": lambda: nn.ConvTranspose2d(3, 6, 3, 2, groups=3),
    "LSTM": lambda: net(lambda self, x: self.rnn(x.flatten(2))[0], rnn=nn.LSTM(16, 8, batch_first=True)),
    "LSTM of two layers, two ways": lambda: nn.LSTM(6, 8, 2, bidirectional=True, proj_size=3),
    "GRU": lambda: nn.GRU(6, 8, batch_first=True),
    "a packed sequence": lambda: net(packed, rnn=nn.GRU(6, 8, batch_first=True)),
    "a cell by hand": lambda: net(over_rows, cell=nn.RNNCell(16, 5)),
    "attention": lambda: net(attention, attention=nn.MultiheadAttention(16, 2, batch_first=True)),
    "an encoder": lambda: nn.TransformerEncoderLayer(16, 2, 32),
    "two kinds of input": lambda: net(
        lambda self, x, i: self.a(x) + self.e(i).mean(1), a=nn.Linear(3, 4), e=nn.Embedding(9, 4)
    ),
    "inference mode": lambda: net(in_inference_mode, conv=conv(), fc=nn.Linear(48, 2)),
    "half precision": lambda: nn.Sequential(conv().half()),
    "to the processor": lambda: net(lambda self, x: self.c(x.to("cpu")), c=conv()),
    "a hidden layer": lambda: net(lambda self, x: self.layers[0](x), layers=(conv(),)),
}
SIZES = {
    "tied embedding": torch.zeros(1, 7, dtype=torch.long),
    "LSTM of two layers, two ways": torch.zeros(5, 1, 6),
    "GRU": torch.zeros(1, 5, 6),
    "a packed sequence": torch.zeros(1, 5, 6),
    "an encoder": torch.zeros(5, 1, 16),
    "two kinds of input": [torch.zeros(1, 3), torch.zeros(1, 6, dtype=torch.long)],
}
UNUSED = {"returns nothing": 12, "parameters of nobody": 17, "only in training": 12, "a part that fails": 6}


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("kind", ODD)
def test_an_odd_net_is_counted_right(kind):
    """Parameters are torch's, those that are used stand in rows; multiply-adds are half of torch's FLOPs."""
    size, unused = SIZES.get(kind, IMAGE), UNUSED.get(kind, 0)
    model = ODD[kind]().eval()
    description = describe(model, size)
    assert description.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert description.parameters - sum(row.parameters for row in description.rows) == unused
    assert min((row.parameters for row in description.rows), default=0) >= 0
    assert ("are not used in evaluation mode" in description.caption()) == (unused > 0)
    assert 2 * description.multiply_adds == flops(model, size)
    assert str(description) and description._repr_html_()


def flops(model, size):
    """What torch counts on the processor, without the fused operators that it leaves out there."""
    dtype = next((parameter.dtype for parameter in model.parameters()), torch.float32)
    inputs = torch.zeros(1, *size, dtype=dtype) if isinstance(size, tuple) else size
    inputs = [inputs] if isinstance(inputs, torch.Tensor) else inputs
    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    unfused = sdpa_kernel(SDPBackend.MATH), torch.backends.mkldnn.flags(enabled=False), torch.no_grad()
    model.requires_grad_(False)
    try:
        with unfused[0], unfused[1], unfused[2], FlopCounterMode(display=False) as counter:
            model(*inputs)
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
    return counter.get_total_flops()


def test_lstm_by_hand():
    """Four gates, three steps: the first hidden state is multiplied too."""
    model = net(lambda self, x: self.rnn(x.flatten(2))[0], rnn=nn.LSTM(16, 8, batch_first=True))
    assert describe(model, IMAGE).multiply_adds == 3 * 4 * 8 * (16 + 8)


def test_lazy_layers_find_their_shapes_in_the_copy():
    """The rows have the shapes and numbers of the first image, and the model stays without."""
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    rows = describe(model, IMAGE).rows
    assert [(row.type, row.parameters, row.output_shape) for row in rows] == [
        ("Conv2d", 112, (4, 2, 2)),
        ("BatchNorm2d", 8, (4, 2, 2)),
        ("Flatten", 0, (16,)),
        ("Linear", 34, (2,)),
    ]
    assert all(module.has_uninitialized_params() for module in (model[0], model[1], model[3]))


def test_a_lazy_layer_that_never_runs_has_no_parameters():
    """torch does not know its size either."""
    model = net(lambda self, x: self.a(x), a=nn.LazyConv2d(2, 1), b=nn.LazyLinear(3))
    assert describe(model, IMAGE).parameters == 8


def test_a_table_is_a_row_that_sees_no_pixel():
    """Its products count, as torch's do, and no receptive field is claimed."""
    model = net(lambda self, x: self.conv(x) + self.fc(torch.rand(4, 2)), conv=conv(), fc=nn.Linear(2, 4))
    row = describe(model, IMAGE).rows[1]
    assert row[:5] == ("fc", "Linear", (4, 4), 12, 32)
    assert row[5:] == (0, None, None)


class Values(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


@pytest.mark.parametrize(
    ("model", "line"),
    [
        (
            nn.Sequential(net(lambda self, x: None), conv()),
            r"layer '1' \(Conv2d\) fails on None \(layer '0' \(Module\) returned None\): TypeError: ",
        ),
        (
            net(lambda self, x: self.maps(x)["out"], maps=net(lambda self, x: {"y": x})),
            r"Module cannot be described: the net itself fails on 1×3×4×4 \(float32\) "
            r"\(layer 'maps' \(Module\) returned a dict\): KeyError: 'out'$",
        ),
        (
            nn.Sequential(conv(), nn.Flatten(), nn.Linear(7, 2)),
            r"^Sequential cannot be described: layer '2' \(Linear\) fails on 1×48 \(float32\): ",
        ),
        (nn.Sequential(Values()), r"layer '0' \(Values\) looks at values, and describe has only shapes: "),
        (
            net(lambda self, x: x, lock=(open for open in ())),
            r"^Module cannot be copied: TypeError: cannot pickle",
        ),
    ],
)
def test_what_cannot_be_described_is_named(model, line):
    """One line: which layer, what it got, and what odd thing the layer before it returned."""
    with pytest.raises(ValueError, match=line) as failure:
        describe(model, IMAGE)
    assert "\n" not in str(failure.value)


@pytest.mark.filterwarnings("ignore:.torch.jit")
def test_compiled_nets():
    """What torch.compile wraps is described as it is; what torch.jit made has no Python left to watch."""
    model = nn.Sequential(conv(), nn.ReLU())
    assert describe(torch.compile(model), IMAGE).rows == describe(model, IMAGE).rows
    scripted = torch.jit.script(conv())
    for broken, where in ((scripted, "the net itself"), (nn.Sequential(scripted), "layer '0'")):
        with pytest.raises(
            ValueError, match=f"^{where} is compiled by torch.jit; describe needs what it was"
        ):
            describe(broken, IMAGE)
