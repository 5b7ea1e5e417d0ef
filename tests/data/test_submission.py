"""A submission is written as Kaggle wants it, and every odd file is refused with the line and the reason."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.data.submission import validate_submission, write_submission

GOOD = "ImageId,Label\n1,7\n2,0\n3,9\n"


@pytest.fixture
def faults(tmp_path):
    """Write some text or bytes to a file, and validate it for three images."""

    def check(contents, images=3):
        path = tmp_path / "submission.csv"
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode("utf-8"))
        return validate_submission(path, images=images)

    return check


def test_the_file_is_that_of_the_competition(tmp_path, faults):
    """Byte for byte: header, numbers from 1, no blank line at the end; and it is valid."""
    path = write_submission(tmp_path / "mine.csv", [7, 0, 9])
    assert path.read_bytes() == GOOD.encode() and faults(GOOD) == []


@pytest.mark.parametrize(
    "labels", [[1, 2], np.array([1, 2], np.int8), np.array([1, 2], np.uint8), torch.tensor([1, 2])]
)
def test_labels_of_any_kind_are_written(tmp_path, labels):
    """A list, arrays and a tensor give the same file."""
    assert write_submission(tmp_path / "a.csv", labels).read_text() == "ImageId,Label\n1,1\n2,2\n"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=50))
def test_what_is_written_is_valid(tmp_path_factory, labels):
    """Whatever digits are predicted, the file has no fault, and pandas would read the labels back."""
    path = write_submission(tmp_path_factory.mktemp("kaggle") / "a.csv", labels)
    assert validate_submission(path, images=len(labels)) == []
    ids, read = np.loadtxt(path, delimiter=",", skiprows=1, dtype=int, ndmin=2).T
    assert ids.tolist() == list(range(1, len(labels) + 1)) and read.tolist() == labels


@pytest.mark.parametrize(
    "labels, message",
    [
        ([1, 10], r"labels\[1\]=10 must be a whole number from 0 to 9"),
        ([-1], r"labels\[0\]=-1 must be a whole number from 0 to 9"),
        ([1.0, 2.0], r"labels\[0\]=1.0 must be"),
        (["3"], r"labels\[0\]='3' must be"),
        ([True], r"labels\[0\]=True must be"),
        (np.zeros((3, 10)), r"labels of shape \(3, 10\) must be \(N,\), one digit an image: take argmax"),
        ([], r"labels of shape \(0,\) must be \(N,\)"),
    ],
)
def test_labels_that_are_no_digits_are_refused(tmp_path, labels, message):
    """Nothing is written then."""
    with pytest.raises(ValueError, match=message):
        write_submission(tmp_path / "a.csv", labels)
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    "contents",
    [
        GOOD.replace("\n", "\r\n"),  # Windows
        GOOD.rstrip("\n"),  # no end of the last line
        "ImageId,Label\n3,9\n1,7\n2,0\n",  # another order
        'ImageId,Label\n"1","7"\n2,0\n3,9\n',  # quoted, as some programs write
        "ImageId,Label\n1,7\n02,0\n3,9\n",  # still the number 2
    ],
)
def test_harmless_differences_are_valid(faults, contents):
    """Ends of lines, order, quotation marks and leading zeros change nothing."""
    assert faults(contents) == []


ODD = {
    "missing row": (
        "ImageId,Label\n1,7\n3,9\n",
        ["1 of the ImageIds 1 to 3 have no line of their own: 2"],
    ),
    "duplicated id": (
        "ImageId,Label\n1,7\n2,0\n2,9\n",
        [
            "line 4: ImageId=2 stands on line 3 already",
            "1 of the ImageIds 1 to 3 have no line of their own: 3",
        ],
    ),
    "label 10": (
        "ImageId,Label\n1,10\n2,0\n3,9\n",
        ["line 2: Label='10' must be a whole number from 0 to 9"],
    ),
    "label with a point": (
        "ImageId,Label\n1,7.0\n2,0\n3,9\n",
        ["line 2: Label='7.0' must be a whole number from 0 to 9"],
    ),
    "space": ("ImageId,Label\n1, 7\n2,0\n3,9\n", ["line 2: Label=' 7' must be a whole number from 0 to 9"]),
    "another alphabet": (
        "ImageId,Label\n1,٧\n2,0\n3,9\n",
        ["line 2: Label='٧' must be a whole number from 0 to 9"],
    ),
    "numbers from 0": (
        "ImageId,Label\n0,7\n1,0\n2,9\n",
        [
            "line 2: ImageId='0' must be a whole number from 1 to 3",
            "1 of the ImageIds 1 to 3 have no line of their own: 3",
        ],
    ),
    "one image too many": (GOOD + "4,1\n", ["line 5: ImageId='4' must be a whole number from 1 to 3"]),
    "BOM": (
        "\ufeff" + GOOD,
        ["line 1 begins with a byte order mark (BOM), invisible in editors; save as UTF-8 without BOM"],
    ),
    "header missing": (
        "1,7\n2,0\n3,9\n",
        ["line 1 is '1,7'; it must be the header 'ImageId,Label'"],
    ),
    "header in small letters": (
        GOOD.lower(),
        ["line 1 is 'imageid,label'; it must be the header 'ImageId,Label'"],
    ),
    "index of pandas": (
        ",ImageId,Label\n0,1,7\n1,2,0\n2,3,9\n",
        [
            "line 1 is ',ImageId,Label'; it must be the header 'ImageId,Label'",
            "line 2 has 3 values, '0,1,7'; it must have 2: an ImageId and a Label",
            "line 3 has 3 values, '1,2,0'; it must have 2: an ImageId and a Label",
            "line 4 has 3 values, '2,3,9'; it must have 2: an ImageId and a Label",
            "3 of the ImageIds 1 to 3 have no line of their own: 1, 2, 3",
        ],
    ),
    "blank line": ("ImageId,Label\n1,7\n\n2,0\n3,9\n", ["line 3 is blank; delete it"]),
    "blank line at the end": (GOOD + "\n", ["line 5 is blank; delete it"]),
    "semicolons": (
        GOOD.replace(",", ";"),
        [
            "line 1 is 'ImageId;Label'; it must be the header 'ImageId,Label'",
            "line 2 has 1 values, '1;7'; it must have 2: an ImageId and a Label",
            "line 3 has 1 values, '2;0'; it must have 2: an ImageId and a Label",
            "line 4 has 1 values, '3;9'; it must have 2: an ImageId and a Label",
            "3 of the ImageIds 1 to 3 have no line of their own: 1, 2, 3",
        ],
    ),
    "empty": ("", ["the file is empty; line 1 must be ImageId,Label"]),
    "no images": ("ImageId,Label\n", ["3 of the ImageIds 1 to 3 have no line of their own: 1, 2, 3"]),
}


@pytest.mark.parametrize("contents, expected", ODD.values(), ids=ODD.keys())
def test_odd_files_are_refused(faults, contents, expected):
    """Each fault is named with its line, the value, and what is allowed; nothing else is complained of."""
    assert faults(contents) == expected


def test_what_is_no_text_is_refused(faults):
    """UTF-16, a workbook and an open quotation mark are one fault, not a traceback."""
    for contents in (GOOD.encode("utf-16"), b"PK\x03\x04\xff\xfe", b'ImageId,Label\n1,"7\n'):
        (fault,) = faults(contents)
        assert fault.startswith("the file is not comma-separated text in UTF-8")


def test_many_missing_images_are_named_shortly(faults):
    """28,000 images are expected by default; five numbers are enough to see what is missing."""
    (fault,) = faults(GOOD, images=28_000)
    assert fault == "27997 of the ImageIds 1 to 28000 have no line of their own: 4, 5, 6, 7, 8, …"


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60))
def test_no_file_breaks_the_validator(tmp_path_factory, contents):
    """Any bytes give a list of faults, and none of them is valid by chance."""
    path = tmp_path_factory.mktemp("kaggle") / "a.csv"
    path.write_bytes(contents)
    assert validate_submission(path, images=3)


def test_arguments_are_checked(tmp_path):
    """A test set without images, and a file that is not there."""
    with pytest.raises(ValueError, match="images=0 must be at least 1"):
        validate_submission(tmp_path / "a.csv", images=0)
    with pytest.raises(FileNotFoundError):
        validate_submission(tmp_path / "a.csv")
