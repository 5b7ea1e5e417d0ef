"""Initial weights: the spread is counted against the formula, and torch.nn.init where it has the scheme."""

import math

import pytest
import torch
from torch import nn

from course.nn import init_
from course.nn.activations import scaled_tanh
from course.nn.init import (
    SCHEMES,
    fan_in_and_fan_out,
    kaiming_normal_,
    lecture_normal_,
    lecun_uniform_,
    xavier_uniform_,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


LINEAR, CONV = (400, 300), (60, 40, 5, 3)
# fan_in and fan_out of LINEAR are 300 and 400, of CONV 600 and 900
STD = {
    "small": lambda fan_in, fan_out: 0.01,
    "lecture": lambda fan_in, fan_out: 1 / math.sqrt(fan_in),
    "glorot": lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)),
    "he": lambda fan_in, fan_out: math.sqrt(2 / fan_in),
    "lecun": lambda fan_in, fan_out: 2.4 / fan_in / math.sqrt(3),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shape, fans", [(LINEAR, (300, 400)), (CONV, (600, 900))])
def test_mean_and_spread_are_the_formula_s(scheme, shape, fans):
    """Mean 0 and the stated standard deviation, both within 5 of their standard errors."""
    weight = SCHEMES[scheme](torch.empty(shape), seeded(1)).double()
    std, n = STD[scheme](*fans), weight.numel()
    assert abs(weight.mean().item()) < 5 * std / math.sqrt(n)
    assert abs(weight.std().item() / std - 1) < 5 / math.sqrt(2 * n)


@pytest.mark.parametrize("scheme, bound", [("glorot", math.sqrt(6 / 700)), ("lecun", 2.4 / 300)])
def test_uniform_schemes_fill_their_interval(scheme, bound):
    """No weight lies outside, and the outermost percent on each side is used."""
    weight = SCHEMES[scheme](torch.empty(LINEAR), seeded(2))
    assert weight.abs().max() <= bound
    assert weight.max() > 0.99 * bound and weight.min() < -0.99 * bound


def test_normal_schemes_have_tails():
    """A normal weight beyond three standard deviations exists; a uniform one would not."""
    weight = lecture_normal_(torch.empty(LINEAR), seeded(3))
    assert weight.abs().max() > 3 / math.sqrt(300)


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 7), (4, 3, 5, 2), (4, 3, 2, 2, 2)])
def test_fans_are_torch_s(shape):
    """Linear layers and convolutions of one to three dimensions."""
    expected = nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert fan_in_and_fan_out(torch.empty(shape)) == expected


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (xavier_uniform_, nn.init.xavier_uniform_),
        (kaiming_normal_, lambda w, generator: nn.init.kaiming_normal_(w, generator=generator)),
    ],
)
def test_the_same_seed_gives_torch_s_weights(ours, theirs):
    """Where torch.nn.init has the scheme, the numbers are the same."""
    torch.testing.assert_close(
        ours(torch.empty(CONV), seeded(4)), theirs(torch.empty(CONV), generator=seeded(4))
    )


def deep(depth, activation, scheme, seed=0):
    """Standard deviations of the outputs, layer by layer, for unit inputs."""
    h = torch.randn(500, 200, generator=seeded(seed))
    generator = seeded(seed + 1)
    stds = []
    for _ in range(depth):
        h = activation(h @ SCHEMES[scheme](torch.empty(200, 200), generator).T)
        stds.append(h.std().item())
    return stds


def test_schemes_do_what_the_table_says():
    """Through ten layers: the lecture's weights suit tanh, He's ReLU; small and LeCun's die out."""
    assert deep(10, torch.tanh, "small")[-1] < 1e-3
    assert deep(10, torch.tanh, "lecture")[-1] > 0.1
    he = deep(10, torch.relu, "he")
    assert 0.5 < he[-1] / he[0] < 2
    assert deep(10, torch.relu, "lecture")[-1] < 0.1
    assert deep(10, scaled_tanh, "lecun")[-1] < 1e-3


