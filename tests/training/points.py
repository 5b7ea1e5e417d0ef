"""Small data and nets for the tests of training."""

import torch
from torch import nn


def points(n=96, classes=3, seed=0):
    """Points (N, 2) around the corners of a polygon: a line parts any two classes."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(0, classes, (n,), generator=generator)
    angle = 2 * torch.pi * y / classes
    x = 3 * torch.stack([angle.cos(), angle.sin()], 1) + 0.4 * torch.randn(n, 2, generator=generator)
    return x, y


def images(n=32, classes=10, seed=0, size=8):
    """Noise (N, 3, H, W) with labels: to be learnt by heart, not understood."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, 3, size, size, generator=generator), torch.arange(n) % classes


def net(classes=3, dropout=0.0, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, classes))


def conv_net(classes=10, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(512, classes)
    )


def sgd(model, lr=0.1, momentum=0.9):
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])
