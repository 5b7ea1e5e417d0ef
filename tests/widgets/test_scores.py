"""The explorer of scores shows the chosen image with the chosen template."""

import torch

from course.visualize import plot_score
from course.widgets import score_explorer

NAMES = ("cat", "dog", "ship")


def test_every_choice_is_the_picture_of_that_image_and_template():
    """For each image and class the explorer draws what plot_score draws."""
    generator = torch.Generator().manual_seed(0)
    images, labels = torch.rand(2, 1, 5, 3, generator=generator), torch.tensor([2, 0])
    weight, bias = torch.randn(3, 15, generator=generator), torch.randn(3, generator=generator)
    explorer = score_explorer(images, labels, weight, bias, NAMES)
    controls = explorer.controls
    assert (controls["image"].max, controls["looked_for"].value) == (1, 2)
    for image in range(2):
        for looked_for, name in enumerate(NAMES):
            controls["image"].value, controls["looked_for"].value = image, looked_for
            figure = explorer.picture()
            assert figure.alt.startswith(f"An image of a {NAMES[labels[image]]}, the template of {name},")
            expected = plot_score(images[image], int(labels[image]), looked_for, weight, bias, NAMES)
            assert figure.pixels().tobytes() == expected.pixels().tobytes()
