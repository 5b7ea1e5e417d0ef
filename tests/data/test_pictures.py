"""Pictures that people bring: every usual kind is read alike, and what cannot be read is one line."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from torchvision.transforms import v2

from course.data import photograph_paths, read_picture
from course.data.pictures import MAX_BYTES, MAX_PIXELS
from course.errors import DataError


@pytest.fixture(scope="module")
def photo():
    """A flower, 427 × 640 pixels."""
    return Image.fromarray(load_sample_image("flower.jpg"))


def stored(image, kind="PNG", **options):
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_it_is_what_imagenets_evaluation_makes(photo):
    """The shorter side to 256 and 224 from the middle, as torchvision does it, to a step of brightness."""
    photo = photo.crop((100, 0, 527, 427))
    theirs = v2.Compose([v2.Resize(256, v2.InterpolationMode.BICUBIC), v2.CenterCrop(224), v2.PILToTensor()])
    ours = read_picture(stored(photo), (224, 224)) * 255
    assert ours.shape == (3, 224, 224) and ours.dtype == torch.float32
    assert (ours - theirs(photo).float()).abs().max() <= 2


def test_the_middle_is_cut_and_not_squeezed(photo):
    """Without scaling, the pixels themselves, for each form."""
    pixels = torch.from_numpy(np.array(photo)).permute(2, 0, 1)
    high = read_picture(stored(photo), (427, 426), share=1)
    assert torch.equal((high * 255).byte(), pixels[:, :, 107:533])
    assert torch.equal((read_picture(stored(photo), (427, 640), share=1) * 255).byte(), pixels)
    wide = read_picture(stored(photo), (320, 640), share=1)
    assert wide.shape == (3, 320, 640)


def test_a_picture_of_any_size_is_read_whole():
    """29 × 30 pixels for 28 × 28, too, where rounding led a hair out of the picture."""
    for width in range(20, 60):
        file = io.BytesIO()
        Image.new("L", (width, width + 1), 255).save(file, "PNG")
        assert (read_picture(file.getvalue(), (28, 28), share=1.0, gray=True) == 1).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_the_camera_was_held(orientation):
    """All eight orientations of EXIF: red is above on the left, green on the right, blue below."""
    upright = np.zeros((64, 64, 3), dtype=np.uint8)
    upright[:32, :32, 0] = upright[:32, 32:, 1] = upright[32:, :32, 2] = 255
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.ascontiguousarray(turned[orientation]))
    read = read_picture(stored(image, "JPEG", exif=exif, quality=95), (64, 64), share=1)
    expected = torch.from_numpy(upright).permute(2, 0, 1).float() / 255
    assert (read - expected)[:, 8:24, 8:24].abs().max() < 0.1
    assert (read - expected)[:, 8:24, 40:56].abs().max() < 0.1
    assert (read - expected)[:, 40:56, 8:24].abs().max() < 0.1


def test_every_kind_of_pixels_is_read_alike():
    """Grey, palette, CMYK, 16 bits, one bit: a ramp from black to white stays one."""
    ramp = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))
    gray = Image.fromarray(ramp)
    kinds = {
        "gray": stored(gray),
        "colour": stored(gray.convert("RGB")),
        "palette": stored(gray.convert("P"), "GIF"),
        "palette PNG": stored(gray.convert("RGB").quantize(64)),
        "gray with alpha": stored(gray.convert("LA")),
        "alpha": stored(gray.convert("RGBA")),
        "CMYK": stored(gray.convert("RGB").convert("CMYK"), "JPEG", quality=95),
        "JPEG": stored(gray, "JPEG", quality=95),
        "WebP": stored(gray.convert("RGB"), "WEBP", lossless=True),
        "BMP": stored(gray, "BMP"),
        "16 bits": stored(Image.fromarray(ramp.astype(np.uint16) * 257)),
    }
    expected = torch.from_numpy(ramp).float() / 255
    for kind, content in kinds.items():
        read = read_picture(content, (64, 64), share=1)
        assert read.shape == (3, 64, 64)
        assert (read - expected).abs().max() < 0.03, kind
        gray = read_picture(content, (64, 64), share=1, gray=True)
        assert gray.shape == (1, 64, 64) and (gray - expected).abs().max() < 0.03, kind
    bits = read_picture(stored(Image.fromarray(ramp > 127)), (64, 64), share=1)
    assert bits.unique().tolist() == [0, 1]


def test_what_is_transparent_becomes_white():
    """With an alpha channel, with a transparent colour of a palette, and half of it half."""
    red = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    red.putpixel((0, 0), (255, 0, 0, 255))
    read = read_picture(stored(red), (8, 8), share=1)
    assert read[:, 0, 0].tolist() == [1, 0, 0] and (read[:, 1:] == 1).all()
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    assert (read_picture(stored(palette, transparency=1), (8, 8), share=1) == 1).all()
    half = read_picture(stored(Image.new("RGBA", (8, 8), (255, 0, 0, 128))), (8, 8), share=1)
    assert half[1].unique().item() == pytest.approx(0.5, abs=0.01)


def test_of_several_frames_the_first_is_taken():
    """An animation is its first picture."""
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    content = stored(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(content, (8, 8), share=1)[:, 4, 4].tolist() == [1, 0, 0]


def bomb(width, height):
    """A PNG of a few bytes that claims so many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8001, 12000, 30000])
