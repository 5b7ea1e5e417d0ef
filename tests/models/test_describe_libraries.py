"""Nets of torchvision and timm: parameters, multiply-adds and what is not used, as torch says."""

import pytest
import torch
import torchvision
from torch.utils.flop_counter import FlopCounterMode

from course.models import describe

pytestmark = pytest.mark.slow

WITHOUT_TIMM = "timm is not installed (the dev extra leaves it out): pip install timm"
EVERY = torchvision.models.list_models(torchvision.models)
later = pytest.mark.nightly("one more family, or nets that are counted in another test by day", early=True)
LATER = (
    "densenet121",
    "efficientnet_v2_s",
    "googlenet",
    "maxvit_t",
    "regnet_y_400mf",
    "inception_v3",
    "resnext50_32x4d",
    "wide_resnet50_2",
    "swin_t",
    "swin_v2_t",
    "vit_b_32",
)
FIRST = [
    *("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet"),
    *("inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf"),
    *("regnet_y_400mf", "resnet18", "resnext50_32x4d", "shufflenet_v2_x0_5", "squeezenet1_0", "swin_t"),
    *("swin_v2_t", "vgg11_bn", "vit_b_32", "wide_resnet50_2"),
]
UNUSED = {"googlenet": 6_379_984, "inception_v3": 3_326_696}  # their auxiliary classifiers
FROM_TIMM = [
    *("beit_base_patch16_224", "cait_xxs24_224", "coatnet_0_224", "convmixer_768_32", "crossvit_tiny_240"),
    *("deit_tiny_distilled_patch16_224", "efficientvit_b0", "gmlp_ti16_224", "levit_128s", "mixer_s32_224"),
    *("mobilenetv4_conv_small", "nf_resnet26", "pit_ti_224", "poolformer_s12", "volo_d1_224"),
    *("twins_pcpvt_small", "tnt_s_legacy_patch16_224", "resmlp_12_224", "xcit_nano_12_p16_224"),
]


def on_meta(build):
    """A net without values; RegNet and a few others need values while they are built."""
    try:
        with torch.device("meta"):
            return build()
    except (NotImplementedError, RuntimeError):
        return build().to("meta")


def check(net, size):
    """A net on the meta device, described and counted by torch."""
    net = net.eval().requires_grad_(False)
    description = describe(net, (3, size, size))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(torch.empty(1, 3, size, size, device="meta"))
    assert 2 * description.multiply_adds == counter.get_total_flops() > 0
    assert description.parameters == sum(parameter.numel() for parameter in net.parameters())
    return description


def check_torchvision(name):
    quiet = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    net = on_meta(lambda: torchvision.models.get_model(name, weights=None, **quiet))
    description = check(net, 299 if name == "inception_v3" else 224)
    used = sum(row.parameters for row in description.rows)
    assert description.parameters - used == UNUSED.get(name, 0)
    return description


@pytest.mark.parametrize("name", [pytest.param(name, marks=later if name in LATER else ()) for name in FIRST])
def test_each_family_of_torchvision_is_counted_right(name):
    """Every parameter stands in a row, but those of auxiliary classifiers."""
    check_torchvision(name)


@pytest.mark.nightly("the other sizes of the same families; a minute")
@pytest.mark.parametrize("name", sorted({*EVERY} - {*FIRST}))
def test_all_of_torchvision_is_counted_right(name):
    """The same for the larger ones."""
    check_torchvision(name)


def test_all_families_are_there():
    """Each net of torchvision is in one of the two lists."""
    assert {*FIRST} < {*EVERY} and len(EVERY) >= 79


def test_a_transformer_sees_the_whole_image_and_no_more():
    """ViT's patches see 32 pixels; from the first attention on, every unit sees all 224."""
    rows = check_torchvision("vit_b_32").rows
    seen = [row.receptive_field for row in rows]
    first = next(index for index, row in enumerate(rows) if row.type == "MultiheadAttention")
    assert {*seen[:first]} == {(32, 32)} and {*seen[first:]} == {(224, 224)}


def test_windows_that_move_are_not_followed():
    """Swin's patches see 4 pixels; of its windows nothing is claimed."""
    description = check_torchvision("swin_t")
    assert description.rows[0].receptive_field == (4, 4)
    assert description.receptive_field is None


@pytest.mark.parametrize(
    "name", ["lraspp_mobilenet_v3_large", pytest.param("deeplabv3_mobilenet_v3_large", marks=later)]
)
def test_nets_that_return_a_dictionary(name):
    """Segmentation: the multiply-adds are torch's."""
    check(torchvision.models.get_model(name, weights=None, weights_backbone=None).to("meta"), 64)


@pytest.mark.nightly("nets of another library; torchvision's stand for them by day")
@pytest.mark.parametrize("name", FROM_TIMM)
def test_nets_of_timm_are_counted_right(name):
    """Attention in all its kinds, mixers, distilled heads: nothing is left over."""
    timm = pytest.importorskip("timm", reason=WITHOUT_TIMM)
    net = on_meta(lambda: timm.create_model(name))
    description = check(net, net.pretrained_cfg["input_size"][-1])
    assert description.parameters == sum(row.parameters for row in description.rows)


@pytest.mark.nightly("two hundred nets of timm, six minutes")
@pytest.mark.parametrize("part", range(10))
def test_every_sixth_net_of_timm_is_counted_right(part):
    """Two hundred and more, taken evenly from timm's list."""
    timm = pytest.importorskip("timm", reason=WITHOUT_TIMM)
    for name in timm.list_models()[part::60]:
        net = on_meta(lambda name=name: timm.create_model(name))
        check(net, net.pretrained_cfg["input_size"][-1])
