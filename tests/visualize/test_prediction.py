"""One's own photograph in one line: classes as after torchvision's preparation, and errors in one line."""

import pytest
import torch
from PIL import Image
from torchvision.transforms import v2

from course.data import photograph_paths
from course.data.photographs import read_table
from course.errors import DataError
from course.models import get_model
from course.models.published import imagenet_classes
from course.visualize import predict_photograph


def test_the_first_classes_are_those_of_torchvisions_preparation():
    """Photographs of 512 × 512: the five first classes, and probabilities to a percent."""
    net = get_model("efficientnet_lite0", pretrained=True)
    resize = v2.Resize(256, v2.InterpolationMode.BICUBIC)
    prepare = v2.Compose([resize, v2.CenterCrop(224), v2.PILToTensor()])
    for number in (3, 4, 60):
        path = photograph_paths()[number]
        with Image.open(path) as image, torch.no_grad():
            x = prepare(image.convert("RGB"))[None] / 255
            chances, classes = net(net.normalize(x))[0].softmax(0).topk(2)
        rows = predict_photograph(path, count=2).rows
        assert rows[0][0] == imagenet_classes()[classes[0]] == read_table()[number]["name"]
        assert float(rows[0][1].rstrip("%")) == pytest.approx(100 * chances[0].item(), abs=1)


def test_a_notebook_shows_five_rows(tmp_path):
    """As a table, in text and in HTML; also of a tall grey photograph that lies on its side."""
    with Image.open(photograph_paths()[3]) as image:
        image.convert("L").crop((0, 0, 512, 300)).save(tmp_path / "my panda.png")
    table = predict_photograph(str(tmp_path / "my panda.png"))
    assert table.header == ("class", "probability") and len(table.rows) == 5
    assert "<table>" in table._repr_html_() and str(table).count("%") == 5


def test_what_cannot_be_predicted_is_one_line(tmp_path):
    """No such file, no picture, no such number of classes."""
    with pytest.raises(DataError, match=r"there is no file dog\.jpg"):
        predict_photograph("dog.jpg")
    (tmp_path / "notes.txt").write_text("a dog")
    with pytest.raises(DataError, match=r"notes\.txt is no picture in a format that is read"):
        predict_photograph(tmp_path / "notes.txt")
    with pytest.raises(ValueError, match="count=0 must lie from 1 to 1000"):
        predict_photograph("dog.jpg", 0)