@pytest.mark.filterwarnings("error")
def test_a_picture_of_too_many_pixels_is_not_unpacked(side):
    """Below Pillow's warning, between warning and error, and above."""
    assert side**2 > MAX_PIXELS
    with pytest.raises(DataError, match=r"^bomb\.png has .*pixels; at most 64 million are read$"):
        read_picture(bomb(side, side), (64, 64), name="bomb.png")


NO_PICTURES = {
    "text": b"no picture",
    "nothing": b"",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "archive": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("kind", NO_PICTURES)
def test_what_is_no_picture_is_one_line(kind):
    """It names the file and the formats; nothing else is tried, PostScript least of all."""
    with pytest.raises(DataError, match=r"^the file is no picture in a format that is read: JPEG, .*BMP$"):
        read_picture(NO_PICTURES[kind], (64, 64))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_damaged_bytes_are_a_picture_or_one_line(photo, kind):
    """Cut off, and with bytes changed at random in 60 ways."""
    whole, random = stored(photo.resize((60, 40)), kind), np.random.default_rng(0)
    with pytest.raises(DataError, match=r"^half is (a damaged|no) picture"):
        read_picture(whole[: len(whole) // 2], (32, 32), name="half")
    for _ in range(60):
        changed = bytearray(whole)
        for place in random.integers(len(whole), size=5):
            changed[place] = random.integers(256)
        try:
            assert read_picture(bytes(changed), (32, 32)).shape == (3, 32, 32)
        except DataError as error:
            assert "\n" not in str(error)


def test_files_that_cannot_be_read_are_one_line(tmp_path):
    """Missing, a folder, a device, and one of more bytes than are read."""
    with pytest.raises(DataError, match=r"there is no file holiday\.jpg"):
        read_picture("holiday.jpg", (64, 64))
    with pytest.raises(DataError, match="is no file; give the path of a picture"):
        read_picture(tmp_path, (64, 64))
    with pytest.raises(DataError, match="is no file"):
        read_picture("/dev/zero", (64, 64))
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(DataError, match=r"large\.jpg has 25 MB; at most 25 MB are read"):
        read_picture(large, (64, 64))
    with pytest.raises(DataError, match="scan has 25 MB; at most 25 MB"):
        read_picture(bytes(MAX_BYTES + 1), (64, 64), name="scan")


def test_wrong_arguments_are_one_line(photo):
    """Size and share."""
    with pytest.raises(ValueError, match=r"size=\(0, 4\).*share=0.5"):
        read_picture(stored(photo), (0, 4), share=0.5)
    with pytest.raises(ValueError, match="share=2"):
        read_picture(stored(photo), (4, 4), share=2)


def test_the_paths_are_those_of_the_photographs():
    """In order, and each can be read."""
    paths = photograph_paths()
    assert [path.name for path in paths] == [f"{i}.jpg" for i in range(100)]
    assert read_picture(paths[0], (32, 48)).shape == (3, 32, 48)
