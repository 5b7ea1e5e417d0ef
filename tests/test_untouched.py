"""Whatever net the library is shown, it gives back untouched: the same objects, values, modes and hooks."""

import runpy
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from course.data.strokes import EXAMPLES
from course.models import describe
from course.nn import Recorder
from course.training import Best, Trainer
from course.training.ema import EMA
from course.training.freezing import freeze, trainable
from course.training.loop import evaluate, evaluating
from course.training.trouble import device_mismatch, first_hit, non_finite_loss
from course.visualize import (
    cascading_randomization,
    feature_maps,
    grad_cam,
    gradient_support,
    guided_backpropagation,
    input_gradient,
    occlusion_sensitivity,
    plot_reading,
    pooled_features,
    read_drawing,
    saliency,
    smooth_grad,
    top_activating,
)
from course.widgets import draw_reading, drawing_board, inside_explorer

untouched = runpy.run_path(str(Path(__file__).with_name("untouched.py")))
state, surroundings, watched = untouched["state"], untouched["surroundings"], untouched["watched"]


def conv():
    """One map in, one map out."""
    return nn.Conv2d(1, 1, 3, padding=1)


def net_of(*layers):
    """Layers that keep (1, 28, 28), and a head for ten digits."""
    head = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Dropout(), nn.Linear(16, 10))
    return nn.Sequential(OrderedDict(features=nn.Sequential(*layers), head=head))


def twice():
    one = conv()
    return net_of(one, nn.ReLU(), one)


def twice_with_batch_norm():
    one, norm = conv(), nn.BatchNorm2d(1)
    return net_of(one, norm, nn.ReLU(), one, norm, nn.MaxPool2d(1))


class TwoNames(nn.Module):
    """One module under two attributes; it also counts its calls."""

    def __init__(self):
        super().__init__()
        self.a = self.b = conv()

    def forward(self, x):
        return self.b(self.a(x).relu())


