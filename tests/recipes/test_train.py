"""Training by names: what a person types, and what is in the folder afterwards."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course.data import load, load_folder
from course.errors import DataError, UsageError
from course.recipes import LEARNING_RATES, Recipe, predict_pictures, train_recipe
from course.recipes.train import read_data
from course.training import Checkpoints, Trainer
from course.training.checkpoint import read
from course.visualize import expected_calibration_error

QUICK = {"model": "lenet1", "epochs": 1, "batch_size": 250}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A training that several tests look at: its folder, and what was found."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, train_recipe(Recipe(**QUICK), folder)


def test_a_training_leaves_all_that_was_found(trained):
    """Table, curves, confusion, calibration and a checkpoint with which others get the same answers."""
    tmp_path, found = trained
    names = {path.name for path in tmp_path.iterdir()}
    assert names >= {"recipe.json", "checkpoint.pt", "history.csv", "curves.png", "confusion.png"}
    assert "reliability.png" in names and "submission.csv" not in names
    rows = list(csv.DictReader((tmp_path / "history.csv").read_text().splitlines()))
    assert float(rows[0]["val_accuracy"]) == found.history["val_accuracy"][0] > 0.3
    assert f"accuracy {found.scores.accuracy:.4f}" in found.table()
    digits, described = load("digits"), json.loads((tmp_path / "recipe.json").read_text())
    net = Recipe.from_dict(described).net(10, (1, 28, 28))
    state = read(tmp_path / "checkpoint.pt")["model"]
    net.load_state_dict({name[4:]: value for name, value in state.items() if name.startswith("net.")})
    logits = net.eval()(digits.normalize(digits.test.images)).detach()
    hits = (logits.argmax(1) == digits.test.labels).float().mean().item()
    assert hits == pytest.approx(found.scores.accuracy)
    error = expected_calibration_error(logits.softmax(1), digits.test.labels)
    assert found.calibration_error == pytest.approx(error, abs=1e-4)


def test_called_again_it_is_finished(trained):
    """Nothing is trained twice; another recipe in the same folder is refused by its first difference."""
    tmp_path, first = trained
    again = train_recipe(Recipe(**QUICK), tmp_path)
    assert again.history.step_losses == first.history.step_losses
    with pytest.raises(
        UsageError, match="with epochs=1, this one has 2: the schedule follows from the number"
    ):
        train_recipe(Recipe(**QUICK | {"epochs": 2}), tmp_path)
    with pytest.raises(UsageError, match="holds something else than a training"):
        train_recipe(Recipe(**QUICK), tmp_path.parent)


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.mark.parametrize("optimizer", LEARNING_RATES)
def test_every_rule_learns_at_its_own_rate(optimizer, digits):
    """The rate of a recipe without one lowers the loss of each rule."""
    recipe = Recipe("lenet1", optimizer=optimizer)
    net = recipe.net(10, (1, 28, 28))
    x, y = digits.normalize(digits.train.images[:400]), digits.train.labels[:400]
    loss = Trainer(net, recipe.rule(net), device="cpu").fit((x, y), epochs=2, batch_size=25)["loss"]
    assert loss[-1] < loss[0]


later = pytest.mark.nightly("trains once more; tests/optim has the curve of each schedule by day", early=True)


@pytest.mark.parametrize(
    "schedule", [pytest.param("steps", marks=later), pytest.param("cosine", marks=later), "one_cycle"]
)
def test_schedules_and_augmentation(schedule, tmp_path):
    """The rate ends where the schedule says; images are changed in training alone."""
    recipe = Recipe(**QUICK, schedule=schedule, augment=("crop", "flip", "rotation", "scale", "noise"))
    found = train_recipe(recipe, tmp_path)
    assert found.history["lr"][-1] < recipe.learning_rate / 5


def pictures(folder, count=6):
    """Two classes of coloured pictures, and three without a class."""
    rng = np.random.default_rng(0)
    for name, colour in (("blue", (20, 40, 200)), ("red", (200, 40, 20))):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = np.clip(rng.normal(colour, 20, (30, 40, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    for name in ("unlabeled", "unlabelled"):
        (folder / name).mkdir()
    for number, name in enumerate(("red", "blue", "red")):
        Image.open(folder / name / "0.png").save(
            folder / ("unlabelled" if number else "unlabeled") / f"{number}.jpg"
        )
    return folder


def test_a_folder_of_ones_own_pictures(tmp_path):
    """One sub-folder a class; pictures without a class are predicted in a submission, and one by one."""
    folder, out = pictures(tmp_path / "mine"), tmp_path / "out"
    data = load_folder(folder, size=16)
    assert data.classes == ("blue", "red") and data.train.images.shape == (8, 3, 16, 16)
    assert sorted(data.test.labels.tolist()) == sorted(data.validation.labels.tolist()) == [0, 1]
    found = train_recipe(
        Recipe("lenet1", str(folder), epochs=30, batch_size=4, size=28, optimizer="adam"), out
    )
    assert found.scores.accuracy == 1
    lines = list(csv.reader((out / "submission.csv").read_text().splitlines()))
    assert lines == [["image", "label"], ["0.jpg", "red"], ["1.jpg", "blue"], ["2.jpg", "red"]]
    (best, second), *_ = predict_pictures(
        out / "checkpoint.pt", [folder / "red" / "1.png", folder / "blue" / "2.png"]
    )
    assert best[0] == "red" and best[1] + second[1] == pytest.approx(1, abs=1e-5)


def test_folders_that_are_no_data(tmp_path):
    """No folder, one class, too few pictures, a text with a picture's name."""
    with pytest.raises(DataError, match="no such folder, and no data set has this name"):
        read_data(Recipe("lenet1", "cifar11"))
    folder = pictures(tmp_path / "mine", 3)
    (folder / "red" / "0.png").write_text("text")
    with pytest.raises(DataError, match=r"0\.png is no picture"):
        load_folder(folder)
    (folder / "red" / "0.png").unlink()
    with pytest.raises(DataError, match="red has 2 pictures; a class needs at least 3"):
        load_folder(folder)
    with pytest.raises(DataError, match="has 0 sub-folders"):
        load_folder(folder / "red")


