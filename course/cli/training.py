"""Commands for those who train nets: train, predict."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from course.errors import UsageError

from .app import app, console

if TYPE_CHECKING:
    from course.recipes import Recipe

Names = Annotated[str, typer.Option(help="Any of crop,flip,rotation,scale,translation,noise, with commas.")]


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="A model of the course, such as resnet20_cifar.")],
    data: Annotated[
        str, typer.Option(help="digits, photographs, cifar10, …, or a folder of images.")
    ] = "digits",
    epochs: Annotated[int, typer.Option(help="Passes over the training images.")] = 10,
    batch_size: Annotated[int, typer.Option(help="Images a step.")] = 64,
    optimizer: Annotated[
        str, typer.Option(help="gradient_descent, sgd, momentum, nag, adagrad, rmsprop, adadelta, adam.")
    ] = "momentum",
    lr: Annotated[float | None, typer.Option(help="Learning rate; the rule's own when left out.")] = None,
    weight_decay: Annotated[float, typer.Option(help="L2 penalty.")] = 0.0,
    schedule: Annotated[str, typer.Option(help="constant, steps, cosine, one_cycle.")] = "constant",
    augment: Names = "",
    size: Annotated[int | None, typer.Option(help="Side to which images are brought, in pixels.")] = None,
    width: Annotated[float, typer.Option(help="Factor of the net's numbers of channels.")] = 1.0,
    label_smoothing: Annotated[
        float, typer.Option(help="Share of the target spread over all classes.")
    ] = 0.0,
    ema: Annotated[
        float | None, typer.Option(help="Decay of an average of the weights, such as 0.99.")
    ] = None,
    mirror: Annotated[bool, typer.Option("--mirror", help="Measure an image with its mirror image.")] = False,
    precision: Annotated[str, typer.Option(help="float32, bfloat16, float16, auto.")] = "auto",
    compile: Annotated[bool, typer.Option("--compile", help="Use torch.compile.")] = False,
    seed: Annotated[int, typer.Option(help="Of weights, order and augmentation.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder of this training.")] = None,
):
    """Train a model on a data set; called again, go on.

    On several GPUs: torchrun --nproc-per-node=4 -m course train ….
    """
    from course import recipes

    out = out or Path("runs") / f"{model}_{Path(data).name}"
    names = tuple(name.strip() for name in augment.split(",") if name.strip())
    recipe = recipes.Recipe(
        model,
        data,
        epochs,
        batch_size,
        optimizer,
        lr,
        weight_decay,
        schedule,
        names,
        size,
        width,
        label_smoothing,
        ema,
        mirror,
        precision,
        compile,
        seed,
    )
    _train(recipe, out, device)


def _train(recipe: "Recipe", out: Path, device: str) -> None:
    from course import recipes
    from course.training import CheckpointError, TrainingError
    from course.training.checkpoint import NEWEST
    from course.training.distributed import rank

    try:
        trained = recipes.train_recipe(recipe, out, device)
    except (TrainingError, CheckpointError, ValueError) as error:
        raise UsageError(str(error)) from error
    except KeyboardInterrupt:
        if (out / NEWEST).exists():
            print(f"stopped; what was computed lies in {out}, and the same command goes on from there")
        raise
    if rank() == 0:
        print(trained.table())
        print(f"in {out}: {', '.join(sorted(path.name for path in out.iterdir()))}")


@app.command()
def predict(
    checkpoint: Annotated[Path, typer.Argument(help="Folder of a training, or its checkpoint.pt.")],
    pictures: Annotated[list[Path], typer.Argument(help="Your own pictures.")],
    best: Annotated[int, typer.Option(help="How many classes to name.")] = 3,
    invert: Annotated[bool, typer.Option("--invert", help="Dark on bright, for digits on paper.")] = False,
):
    """Say what a trained net sees in your own pictures."""
    from course import recipes

    answers = recipes.predict_pictures(checkpoint, pictures, best, invert)
    table = Table("picture", "class", "probability")
    for picture, classes in zip(pictures, answers, strict=True):
        for number, (name, probability) in enumerate(classes):
            table.add_row(str(picture) if number == 0 else "", name, f"{probability:.3f}")
    console.print(table)
