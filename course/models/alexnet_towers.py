"""Model parallelism: AlexNet on two devices, two towers that meet at conv3 and the dense layers.

"The GPUs communicate only in certain layers" (Krizhevsky, Sutskever and Hinton 2012, Section 3.2). One tower
has the first half of the channels of every layer, the other the second half. Where a layer reads both halves,
each tower sends a copy of its own half over:

    in front of   floats per image and direction
    conv3         128 · 13 · 13 = 21,632
    fc6           128 · 6 · 6   =  4,608
    fc7                            2,048
    fc8                            2,048
    together                      30,336 = 118.5 KB of 1,024 bytes, in single precision

Deviation: the code of 2012 has one fc8 for both GPUs. Here each tower computes half of the classes, so that
both directions carry the same.
"""

import torch
from torch import Tensor, nn

from course.nn.local_response_norm import LocalResponseNorm

from .alexnet import AlexNet

MEETING_POINTS = ("conv3", "fc6", "fc7", "fc8")


def half_of(layer: nn.Module, half: int) -> nn.Module:
    """The first (0) or second (1) half of a layer's output channels, with a copy of their weights."""
    if isinstance(layer, LocalResponseNorm):
        return LocalResponseNorm(layer.size, layer.alpha, layer.beta, layer.k)
    if not isinstance(layer, nn.Conv2d | nn.Linear):
        return layer
    weight, bias = layer.weight.chunk(2)[half], layer.bias.chunk(2)[half]
    if isinstance(layer, nn.Linear):
        part = nn.Linear(weight.shape[1], weight.shape[0], device="meta")
    else:  # a grouped convolution reads its own half, and its weight says how many channels that is
        part = nn.Conv2d(
            weight.shape[1], weight.shape[0], layer.kernel_size, layer.stride, layer.padding, device="meta"
        )
    part.weight = nn.Parameter(weight.detach().clone())
    part.bias = nn.Parameter(bias.detach().clone())
    return part


class TwoTowerAlexNet(nn.Module):
    """An `AlexNet` with two groups, cut in half.

    `traffic` holds, after a forward pass, the bytes that one image sent in each direction, by the layer that
    needed them.

    Args:
        net: The net to cut; its weights are copied.
        devices: Where the two towers live; they may be the same.

    Shape:
        Input: (N, in_channels, H, W). Output: logits (N, num_classes) on the first device.

    Raises:
        ValueError: The net has no halves, or its classes cannot be halved.
    """

    def __init__(
        self, net: AlexNet, devices: tuple[str | torch.device, str | torch.device] = ("cpu", "cpu")
    ) -> None:
        super().__init__()
        if net.features.conv2.groups != 2:
            raise ValueError("groups=1 has no halves: the net must be built with groups=2")
        if net.classifier.fc8.out_features % 2:
            raise ValueError(f"num_classes={net.classifier.fc8.out_features} must be even for two towers")
        layers = dict([*net.features.named_children(), *net.classifier.named_children()])
        self.towers = nn.ModuleList(
            nn.ModuleDict({name: half_of(layer, half) for name, layer in layers.items()}).to(device)
            for half, device in enumerate(devices)
        )
        self.devices = tuple(torch.device(device) for device in devices)
        self.traffic: dict[str, int] = {}

    def forward(self, x: Tensor) -> Tensor:
        a, b = (x.to(device) for device in self.devices)
        for name in self.towers[0]:
            if name == "fc6":
                a, b = a.flatten(1), b.flatten(1)  # (N, 4608)
            if name in MEETING_POINTS:
                a, b = self.exchange(name, a, b)
            a, b = self.towers[0][name](a), self.towers[1][name](b)
        return torch.cat([a, b.to(a.device)], dim=1)  # (N, num_classes)

    def exchange(self, layer: str, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Both halves side by side on both devices, and note what crossed: (N, C / 2, ...) to (N, C, ...)."""
        self.traffic[layer] = a[0].numel() * a.element_size()
        return torch.cat([a, b.to(a.device)], dim=1), torch.cat([a.to(b.device), b], dim=1)


def alexnet_towers(
    devices: tuple[str | torch.device, str | torch.device] = ("cpu", "cpu"), **options
) -> TwoTowerAlexNet:
    """AlexNet in two towers; the options are those of `AlexNet`."""
    return TwoTowerAlexNet(AlexNet(**options), devices)