class NotStored(nn.Module):
    """A buffer that no state dict has, and a tensor that is no buffer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.tensor(2.0), persistent=False)
        self.plain = torch.ones(1)

    def forward(self, x):
        return x * self.scale * self.plain


def tied():
    net = net_of(conv(), nn.ReLU(), conv())
    net.features[2].weight = net.features[0].weight
    return net


def partly_frozen():
    net = net_of(conv(), nn.BatchNorm2d(1), conv())
    net.features[0].requires_grad_(False)
    return net


def frozen_part():
    net = net_of(nn.Sequential(conv(), nn.BatchNorm2d(1)), conv()).train()
    freeze(net.features[0])
    return net


def two_modes():
    net = net_of(conv(), nn.BatchNorm2d(1), conv(), nn.BatchNorm2d(1)).train()
    net.features[1].eval()
    return net


def with_gradients():
    net = net_of(conv(), nn.BatchNorm2d(1), conv())
    net(torch.rand(2, 1, 28, 28)).square().sum().backward()
    return net


def with_hooks():
    net = net_of(conv(), nn.ReLU(), conv())
    net.features[0].register_forward_hook(lambda layer, inputs, output: output.clone())
    net.features[0].register_forward_pre_hook(lambda layer, inputs: None)
    net.features[2].register_full_backward_hook(lambda layer, inputs, outputs: None)
    return net


NETS = {
    "one module twice": twice,
    "one batch norm twice": twice_with_batch_norm,
    "one module with two names": lambda: net_of(TwoNames()),
    "tied weights": tied,
    "some weights frozen": partly_frozen,
    "a frozen part": frozen_part,
    "parts in two modes": two_modes,
    "gradients": with_gradients,
    "hooks": with_hooks,
    "weight norm": lambda: net_of(parametrizations.weight_norm(conv()), nn.ReLU()),
    "tensors that are not stored": lambda: net_of(conv(), NotStored()),
    "double": lambda: twice_with_batch_norm().double(),
    "half": lambda: twice().half(),
}


def batch(net):
    """Two images and labels, as the net takes them."""
    dtype = next(net.parameters()).dtype
    return torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0)).to(dtype), torch.tensor(
        [3, 7]
    )


def trainer(net):
    """A trainer that keeps quiet."""
    return Trainer(net, torch.optim.SGD(trainable(net), lr=0.1), device="cpu", progress=False)


def recorded(net):
    with Recorder(net), evaluating(net), torch.no_grad():
        net(batch(net)[0])


def loss_that_is_not_finite(net):
    with evaluating(net):
        value = net(batch(net)[0]).sum()
    non_finite_loss(net, batch(net)[0], value * float("nan"), [1.0], {})


PHOTOGRAPH = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0))


def guided(net):
    """A net without ReLU is refused, and untouched as well."""
    with suppress(ValueError):
        guided_backpropagation(net, PHOTOGRAPH)


def as_trained(net):
    """What `prepare` does for a net of another dtype."""
    return lambda x: x.to(next(net.parameters()).dtype)


USES = {
    "describe": lambda net: describe(net, (1, 28, 28)),
    "gradient_support": lambda net: gradient_support(net.features, (1, 28, 28)),
    "grad_cam": lambda net: grad_cam(net, PHOTOGRAPH, net.features),
    "saliency": lambda net: saliency(net, PHOTOGRAPH),
    "smooth_grad": lambda net: smooth_grad(net, PHOTOGRAPH, samples=2),
    "guided_backpropagation": guided,
    "cascading_randomization": lambda net: cascading_randomization(
        net, lambda copy: input_gradient(copy, PHOTOGRAPH, 0), ["head"]
    ),
    "occlusion_sensitivity": lambda net: occlusion_sensitivity(net, PHOTOGRAPH, size=14, stride=14),
    "feature_maps": lambda net: feature_maps(net, PHOTOGRAPH, ["features", "features.0"]),
    "pooled_features": lambda net: pooled_features(net, PHOTOGRAPH[None], "features"),
    "top_activating": lambda net: top_activating(net, PHOTOGRAPH[None], "features", 0),
    "read_drawing": lambda net: plot_reading(read_drawing(net, EXAMPLES["3"], as_trained(net))),
    "draw_reading": lambda net: draw_reading(net, EXAMPLES["5"], as_trained(net)),
    "drawing_board": lambda net: drawing_board(net, as_trained(net)),
    "inside_explorer": lambda net: inside_explorer(net, PHOTOGRAPH[None]).picture(),
    "Recorder": recorded,
    "evaluate": lambda net: evaluate(net, [batch(net)], nn.CrossEntropyLoss()),
    "Trainer.evaluate": lambda net: trainer(net).evaluate(batch(net), flip=True),
    "Trainer.predict": lambda net: trainer(net).predict(batch(net)[0]),
    "EMA": lambda net: EMA(net, 0.9).update(net),
    "Best": lambda net: Best().look({"epoch": 1, "val_loss": 0.5}, net),
    "trainable": trainable,
    "first_hit": lambda net: first_hit(net, batch(net)[0], {}),
    "non_finite_loss": loss_that_is_not_finite,
    "device_mismatch": lambda net: device_mismatch(net, "a line of torch"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", NETS)
def test_a_net_comes_back_untouched(kind, use):
    """Every tensor is the same object with the same bits and gradient; modes, hooks, generators too."""
    net = NETS[kind]()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    before = state(net), state(optimizer), surroundings()
    USES[use](net)
    after = state(net), state(optimizer), surroundings()
    assert after[0] == before[0], "the net changed"
    assert after[1:] == before[1:], "the optimizer's references or the surroundings changed"


def test_a_net_that_was_described_still_computes():
    """The example that was lost once: one convolution twice, its numbers gone to the meta device."""
    net, x = twice(), torch.rand(1, 1, 28, 28)
    expected = net.eval()(x)
    rows = describe(net, (1, 28, 28)).rows
    assert [(row.layer, row.parameters) for row in rows[:3]] == [
        ("features.0", 10), ("features.1", 0), ("features.0", 0),
    ]  # fmt: skip
    assert torch.equal(net(x), expected) and net.features[0].weight.device.type == "cpu"


@pytest.mark.parametrize("kind", NETS)
def test_a_net_on_the_meta_device_is_described(kind):
    """It has no values to lose, but objects, modes and hooks."""
    net = NETS[kind]().to("meta")
    if kind == "tensors that are not stored":
        net.features[1].plain = net.features[1].plain.to("meta")
    before = state(net)
    assert describe(net, (1, 28, 28)).parameters == sum(p.numel() for p in net.parameters())
    assert state(net) == before


OF_TORCH = {
    "lazy": lambda: nn.Sequential(nn.LazyConv2d(1, 3), nn.LazyBatchNorm2d()),
    "the old weight norm": lambda: nn.utils.weight_norm(conv()),
    "spectral norm": lambda: parametrizations.spectral_norm(conv()),
    "pruned": lambda: prune.l1_unstructured(conv(), "weight", 2),
}


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore:Lazy modules")
@pytest.mark.parametrize("kind", OF_TORCH)
def test_hooks_of_torch_run_in_the_copy_alone(kind):
    """They compute weights, or find shapes: the net that is described gets neither."""
    net = OF_TORCH[kind]()
    lazy = [name for name, x in net.named_parameters() if nn.parameter.is_lazy(x)]
    before = None if lazy else state(net)
    hooks = [[*module._forward_pre_hooks.items()] for module in net.modules()]
    assert describe(net, (1, 28, 28)).parameters > 0
    assert [name for name, x in net.named_parameters() if nn.parameter.is_lazy(x)] == lazy
    assert [[*module._forward_pre_hooks.items()] for module in net.modules()] == hooks
    assert lazy or state(net) == before


class Counting(nn.Module):
    """A net that changes itself whenever it computes, and draws random numbers."""

    def __init__(self):
        super().__init__()
        self.conv, self.calls, self.last = conv(), 0, None

    def forward(self, x):
        self.calls += 1
        self.last = [{"output": self.conv(x) + torch.rand(1, dtype=x.dtype).to(x.device)}]
        return self.last[0]["output"]


@pytest.mark.parametrize("use", ["describe", "gradient_support"])
def test_a_net_that_counts_its_calls_does_not_count_ours(use):
    """Both compute with a copy: no attribute changes, no hook is called, and no random number is used up."""
    net, called = net_of(Counting()), []
    net(torch.rand(1, 1, 28, 28))  # what it keeps of this has a graph, which torch does not copy
    net.features[0].register_forward_hook(lambda *call: called.append(call))
    before = state(net), surroundings()
    USES[use](net)
    assert (state(net), surroundings()) == before and called == []


def test_a_net_that_cannot_be_described_comes_back_too():
    """An error in the middle of the net leaves nothing behind."""
    net = twice_with_batch_norm().train()
    before = state(net)
    with pytest.raises((ValueError, RuntimeError)):
        describe(net, (7, 28, 28))
    with pytest.raises(RuntimeError):
        read_drawing(net, EXAMPLES["3"], lambda x: x.repeat(1, 7, 1, 1))
    assert state(net) == before


def into_place(x):
    """Changes what it was shown."""
    x += 1


def mixed(x):
    """Draws from the generator that belongs to all."""
    return x[torch.randperm(len(x))]


@pytest.mark.parametrize("thing", [torch.zeros(3), np.zeros(3), {"a": torch.zeros(2)}])
def test_the_watch_sees_what_is_planted(thing):
    """A function that changes an argument fails, and so does one that draws from a global generator."""
    plant = into_place if not isinstance(thing, dict) else lambda x: x["a"].zero_().add_(1)
    with pytest.raises(AssertionError, match="changed its argument x"):
        watched(plant)(thing)
    with pytest.raises(AssertionError, match="mixed drew from a global generator"):
        watched(mixed)(torch.arange(9))
    assert watched(len)([1]) == 1
