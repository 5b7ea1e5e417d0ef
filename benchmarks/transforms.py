"""Augmentation of 512 images of 3 × 32 × 32, each with its own draws, against kornia and torchvision.

    python benchmarks/transforms.py                 # one thread, then two; about a minute
    python benchmarks/transforms.py --threads 1 --runs 10

kornia draws per image too. torchvision's transforms draw once for a batch, so they are called image by image.
The libraries take turns, each round in another order, and the least time of each counts: other work on the
machine only ever adds time.
In one thread it is the processor's time, which others disturb least; in more it is the time on the clock.
A peer that is not installed is left out: pip install --no-deps kornia kornia_rs
Aims: at least 2.5 times as fast as kornia, 10 times as fast as torchvision.
"""

import argparse
import random
import time

import torch
from torch import nn
from torchvision.transforms import InterpolationMode, v2

from course.transforms import (
    Compose,
    GaussianNoise,
    RandomAffine,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
)

try:
    import kornia.augmentation as K
except ImportError:
    K = None

SHAPE = (512, 3, 32, 32)
AFFINE = {"degrees": 15, "translate": (0.1, 0.1), "scale": (0.9, 1.1)}
BILINEAR = {"interpolation": InterpolationMode.BILINEAR}


def tasks():
    """Name, ours, kornia's or None, torchvision's: functions of images."""
    yield (
        "crop with padding, flip",
        Compose([RandomCrop(32, padding=4), RandomHorizontalFlip()]),
        K and nn.Sequential(K.RandomCrop((32, 32), padding=4), K.RandomHorizontalFlip()),
        v2.Compose([v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip()]),
    )
    yield (
        "rotate, shift, scale",
        RandomAffine(**AFFINE),
        K and K.RandomAffine(**AFFINE, p=1.0),
        v2.RandomAffine(**AFFINE, **BILINEAR),
    )
    yield (
        "rotate, crop, flip",
        Compose([RandomRotation(15), RandomCrop(32, padding=4), RandomHorizontalFlip()]),
        K
        and nn.Sequential(
            K.RandomRotation(15, p=1.0), K.RandomCrop((32, 32), padding=4), K.RandomHorizontalFlip()
        ),
        v2.Compose(
            [v2.RandomRotation(15, **BILINEAR), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip()]
        ),
    )
    yield (
        "Gaussian noise",
        GaussianNoise(),
        K and K.RandomGaussianNoise(std=0.1, p=1.0),
        v2.GaussianNoise(),
    )


def image_by_image(transform):
    return lambda images: torch.stack([transform(image) for image in images])


def seconds(function, images):
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    start = clock()
    function(images)
    return clock() - start


def least(functions, images, runs):
    """The least seconds of each named function, after a first round that does not count."""
    names = list(functions)
    times = {name: [] for name in names}
    for _ in range(runs + 1):
        random.shuffle(names)  # whoever comes after a large one finds the caches empty
        for name in names:
            times[name].append(seconds(functions[name], images))
    return {name: min(of_one[1:]) for name, of_one in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    if K is None:
        print("kornia is not installed: left out")
    print("threads | images | task | ours | kornia / ours | torchvision / ours")
    print("---: | --- | --- | ---: | ---: | ---:")
    for threads in arguments.threads:
        torch.set_num_threads(threads)
        for dtype in ("float32", "uint8"):
            images = torch.rand(SHAPE) if dtype == "float32" else torch.randint(256, SHAPE, dtype=torch.uint8)
            for name, ours, kornias, torchvisions in tasks():
                functions = {"ours": ours, "torchvision": image_by_image(torchvisions)}
                if K is not None and dtype == "float32":  # kornia works on floating point images only
                    functions["kornia"] = kornias
                times = least(functions, images, arguments.runs)
                ratios = {peer: f"{spent / times['ours']:.1f}" for peer, spent in times.items()}
                cells = [ratios.get(peer, "–") for peer in ("kornia", "torchvision")]
                print(threads, dtype, name, f"{1e3 * times['ours']:.2f} ms", *cells, sep=" | ")


if __name__ == "__main__":
    main()
