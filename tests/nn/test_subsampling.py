import pytest
import torch

from course.nn.subsampling import Subsampling


def test_adds_four_inputs_then_scales_then_shifts():
    """The four inputs are added, multiplied by a trainable coefficient, and a trainable bias is added."""
    layer = Subsampling(3)
    x = torch.randn(2, 3, 6, 8)
    expected = torch.empty(2, 3, 3, 4)
    for c in range(3):
        for i in range(3):
            for j in range(4):
                window = x[:, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                expected[:, c, i, j] = layer.weight[c] * window.sum((1, 2)) + layer.bias[c]
    torch.testing.assert_close(layer(x), expected)


def test_has_two_parameters_for_each_map():
    """Layer S2 has 12 trainable parameters, S4 has 32."""
    assert [sum(p.numel() for p in Subsampling(c).parameters()) for c in (6, 16)] == [12, 32]


def test_starts_uniform_in_the_interval_of_appendix_a():
    """Weights start uniformly between -2.4/F and 2.4/F; four inputs are added, so F = 4."""
    layer = Subsampling(2000)
    for parameter in layer.parameters():
        assert parameter.abs().max() <= 0.6
        assert parameter.min() < -0.59 and parameter.max() > 0.59
        assert abs(parameter.mean()) < 0.05


def test_gradients_agree_with_finite_differences():
    """The gradients for input, coefficient and bias agree with finite differences."""
    layer = Subsampling(2).double()
    x = torch.randn(1, 2, 4, 4, dtype=torch.float64, requires_grad=True)

    def run(x, weight, bias):
        return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x,))

    assert torch.autograd.gradcheck(run, (x, layer.weight, layer.bias))


@pytest.mark.parametrize("arguments, words", [((0,), "channels=0"), ((3, 0), "kernel_size=0")])
def test_channels_and_windows_have_a_size(arguments, words):
    """Nothing of neither is refused when the layer is made."""
    with pytest.raises(ValueError, match=f"{words} must be a whole number of at least 1"):
        Subsampling(*arguments)
