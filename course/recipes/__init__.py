"""Training recipes by names: which model, on which data, by which rule; and what a training leaves behind.

recipe = Recipe("resnet20_cifar", data="cifar10", epochs=40, schedule="one_cycle", augment=("crop", "flip"))
print(train_recipe(recipe, "runs/r20").table())
"""

from .predict import predict_pictures
from .recipe import LEARNING_RATES, SCHEDULES, Recipe
from .train import train_recipe

__all__ = [
    "LEARNING_RATES",
    "SCHEDULES",
    "Recipe",
    "predict_pictures",
    "train_recipe",
]
