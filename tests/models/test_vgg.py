import pytest
import torch
import torchvision
from torchvision.models import vgg as oracle

from course.models import get_model
from course.models.vgg import TABLE_1, vgg_a, vgg_a_lrn, vgg_b, vgg_c, vgg_d, vgg_e
from course.nn.local_response_norm import LocalResponseNorm

BUILDERS = {"A": vgg_a, "A-LRN": vgg_a_lrn, "B": vgg_b, "C": vgg_c, "D": vgg_d, "E": vgg_e}
TORCHVISION = {"A": "vgg11", "B": "vgg13", "D": "vgg16", "E": "vgg19"}


def layers(model, kind):
    return [layer for layer in model.modules() if isinstance(layer, kind)]


@pytest.mark.parametrize(
    ("column", "depth", "parameter_count", "billion_multiply_adds"),
    [
        ("A", 11, 132_863_336, 7.61),
        ("A-LRN", 11, 132_863_336, 7.61),
        ("B", 13, 133_047_848, 11.31),
        ("C", 16, 133_638_952, 11.77),
        ("D", 16, 138_357_544, 15.47),
        ("E", 19, 143_667_240, 19.63),
    ],
)
def test_columns_have_the_depth_and_size_of_the_paper(
    parameters, multiply_adds, column, depth, parameter_count, billion_multiply_adds
):
    """The configurations have 11 to 19 weight layers, and 133 to 144 million parameters (Tables 1 and 2)."""
    builder = BUILDERS[column]
    with torch.device("meta"):
        model = builder()
    assert len(layers(model, torch.nn.Conv2d | torch.nn.Linear)) == depth
    assert parameters(builder) == parameter_count
    assert round(multiply_adds(builder) / 1e9, 2) == billion_multiply_adds


def test_three_quarters_of_d_are_its_first_linear_layer():
    """The first fully connected layer holds 74.3 % of the parameters of D."""
    with torch.device("meta"):
        model = vgg_d()
    total = sum(p.numel() for p in model.parameters())
    assert round(100 * sum(p.numel() for p in model.classifier[0].parameters()) / total, 1) == 74.3


