import math

import pytest
import torch
import torch.nn.functional as F

from course.models import describe, get_model
from course.models.lenet import C3_TABLE, H3_TABLE
from course.models.lenet_rbf import RBFOutput, digit_codes, map_loss, mle_loss


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def connections(model, size):
    """Inputs and bias of every unit: the trainable parameters of a map, read once more at each position."""
    total = 0
    for row in describe(model, (1, size, size)).rows:
        positions = math.prod(row.output_shape[1:])
        if row.type == "Subsampling":
            total += (2 * 2 + 1) * row.output_shape[0] * positions
        elif row.type == "RBFOutput":
            total += 84 * row.output_shape[0]
        else:
            total += row.parameters * positions
    return total


def test_lenet5_has_the_parameters_of_the_paper():
    """C1 has 156 trainable parameters, S2 12, C3 1,516, S4 32, C5 48,120 and F6 10,164."""
    model = get_model("lenet5")
    layers = (model.c1, model.s2, model.c3, model.s4, model.c5, model.f6)
    assert [count(layer) for layer in layers] == [156, 12, 1_516, 32, 48_120, 10_164]


def test_lenet5_has_60000_trainable_parameters_and_340908_connections():
    """LeNet-5 contains 340,908 connections, but only 60,000 trainable free parameters."""
    model = get_model("lenet5")
    assert count(model) == 60_000
    assert connections(model, 32) == 340_908


def test_lenet1_has_2578_parameters_and_98442_connections():
    """The network has 98,442 connections and 2,578 independent parameters (LeCun et al. 1990)."""
    model = get_model("lenet1")
    assert count(model) == 2_578
    assert connections(model, 28) == 98_442


def test_c3_has_60_links_and_reads_every_map_ten_times():
    """Table I has 60 links, and each map of S2 is read by ten maps of C3."""
    assert sum(map(len, C3_TABLE)) == 60
    assert [sum(s2 in inputs for inputs in C3_TABLE) for s2 in range(6)] == [10] * 6
    assert len({frozenset(inputs) for inputs in C3_TABLE}) == 16


def test_c3_takes_contiguous_subsets_then_some_discontinuous_ones():
    """Six maps read three contiguous ones, six read four, three a discontinuous four, the last one all."""
    rings = [{frozenset((i + k) % 6 for k in range(n)) for i in range(6)} for n in (3, 4)]
    assert {frozenset(inputs) for inputs in C3_TABLE[:6]} == rings[0]
    assert {frozenset(inputs) for inputs in C3_TABLE[6:12]} == rings[1]
    assert all(len(inputs) == 4 and frozenset(inputs) not in rings[1] for inputs in C3_TABLE[12:15])
    assert set(C3_TABLE[15]) == set(range(6))


def test_h3_is_two_almost_independent_modules():
    """Each map of H3 reads one or two maps of H2, and the two halves of the net read different maps."""
    assert sum(map(len, H3_TABLE)) == 20
    assert [inputs for inputs in H3_TABLE if len(inputs) == 1] == [(0,), (1,), (2,), (3,)]
    assert {i for inputs in H3_TABLE[:6] for i in inputs} == {0, 1}
    assert {i for inputs in H3_TABLE[6:] for i in inputs} == {2, 3}


def test_c3_equals_sixteen_small_convolutions():
    """Each map of C3 is a 5×5 convolution over the maps that its column of Table I names."""
    c3 = get_model("lenet5").c3
    x = torch.randn(2, 6, 14, 14)
    small = []
    for inputs, weight, bias in zip(C3_TABLE, c3.weight.split([*map(len, C3_TABLE)]), c3.bias, strict=True):
        conv = torch.nn.Conv2d(len(inputs), 1, 5)
        conv.load_state_dict({"weight": weight[None], "bias": bias[None]})
        small.append(conv(x[:, list(inputs)]))
    torch.testing.assert_close(c3(x), torch.cat(small, dim=1))


def test_the_absent_weights_of_c3_have_no_gradient():
    """Of the 2,416 numbers of a full C3, 1,516 are there and get a gradient."""
    model = get_model("lenet5")
    F.cross_entropy(model(torch.randn(8, 1, 32, 32)), torch.arange(8)).backward()
    assert sum((p.grad != 0).sum().item() for p in model.c3.parameters()) == 1_516
    assert model.c3.dense_weight().numel() + 16 == 2_416
    assert (model.c3.dense_weight() != 0).sum() == 1_500


