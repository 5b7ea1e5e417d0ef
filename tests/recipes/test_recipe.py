"""What a recipe says is what its net, its training and its answers do."""

import re
import shlex
from pathlib import Path

import pytest
import torch
from PIL import Image

from course.data import load
from course.errors import UsageError
from course.recipes import Recipe, predict_pictures, train_recipe
from course.recipes.train import build
from course.training import Checkpoints
from course.training.loop import mirrored


def test_a_width_is_a_factor_of_the_channels():
    """Twice the width is twice the filters of each layer of LeNet-5; refused for a net that has one width."""
    nets = [Recipe("lenet5_modern", width=width).net(10, (1, 28, 28)) for width in (1, 2)]
    filters = [[layer.weight.shape[0] for layer in net.modules() if hasattr(layer, "weight")] for net in nets]
    assert filters[0][:-1] == [6, 16, 120, 84] and filters[1][:-1] == [12, 32, 240, 168]
    with pytest.raises(UsageError, match="width=2 must be 1: lenet1 has one width"):
        Recipe("lenet1", width=2)


@pytest.mark.parametrize(("width", "weights"), [(1e9, "countless"), (1e3, r"2\.7e\+11")])
def test_a_width_that_no_memory_holds(width, weights):
    """One line before anything is allocated, in place of torch's own."""
    line = rf"width=\S+ gives resnet20_cifar {weights} weights; at most 1e\+09, which are 4 GB"
    with pytest.raises(UsageError, match=line):
        Recipe("resnet20_cifar", width=width).net(10, (3, 32, 32))


WRONG = {
    "width=0 must be above 0": {"width": 0},
    "width=inf must be finite": {"width": float("inf")},
    "weight_decay=nan must be at least 0": {"weight_decay": float("nan")},
    "size=0 must be at least 1": {"size": 0},
    "seed=-1 must be at least 0": {"seed": -1},
    "label_smoothing=1 must be in": {"label_smoothing": 1},
    "ema=1 must be in": {"ema": 1},
}


@pytest.mark.parametrize("words", WRONG)
def test_numbers_that_cannot_be(words):
    """One line that names argument, value and what is allowed."""
    with pytest.raises(UsageError, match=words):
        Recipe("lenet1", **WRONG[words])


def test_own_pictures_are_judged_as_the_test_images_were(tmp_path):
    """By the average of the weights, and by the mean over a picture and its mirror image."""
    recipe = Recipe("lenet1", epochs=1, batch_size=250, label_smoothing=0.1, ema=0.9, mirror=True)
    train_recipe(recipe, tmp_path / "run", device="cpu")
    digits, state = load("digits"), Checkpoints(tmp_path / "run").load()
    image = digits.test.images[:1]
    Image.fromarray((255 * image[0, 0]).round().byte().numpy()).save(tmp_path / "digit.png")
    (answers,) = predict_pictures(tmp_path / "run", [tmp_path / "digit.png"], best=10)
    model = build(recipe, digits).eval()
    model.load_state_dict(state["ema"]["module"])
    with torch.no_grad():
        expected = mirrored(model, image).softmax(dim=1)[0]
    found = torch.tensor([probability for _, probability in sorted(answers)])
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    model.load_state_dict(state["model"])
    with torch.no_grad():
        assert (mirrored(model, image).softmax(dim=1)[0] - found).abs().max() > 1e-3


ROOT = Path(__file__).parents[2]
COMMANDS = [
    command.replace("…", "").strip()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for command in re.findall(r"course (train [a-z][^`\n]*)", page.read_text("utf-8"))
]
SHAPES = {"cifar10": (3, 32, 32), "digits": (1, 28, 28)}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_page_is_a_recipe(command, course, monkeypatch):
    """Each `course train` of README and docs/ is understood, and its net takes such images."""
    recipes = []

    def noted(recipe, *_):
        recipes.append(recipe)
        raise UsageError("that was all")

    monkeypatch.setattr("course.recipes.train_recipe", noted)
    code, _, told = course(*shlex.split(command))
    assert code == 2 and "that was all" in told
    (recipe,) = recipes
    channels, *side = SHAPES.get(recipe.data, (3, 64, 64))
    recipe.net(10, (channels, *([recipe.size] * 2 if recipe.size else side)))
