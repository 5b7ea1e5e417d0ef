"""What every model of the register must be able to do; a new model is tested without a new test."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course.models import MODELS, get_model, list_models, options_of

# Whatever takes long: every night for all, else for one of each kind of blocks.
SMALLEST = ("lenet5", "vgg_a", "resnet20_cifar", "densenet_cifar")
later = pytest.mark.nightly("one more net; a smaller one of the same blocks stands for it", early=True)
smallest_or_later = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in SMALLEST else later) for name in MODELS]
)
# A larger size of a net is the same code with other numbers, which its own tests compare.
LARGER = [f"efficientnet_lite{size}" for size in range(1, 5)] + [
    "vgg_b",
    "vgg_d",
    "vgg_e",
    "plain34",
    "resnet34",
]
LARGER += ["resnet101", "resnet152", "densenet161", "densenet169", "densenet201"]
LARGER += [
    f"{kind}{depth}_cifar" for kind in ("plain", "resnet", "preact_resnet") for depth in (32, 44, 56, 110)
]
once_more = pytest.mark.nightly("a larger size of a net that is tested by day")
every_model = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=once_more if name in LARGER else ()) for name in MODELS]
)


def small(name):
    """The model at small width for five classes, in double precision and without dropout, and four images."""
    known = options_of(MODELS[name])
    options = {"num_classes": 5}
    if "width" in known:
        options["width"] = 1 / 4 if "cifar" in name else 1 / 16
    if "input_size" in known:
        options["input_size"] = 32
    if "depth" in known:
        options["depth"] = 22
    torch.manual_seed(0)
    model = get_model(name, **options).double()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    size = 28 if name == "lenet1" else 32
    return model, torch.randn(4, known["in_channels"], size, size, dtype=torch.float64)


def loss_of(model, images):
    """Cross-entropy, added up over all heads that the model has in training."""
    outputs = model(images)
    heads = outputs if isinstance(outputs, tuple) else (outputs,)
    return sum(F.cross_entropy(logits, torch.arange(4)) for logits in heads)


def assert_close(actual, expected):
    """Equal up to rounding, measured against the largest output: untrained deep nets have very large ones."""
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-7 * expected.abs().max().item())


def test_the_register_has_every_net_of_the_lecture():
    """Each net of the lecture is there, under the name of its builder, in the order of the lecture."""
    names = list_models()
    first = ["lenet1", "lenet5", "alexnet", "vgg_a", "vgg_a_lrn", "vgg_b", "vgg_c", "vgg_d", "vgg_e", "nin"]
    first += ["googlenet", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnet20_cifar"]
    first += ["inception_resnet_v1", "inception_resnet_v2", "densenet121", "densenet169"]
    assert [name for name in names if name in first] == first
    assert {f"{kind}{n}_cifar" for kind in ("plain", "resnet") for n in (20, 32, 44, 56, 110)} <= set(names)
    assert {"lenet5_modern", "densenet161", "densenet201", "densenet_cifar"} <= set(names)
    assert all(MODELS[name].__name__ == name and MODELS[name].__doc__ for name in names)


def test_an_unknown_name_or_option_lists_what_is_there():
    """The line names what was asked for, all that is there, and the closest."""
    with pytest.raises(
        ValueError,
        match=r"^model='vgg_f' is unknown; choose from lenet1, .*, nin, .* \(did you mean 'vgg_\w+'\?\)$",
    ):
        get_model("vgg_f")
    with pytest.raises(
        ValueError,
        match=r"^option of lenet5='num_clases' is unknown; choose from num_classes, in_channels "
        r"\(did you mean 'num_classes'\?\)$",
    ):
        get_model("lenet5", num_clases=10)


@every_model
def test_every_option_has_a_default(name):
    """A model is built without options, and each option is known by its name and default."""
    assert {"num_classes", "in_channels"} <= options_of(MODELS[name]).keys()
    with torch.device("meta"):
        assert isinstance(get_model(name), nn.Module)


@every_model
def test_one_step_lowers_the_loss_and_gradients_reach_every_parameter(name):
    """A short step against the gradient lowers the loss on the same batch, and no parameter is left out."""
    model, images = small(name)
    loss = loss_of(model, images)
    loss.backward()
    for parameter_name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.any(), parameter_name
    squared_length = sum(parameter.grad.square().sum() for parameter in model.parameters())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.01 * loss / squared_length * parameter.grad  # to first order, 1 % of the loss
        assert loss_of(model, images) < loss


@every_model
@torch.no_grad()
def test_evaluation_does_not_mix_samples(name):
    """In evaluation, the output for an image does not depend on the other images of the batch."""
    model, images = small(name)
    model.eval()
    alone = torch.cat([model(image[None]) for image in images])
    assert alone.shape == (4, 5)
    assert_close(alone, model(images))


@smallest_or_later
@torch.no_grad()
def test_channels_last_changes_nothing(name):
    """With the channels of a pixel side by side in memory, the output is the same."""
    model, images = small(name)
    model.eval()
    expected = model(images)
    other = copy.deepcopy(model).to(memory_format=torch.channels_last)
    assert_close(other(images.to(memory_format=torch.channels_last)), expected)


@smallest_or_later
def test_bfloat16_autocast_is_close(name):
    """Under autocast to bfloat16 the outputs stay near, and the gradients are finite."""
    model, images = small(name)
    model, images = model.float().eval(), images.float()
    with torch.no_grad():
        expected = model(images)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = model(images)
        loss_of(model, images).backward()
    assert (outputs.float() - expected).norm() < 0.3 * expected.norm()
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)


@smallest_or_later
def test_compiles_in_one_piece(name):
    """torch.compile captures the whole net as one graph, forward and backward, and changes nothing."""
    model, images = small(name)
    model.eval()
    expected = model(images)
    torch._dynamo.reset()
    backend = "aot_eager" if name in ("lenet5", "alexnet") else "eager"
    compiled = torch.compile(model, backend=backend, fullgraph=True)
    outputs = compiled(images)
    assert_close(outputs, expected)
    outputs.square().sum().backward()
    assert all(p.grad is not None for n, p in model.named_parameters() if "aux" not in n)


@smallest_or_later
@torch.no_grad()
def test_exports(name):
    """torch.export gives a program with the same output."""
    model, images = small(name)
    model.eval()
    program = torch.export.export(model, (images,), strict=False)
    assert_close(program.module()(images), model(images))