def tree():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False),
        nn.BatchNorm2d(8),
        nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(32, 4)),
    )


def test_a_tree_is_initialized_and_the_rest_left_alone():
    """Weights of each linear layer and convolution are drawn, biases 0; batch norm stays."""
    module = tree()
    conv, norm, linear = module[0], module[1], module[2][2]
    nn.init.constant_(norm.weight, 3.0)
    nn.init.constant_(norm.bias, 4.0)
    old = conv.weight.clone(), linear.weight.clone()
    assert init_(module, "he", seeded(5)) is module
    generator = seeded(5)
    assert torch.equal(conv.weight, kaiming_normal_(torch.empty(8, 3, 3, 3), generator))
    assert torch.equal(linear.weight, kaiming_normal_(torch.empty(4, 32), generator))
    assert not torch.equal(conv.weight, old[0]) and not torch.equal(linear.weight, old[1])
    assert linear.bias.abs().sum() == 0
    assert (norm.weight == 3).all() and (norm.bias == 4).all()
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in module.parameters())


def test_a_single_layer_is_a_tree_too():
    """The root itself counts."""
    layer = init_(nn.Linear(3, 2), "lecun", seeded(6))
    assert torch.equal(layer.weight, lecun_uniform_(torch.empty(2, 3), seeded(6)))


def test_a_generator_leaves_the_global_one():
    """The same seed gives the same network; the global generator does not move."""
    one, two = tree(), tree()
    state = torch.get_rng_state()
    init_(one, "glorot", seeded(7)), init_(two, "glorot", seeded(7))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(one[2][2].weight, two[2][2].weight)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_dtypes_are_kept(dtype):
    """Weights keep their dtype, also the half ones, and one that is not contiguous is filled."""
    weight = torch.empty(30, 20, dtype=dtype).T
    assert xavier_uniform_(weight, seeded(8)).dtype == dtype
    assert weight.abs().max() <= math.sqrt(6 / 50) * 1.01 and weight.std() > 0.1


def test_meta_weights_cost_nothing():
    """A net of ImageNet size on the meta device is walked through, nothing is stored."""
    with torch.device("meta"):
        module = nn.Linear(25_088, 4_096)
    assert init_(module, "he").weight.is_meta


def test_bad_input_is_named():
    """Unknown schemes with the closest one, nothing to initialize, shapes without fan-in."""
    with pytest.raises(ValueError, match=r"scheme='lectur' is unknown; choose from small.*'lecture'"):
        init_(nn.Linear(2, 2), "lectur")
    with pytest.raises(ValueError, match="module=ReLU has no linear layer or convolution to initialize"):
        init_(nn.ReLU(), "he")
    with pytest.raises(ValueError, match=r"weight has shape \(3,\); it must be \(out, in, ...\), not empty"):
        lecture_normal_(torch.empty(3))
    with pytest.raises(ValueError, match=r"weight has shape \(3, 0\)"):
        lecun_uniform_(torch.empty(3, 0))


@pytest.mark.parametrize(("same_inputs", "same_weights"), [(False, False), (True, False), (False, True)])
def test_a_sum_grows_with_the_root_unless_inputs_and_weights_are_alike(same_inputs, same_weights):
    """From 16 inputs to 256 the deviation of a sum grows 4 times, but 16 times if both are all the same."""

    def deviation(n, same_inputs, same_weights):
        g = torch.Generator().manual_seed(0)
        x = torch.randn(2000, 1 if same_inputs else n, generator=g).expand(2000, n)
        w = torch.randn(1 if same_weights else n, 300, generator=g).expand(n, 300)
        return (x @ w).std(dim=0).square().mean().sqrt().item()

    growth = deviation(256, same_inputs, same_weights) / deviation(16, same_inputs, same_weights)
    assert growth == pytest.approx(4, rel=0.15)
    assert deviation(256, True, True) / deviation(16, True, True) == pytest.approx(16, rel=0.15)
