"""Training report: the epochs as a table, curves, confusion, calibration, predictions."""

import csv
from pathlib import Path

from torch import Tensor

from course.data import DATASETS, Dataset
from course.data.folder import UNLABELED, pictures_in
from course.data.pictures import read_pictures
from course.training import History, Scores, Trainer
from course.visualize import expected_calibration_error, plot_confusion_matrix, plot_history, plot_reliability

from .recipe import Recipe

MOST_CLASSES = 30  # of which a matrix can be read


def write_report(
    recipe: Recipe,
    folder: Path,
    data: Dataset,
    trainer: Trainer,
    history: History,
    scores: Scores,
    logits: Tensor,
) -> float:
    """Write tables and pictures into the folder.

    Args:
        logits: of the test images.

    Returns:
        The expected calibration error on the test images.
    """
    history.to_csv(folder / "history.csv")
    if len(history):
        plot_history(history, title=f"{recipe.model} on {data.name}").savefig(folder / "curves.png")
    if len(data.classes) <= MOST_CLASSES:
        matrix = plot_confusion_matrix(scores.confusion.numpy(), data.classes)
        matrix.savefig(folder / "confusion.png")
    probabilities = logits.softmax(dim=1)
    plot_reliability({recipe.model: (probabilities, data.test.labels)}).savefig(folder / "reliability.png")
    if recipe.data not in DATASETS:
        write_submission(recipe, folder / "submission.csv", data, trainer)
    return expected_calibration_error(probabilities, data.test.labels)


def write_submission(recipe: Recipe, path: Path, data: Dataset, trainer: Trainer) -> None:
    """Write the predicted class of each unlabeled picture, a line each, if there are any."""
    paths = [path for name in UNLABELED for path in pictures_in(Path(recipe.data) / name)]
    if not paths:
        return
    side = data.test.images.shape[-1]
    logits = trainer.predict(read_pictures(paths, (side, side)), flip=recipe.mirror)
    answers = logits.argmax(dim=1).tolist()
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["image", "label"])
        lines.writerows([path.name, data.classes[n]] for path, n in zip(paths, answers, strict=True))
