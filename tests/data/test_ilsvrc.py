"""The table of ILSVRC results agrees with the papers and with itself."""

from course.data.ilsvrc import ILSVRC, on_chart


def test_the_chart_is_the_famous_one():
    """Seven bars, with the errors and the layers of the slide "Revolution of Depth"."""
    chart = on_chart()
    assert [result.year for result in chart] == [2010, 2011, 2012, 2013, 2014, 2014, 2015]
    assert [result.top5 for result in chart] == [28.2, 25.8, 16.4, 11.7, 7.3, 6.7, 3.57]
    assert [result.layers for result in chart] == [None, None, 8, 8, 19, 22, 152]


def test_each_number_says_what_it_is():
    """Kind and number of nets belong together, and every row names a source."""
    for result in ILSVRC:
        assert result.images in ("test", "validation") and result.source
        assert (result.kind == "shallow") is (result.layers is None)
        assert (result.nets == 1) is (result.kind == "single")


def test_one_net_is_worse_than_many():
    """Where a single net and an ensemble of it were measured without other data, the ensemble errs less.

    VGG is the exception: its single net is a better one, trained after the challenge.
    """
    for name in ("AlexNet", "Clarifai", "ZF", "GoogLeNet", "ResNet"):
        own = [result for result in ILSVRC if result.name == name and not result.outside_data]
        (single,) = [result.top5 for result in own if result.kind == "single"]
        (ensemble,) = [result.top5 for result in own if result.kind == "ensemble"]
        assert ensemble < single, name