def test_kernels_are_3x3_and_in_c_three_are_1x1():
    """Filters are 3×3 with padding 1; in C the last filter of the three deepest stages is 1×1."""
    with torch.device("meta"):
        kernels = {
            c: [conv.kernel_size[0] for conv in layers(b(), torch.nn.Conv2d)] for c, b in BUILDERS.items()
        }
        assert all(conv.padding[0] == conv.kernel_size[0] // 2 for conv in layers(vgg_c(), torch.nn.Conv2d))
    assert all(set(kernels[column]) == {3} for column in ("A", "A-LRN", "B", "D", "E"))
    assert kernels["C"] == [3, 3, 3, 3, 3, 3, 1, 3, 3, 1, 3, 3, 1]


def test_three_3x3_layers_have_fewer_weights_than_one_7x7():
    """Three 3×3 layers with C channels have 27 C² weights, one 7×7 layer has 49 C², which is 81 % more."""
    small, large = torch.nn.Conv2d(8, 8, 3, bias=False), torch.nn.Conv2d(8, 8, 7, bias=False)
    assert (3 * small.weight.numel(), large.weight.numel()) == (27 * 64, 49 * 64)
    assert round(100 * (49 / 27 - 1)) == 81


def test_a_lrn_normalises_once_behind_the_first_relu():
    """A-LRN is A with the normalisation of AlexNet between the first layer and its pooling."""
    net, plain = vgg_a_lrn(width=1 / 8, input_size=32), vgg_a(width=1 / 8, input_size=32)
    (norm,) = layers(net, LocalResponseNorm)
    assert (norm.size, norm.alpha, norm.beta, norm.k) == (5, 1e-4, 0.75, 2.0)
    kinds = [type(layer).__name__ for layer in net.features]
    assert kinds[:4] == ["Conv2d", "ReLU", "LocalResponseNorm", "MaxPool2d"]
    assert kinds[:2] + kinds[3:] == [type(layer).__name__ for layer in plain.features]


def test_glorots_rule_is_the_default():
    """The paper found that pre-training is not needed with the initialisation of Glorot and Bengio."""
    conv = vgg_a(width=1 / 2, input_size=32).features[3]
    bound = (6 / (9 * 32 + 9 * 64)) ** 0.5
    assert 0.95 * bound < conv.weight.abs().max() <= bound
    assert not conv.bias.any()


def test_a_started_from_variance_one_hundredth():
    """Weights were sampled from a normal distribution with zero mean and 10⁻² variance, biases were zero."""
    for layer in layers(vgg_a(width=1 / 4, input_size=32, init="normal"), torch.nn.Conv2d | torch.nn.Linear):
        assert layer.weight.var().item() == pytest.approx(0.01, rel=0.2)
        assert not layer.bias.any()


@pytest.mark.parametrize("variant", ["paper", "torchvision"])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("column", TORCHVISION)
def test_state_keys_and_shapes_are_torchvisions(column, batch_norm, variant):
    """torchvision's state dict of the same net has the same names, shapes and order."""
    with torch.device("meta"):
        ours = BUILDERS[column](batch_norm=batch_norm, variant=variant).state_dict()
        theirs = getattr(torchvision.models, TORCHVISION[column] + "_bn" * batch_norm)().state_dict()
    assert [(k, v.shape) for k, v in ours.items()] == [(k, v.shape) for k, v in theirs.items()]


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("column", TORCHVISION)
def test_features_equal_torchvisions(assert_same_net, column, batch_norm):
    """The convolutional part gives torchvision's outputs and gradients, in both modes, for several sizes."""
    narrow = [c if c == "M" else c // 16 for c in oracle.cfgs[column]]
    theirs = oracle.make_layers(narrow, batch_norm=batch_norm).double()
    ours = BUILDERS[column](width=1 / 16, batch_norm=batch_norm, variant="torchvision").features.double()
    assert_same_net(ours, theirs, sizes=(64, (39, 70)))


def test_the_whole_net_equals_torchvisions(assert_same_net):
    """With torchvision's weights, D gives its outputs and gradients, in both modes, for several sizes."""
    with torch.device("meta"):
        theirs = torchvision.models.vgg16()
    # torchvision has no width: its own net, with each layer exchanged for one of a sixteenth of the channels.
    theirs.features = oracle.make_layers([c if c == "M" else c // 16 for c in oracle.cfgs["D"]])
    for index, sizes in {0: (32 * 7 * 7, 256), 3: (256, 256), 6: (256, 5)}.items():
        theirs.classifier[index] = torch.nn.Linear(*sizes)
    ours = vgg_d(width=1 / 16, variant="torchvision", num_classes=5)
    assert_same_net(ours.double(), theirs.double(), sizes=(32, (70, 105)))


def test_the_default_is_torchvisions_net_at_224_pixels():
    """Adaptive pooling to 7×7 does nothing at 224 pixels: both variants give the same output there."""
    paper = vgg_a(width=1 / 16, num_classes=5).eval()
    other = vgg_a(width=1 / 16, num_classes=5, variant="torchvision").eval()
    other.load_state_dict(paper.state_dict())
    x = torch.randn(1, 3, 224, 224)
    torch.testing.assert_close(paper(x), other(x))


def test_torchvision_departs_from_the_paper_at_other_sizes():
    """torchvision stretches any map to 7×7 and starts from He's rule; the paper's net fits one size."""
    other = vgg_a(width=1 / 2, num_classes=5, variant="torchvision")
    assert other.features[3].weight.std().item() == pytest.approx((2 / (9 * 64)) ** 0.5, rel=0.05)
    assert other.classifier[0].in_features == 256 * 7 * 7
    assert other(torch.zeros(1, 3, 64, 64)).shape == (1, 5)
    with pytest.raises(ValueError, match=r"^input 64×64 does not fit this vgg: it was built for 224×224$"):
        vgg_a(width=1 / 16)(torch.zeros(1, 3, 64, 64))


@pytest.mark.parametrize("size", [28, 32, 64, 17, 225])
@pytest.mark.parametrize("column", TABLE_1)
def test_other_sizes_fit(column, size):
    """Every column also takes 28×28, 32×32 and 64×64 images."""
    with torch.device("meta"):
        model = BUILDERS[column](num_classes=10, in_channels=1, width=1 / 16, input_size=size)
        assert model(torch.zeros(2, 1, size, size)).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("vgg_a", {"input_size": 16}, "input 16×16 is too small for vgg: at least 17×17"),
        (
            "vgg_d",
            {"input_size": 31, "variant": "torchvision"},
            "input 31×31 is too small for vgg: at least 32×32",
        ),
        ("vgg_c", {"variant": "torchvision"}, "variant='torchvision' is unknown; choose from paper"),
        (
            "vgg_b",
            {"init": "glorott"},
            r"init='glorott' is unknown; choose from glorot, normal, he \(did you mean 'glorot'\?\)",
        ),
        ("vgg_e", {"width": "1"}, "width='1' must be a positive number; 1 is the published net"),
        (
            "vgg_e",
            {"batchnorm": True},
            "option of vgg_e='batchnorm' is unknown; choose from num_classes, in_channels, width, "
            r"input_size, batch_norm, dropout, init, variant \(did you mean 'batch_norm'\?\)",
        ),
    ],
)
def test_wrong_options_are_refused(name, options, message):
    """The line says the name, the value, what is allowed, and the closest."""
    with torch.device("meta"), pytest.raises(ValueError, match=f"^{message}$"):
        get_model(name, **options)