WRONG = {
    "model='resnet21_cifar' is unknown": {"model": "resnet21_cifar"},
    "optimizer='adamw' is unknown": {"optimizer": "adamw"},
    "augment='mirror' is unknown": {"augment": ("mirror",)},
    "schedule='onecycle' is unknown": {"schedule": "onecycle"},
    "epochs=0 must be at least 1": {"epochs": 0},
    "lr=0 must be above 0": {"lr": 0},
}


@pytest.mark.parametrize("words", WRONG)
def test_a_recipe_that_cannot_be(words):
    """One line that names argument, value and what is allowed."""
    with pytest.raises(UsageError, match=words):
        Recipe(**QUICK | WRONG[words])


def test_images_that_the_net_does_not_take(tmp_path):
    """The line says which option helps, and it does."""
    with pytest.raises(UsageError, match="--size brings images to another size"):
        train_recipe(Recipe("lenet5", epochs=1), tmp_path / "a")
    assert read_data(Recipe("lenet5", size=32)).train.images.shape == (3500, 1, 32, 32)


def course(*arguments):
    """The command as a person types it."""
    command = [sys.executable, "-m", "course", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def step_of(folder):
    """The step of the newest checkpoint in a folder, 0 if there is none; a rename may be under way."""
    state = Checkpoints(folder).load()
    return 0 if state is None else state["place"]["step"]


def wait_beyond(step, folder, process):
    """Until a later checkpoint lies in the folder, or the process has ended."""
    while step_of(folder) <= step and process.poll() is None:
        time.sleep(0.02)


@pytest.mark.nightly("four processes train; the trainer's own tests kill one by day")
def test_killed_and_stopped_it_ends_with_the_same_bits(tmp_path):
    """kill -9 after a checkpoint, Ctrl-C later, and a third call: the weights of a training in one go."""
    arguments = ["train", "lenet1", "--epochs", 4, "--batch-size", 50, "--augment", "crop", "--device", "cpu"]
    assert course(*arguments, "-o", tmp_path / "whole").wait() == 0
    out = tmp_path / "cut"
    process = course(*arguments, "-o", out)
    wait_beyond(0, out, process)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    killed = step_of(out)
    process = course(*arguments, "-o", out)
    wait_beyond(killed, out, process)
    process.send_signal(signal.SIGINT)
    code = process.wait()
    assert (code == 130 and killed < step_of(out) < 280) or code == 0  # a quick machine may have ended before
    assert course(*arguments, "-o", out).wait() == 0
    whole, cut = (read(tmp_path / name / "checkpoint.pt")["model"] for name in ("whole", "cut"))
    assert all(torch.equal(value, cut[name]) for name, value in whole.items())


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.nightly("trains some forty times, for minutes")
def test_killed_at_each_touch_of_its_folder(tmp_path):
    """Whichever file it was at, half-written or not yet there: the same call ends as if nothing had been."""
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    moments, codes = json.loads(done.stdout)
    assert moments > 15 and set(codes.values()) == {0}
    names = {path.name for path in (tmp_path / "whole").iterdir()} - {"checkpoint.previous.pt"}
    weights = read(tmp_path / "whole" / "checkpoint.pt")["model"]
    for end in codes:
        folder = tmp_path / end
        assert {path.name for path in folder.iterdir()} - {"checkpoint.previous.pt"} == names, end
        assert (folder / "recipe.json").read_bytes() == (tmp_path / "whole" / "recipe.json").read_bytes()
        again = read(folder / "checkpoint.pt")["model"]
        assert all(torch.equal(value, again[name]) for name, value in weights.items()), end


@pytest.mark.nightly("two more processes; the trainer's own tests have them too")
def test_two_processes_train_together(tmp_path):
    """Under torchrun each takes half of every batch; one table, one folder."""
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node=2",
        "--standalone",
        "-m",
        "course",
    ]
    arguments = ["train", "lenet1", "--epochs", "1", "--batch-size", "100", "--device", "cpu"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [*command, *arguments, "-o", str(tmp_path)], capture_output=True, text=True, env=environment
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("test: loss") == 1
    assert read(tmp_path / "checkpoint.pt")["settings"]["processes"] == 2


TROUBLES = {
    "model='lenet2' is unknown": ["train", "lenet2"],
    "no such folder, and no data set has this name": ["train", "lenet1", "--data", "cifar11"],
    "no training lies there; course train writes one": ["predict", "nowhere", "a.png"],
}


@pytest.mark.parametrize("words", TROUBLES)
def test_a_line_for_each_trouble(words, course):
    """The command ends with 2 and one line."""
    code, _, said = course(*TROUBLES[words])
    assert code == 2 and words in said and len(said.strip().splitlines()) == 1
