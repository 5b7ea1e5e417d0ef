"""Results of the ILSVRC classification task, 2010 to 2015: each number with its kind and its source.

ILSVRC is the ImageNet Large Scale Visual Recognition Challenge (Russakovsky et al. 2015): 1,000 classes, five
guesses an image. An answer is right if one of the five is (top-5). The chart "Revolution of Depth" shows
one number a year. Those numbers are of different kinds: one net or many, test images or validation images,
with other data or without. So the table holds the other numbers of the same nets too, and says what each is.
"""

from dataclasses import dataclass

OFFICIAL = "official results page, image-net.org/challenges/LSVRC/{}/results"
VGG = "Simonyan and Zisserman 2014, Table 7"


@dataclass(frozen=True)
class Result:
    """One published error.

    Args:
        year: of the challenge.
        name: as the lecture calls it.
        layers: with weights, counted along the longest path; None for methods that are no deep nets.
        top5: error in percent.
        nets: how many nets vote; None where there is no net, or where the source only says "several".
        kind: "shallow" (features made by hand), "single" (one net) or "ensemble".
        images: "test" or "validation".
        outside_data: trained on more images than the challenge gave.
        on_chart: whether this is the number in the chart "Revolution of Depth".
        source: where it is printed.
    """

    year: int
    name: str
    layers: int | None
    top5: float
    nets: int | None
    kind: str
    images: str
    source: str
    outside_data: bool = False
    on_chart: bool = False


ILSVRC = (
    Result(2010, "NEC-UIUC", None, 28.2, None, "shallow", "test", OFFICIAL.format(2010), on_chart=True),
    Result(2011, "XRCE", None, 25.8, None, "shallow", "test", OFFICIAL.format(2011), on_chart=True),
    Result(2012, "AlexNet", 8, 16.4, 5, "ensemble", "test", "Krizhevsky et al. 2012, Table 2", on_chart=True),
    Result(
        2012, "AlexNet", 8, 15.3, 7, "ensemble", "test", "Krizhevsky et al. 2012, Table 2", outside_data=True
    ),
    Result(2012, "AlexNet", 8, 18.2, 1, "single", "validation", "Krizhevsky et al. 2012, Table 2"),
    Result(2013, "Clarifai", 8, 11.7, None, "ensemble", "test", VGG, on_chart=True),
    Result(2013, "Clarifai", 8, 12.5, 1, "single", "test", VGG),
    Result(2013, "ZF", 8, 14.8, 6, "ensemble", "test", VGG),
    Result(2013, "ZF", 8, 16.1, 1, "single", "test", VGG),
    Result(2014, "VGG", 19, 7.3, 7, "ensemble", "test", VGG, on_chart=True),
    Result(2014, "VGG", 19, 7.0, 1, "single", "test", VGG),
    Result(2014, "GoogLeNet", 22, 6.7, 7, "ensemble", "test", "Szegedy et al. 2014, Table 2", on_chart=True),
    Result(2014, "GoogLeNet", 22, 7.9, 1, "single", "validation", "Szegedy et al. 2014, Table 3"),
    Result(2015, "ResNet", 152, 3.57, 6, "ensemble", "test", "He et al. 2015, Table 5", on_chart=True),
    Result(2015, "ResNet", 152, 4.49, 1, "single", "validation", "He et al. 2015, Table 4"),
)
"""In the order of the years; of one net, first the number that the chart shows.

The layers of Clarifai's nets were never published in full; 8 is what the chart says. The chart calls it
"ZF", after Zeiler and Fergus, whose own nets had 14.8. The layers of VGG's ensemble are those of its deepest
net, and so are ResNet's: only two of the six have 152.
"""


def on_chart() -> list[Result]:
    """The seven numbers of the chart "Revolution of Depth", oldest first."""
    return [result for result in ILSVRC if result.on_chart]