def test_weights_start_in_the_interval_of_appendix_a():
    """Weights start uniformly between -2.4/F and 2.4/F, where F is the number of inputs of the unit."""
    model = get_model("lenet5")
    for layer, fan_in in ((model.c1, 25), (model.c5, 400), (model.f6, 120)):
        bound = 2.4 / fan_in
        assert 0.9 * bound < layer.weight.abs().max() <= bound
        assert layer.bias.abs().max() <= bound


def test_digits_are_drawn_on_7_by_12_pixels():
    """Components are -1 or +1: a stylized image of the character on a 7×12 bitmap, hence the number 84."""
    codes = digit_codes()
    assert codes.shape == (10, 84)
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    assert torch.cdist(codes, codes, p=0).fill_diagonal_(84).min() >= 16


def test_each_unit_computes_the_squared_distance_to_its_code():
    """y_i = sum_j (x_j - w_ij)^2 (Eq. 7), and the codes are fixed."""
    output, x = RBFOutput(), torch.randn(3, 84)
    expected = [[sum((x[n] - output.codes[i]) ** 2).item() for i in range(10)] for n in range(3)]
    torch.testing.assert_close(output(x), torch.tensor(expected))
    assert not list(output.parameters())
    assert output(output.codes).argmin(dim=1).tolist() == list(range(10))


def test_the_losses_are_equations_8_and_9():
    """The MAP criterion is y_D + log(e^-j + sum_i e^-y_i), and is positive; MLE is y_D alone."""
    penalties, target, j = 5 * torch.rand(4, 10), torch.tensor([3, 0, 9, 3]), 0.7
    mle = [penalties[n, d].item() for n, d in enumerate(target)]
    extra = [math.log(math.exp(-j) + sum(math.exp(-y) for y in row)) for row in penalties.tolist()]
    assert mle_loss(penalties, target).item() == pytest.approx(sum(mle) / 4, rel=1e-5)
    assert map_loss(penalties, target, j).item() == pytest.approx((sum(mle) + sum(extra)) / 4, rel=1e-5)
    assert map_loss(penalties, target, j) > 0


def test_very_large_penalties_are_not_pushed_further():
    """The constant j prevents the penalties of classes that are already very large from being pushed up."""
    penalties = torch.tensor([[0.1, 60.0]], requires_grad=True)
    map_loss(penalties, torch.tensor([0])).backward()
    assert penalties.grad[0, 0] > 0.1
    assert penalties.grad[0, 1].abs() < 1e-20


def test_the_largest_output_is_the_smallest_penalty():
    """LeNet-5 returns minus its penalties, and cross-entropy on them is Eq. 9 without the rubbish class."""
    model, x, target = get_model("lenet5"), torch.randn(4, 1, 32, 32), torch.tensor([1, 2, 3, 4])
    penalties = -model(x)
    assert (penalties >= 0).all()
    torch.testing.assert_close(F.cross_entropy(-penalties, target), map_loss(penalties, target, j=1e4))


def test_the_modern_form_has_61706_parameters():
    """A full C3 and a linear output give 61,706 parameters, at 28×28 with padding and at 32×32 without."""
    for size in (28, 32):
        model = get_model("lenet5_modern", input_size=size)
        assert count(model) == 61_706
        assert model(torch.zeros(2, 1, size, size)).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("lenet1", 32, "input 32×32 does not fit this lenet1: it was built for 28×28"),
        ("lenet5", 28, "input 28×28 does not fit this lenet5: it was built for 32×32"),
        ("lenet5_modern", 32, "input 32×32 does not fit this lenet5_modern: it was built for 28×28"),
    ],
)
def test_another_size_is_refused(name, size, message):
    """The line says which size the net has."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        get_model(name)(torch.zeros(1, 1, size, size))


def test_wrong_options_are_refused():
    """The line says the name, the value and what is allowed."""
    with pytest.raises(ValueError, match=r"^input 11×11 is too small for lenet5_modern: at least 12×12$"):
        get_model("lenet5_modern", input_size=11)
    with pytest.raises(ValueError, match=r"^num_classes=11 must be from 1 to 10, one for each drawn digit$"):
        get_model("lenet5", num_classes=11)
    with pytest.raises(ValueError, match=r"^input has shape .* lenet5 needs \(N, 1, H, W\)$"):
        get_model("lenet5")(torch.zeros(1, 3, 32, 32))
