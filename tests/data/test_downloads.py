"""Downloads through torchvision's real code, from a server on this machine with small sets of our own."""

import functools
import gzip
import hashlib
import io
import pickle
import socket
import struct
import tarfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch
from torchvision import datasets

from course.data import downloads, load
from course.errors import DataError

TORCHVISION = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "cifar10": "CIFAR10"}
every_set = pytest.mark.parametrize("name", TORCHVISION)


def make_pixels(per_class, shape):
    """Images that carry their own number in the first two pixels; the class is the number modulo 10."""
    number = np.arange(10 * per_class)
    pixels = np.zeros((len(number), *shape), dtype=np.uint8)
    flat = pixels.reshape(len(number), -1)
    flat[:, 0], flat[:, 1], flat[:, 2] = number // 256, number % 256, 255
    return pixels, (number % 10).astype(np.uint8)


def numbers(images):
    """The numbers that `make_pixels` wrote."""
    flat = (images.flatten(1)[:, :2] * 255).round().to(torch.int64)
    return (flat[:, 0] * 256 + flat[:, 1]).tolist()


def idx(array):
    """The format of MNIST's files, compressed."""
    header = struct.pack(">I", 0x0800 + array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.tobytes(), compresslevel=1)


def md5(content):
    return hashlib.md5(content).hexdigest()


def serve_mnist(source, site, address, monkeypatch):
    resources = []
    for part, per_class in (("train", 510), ("t10k", 10)):
        pixels, labels = make_pixels(per_class, (28, 28))
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels)):
            content = idx(array)
            (site / f"{part}-{kind}-ubyte.gz").write_bytes(content)
            resources.append((f"{part}-{kind}-ubyte.gz", md5(content)))
    monkeypatch.setattr(source, "mirrors", [address])
    monkeypatch.setattr(source, "resources", resources)


def serve_cifar(source, site, address, monkeypatch):
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    files = {"batches.meta": pickle.dumps({"label_names": names})}
    for file, per_class in (("data_batch_1", 510), ("test_batch", 10)):
        pixels, labels = make_pixels(per_class, (3, 32, 32))
        files[file] = pickle.dumps({"data": pixels.reshape(len(pixels), -1), "labels": labels.tolist()})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as tar:
        for file, content in files.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{file}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    (site / "cifar-10-python.tar.gz").write_bytes(buffer.getvalue())
    monkeypatch.setattr(source, "url", f"{address}cifar-10-python.tar.gz")
    monkeypatch.setattr(source, "tgz_md5", md5(buffer.getvalue()))
    monkeypatch.setattr(source, "train_list", [["data_batch_1", md5(files["data_batch_1"])]])
    monkeypatch.setattr(source, "test_list", [["test_batch", md5(files["test_batch"])]])
    monkeypatch.setattr(source, "meta", {**source.meta, "md5": md5(files["batches.meta"])})


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(tmp_path):
    """A folder and the address at which a server on this machine offers it."""
    folder = tmp_path / "site"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def publish(site, monkeypatch):
    """Puts a small set on the server and points torchvision's class to it."""

    def publish(name):
        source = getattr(datasets, TORCHVISION[name])
        serve = serve_cifar if name == "cifar10" else serve_mnist
        serve(source, *site, monkeypatch)
        return source

    return publish


@every_set
def test_a_set_is_downloaded_once_and_split(name, publish, site, tmp_path, capsys):
    """The first load downloads with a progress bar, the second needs no server; both give the same."""
    publish(name)
    cache = tmp_path / "cache"
    first = load(name, cache=cache)
    assert "100%" in capsys.readouterr().err
    for file in site[0].iterdir():
        file.unlink()
    second = load(name, cache=cache)

    channels, side = (3, 32) if name == "cifar10" else (1, 28)
    assert first.train.images.shape == (100, channels, side, side)
    assert first.validation.images.shape == (5000, channels, side, side)
    assert first.test.images.shape == (100, channels, side, side)
    assert first.validation.labels.bincount().tolist() == [500] * 10
    assert sorted(numbers(first.train.images) + numbers(first.validation.images)) == list(range(5100))
    assert numbers(first.test.images) == list(range(100))
    for part in ("train", "validation", "test"):
        one, other = getattr(first, part), getattr(second, part)
        assert [number % 10 for number in numbers(one.images)] == one.labels.tolist()
        assert torch.equal(one.images, other.images) and torch.equal(one.labels, other.labels)
    assert [entry.name for entry in cache.iterdir()] == [name]


def test_class_names(publish, tmp_path):
    """MNIST's classes are those of the digits; CIFAR-10's are read from its own file."""
    for name, expected in (("mnist", ("0", "1", "2")), ("cifar10", ("airplane", "automobile", "bird"))):
        publish(name)
        assert load(name, cache=tmp_path / "cache").classes[:3] == expected


@every_set
def test_offline_one_line_names_the_set_to_use(name, tmp_path, monkeypatch):
    """Without a connection: one line that names the set, the reason and `digits`; the cache stays empty."""
    source = getattr(datasets, TORCHVISION[name])
    monkeypatch.setattr(source, "mirrors", ["http://127.0.0.1:9/"], raising=False)
    monkeypatch.setattr(source, "url", "http://127.0.0.1:9/cifar.tar.gz", raising=False)
    with pytest.raises(DataError) as caught:
        load(name, cache=tmp_path / "new" / "cache")
    text, folder = str(caught.value), tmp_path / "new" / "cache" / name
    assert "\n" not in text
    assert text.startswith(f"{name} is not in {folder} and could not be downloaded (")
    assert text.endswith('; without the internet use load("digits")')
    assert list(folder.parent.iterdir()) == []
    assert caught.value.__suppress_context__


@every_set
def test_a_download_with_other_bytes_is_refused(name, publish, site, tmp_path):
    """A file whose MD5 differs is no data set: an error, and nothing of it stays."""
    publish(name)
    file = sorted(site[0].iterdir())[-1]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DataError, match=f"{name} is not in .* could not be downloaded"):
        load(name, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_silent_server_is_given_up(tmp_path, monkeypatch):
    """A server that accepts and says nothing ends the download; the time limit does not stay set."""
    monkeypatch.setattr(downloads, "SILENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(datasets.MNIST, "mirrors", [f"http://127.0.0.1:{server.getsockname()[1]}/"])
        with pytest.raises(DataError, match=r'timed out.*use load\("digits"\)'):
            load("mnist", cache=tmp_path)
    assert socket.getdefaulttimeout() is None


def test_first_loads_at_once_agree(publish, tmp_path, monkeypatch):
    """Several loads that all find an empty cache and download at the same time all succeed."""
    publish("mnist")
    monkeypatch.setattr(downloads, "SILENCE_S", None)  # the limit is one for all threads of a process
    loaded, barrier = [], threading.Barrier(3)

    def first_load():
        barrier.wait()
        loaded.append(load("mnist", cache=tmp_path / "cache"))

    threads = [threading.Thread(target=first_load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 3
    assert all(torch.equal(loaded[0].train.images, other.train.images) for other in loaded)
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == ["mnist"]


@pytest.mark.parametrize(
    ("name", "file"),
    [("mnist", "MNIST/raw/train-images-idx3-ubyte"), ("cifar10", "cifar-10-batches-py/data_batch_1")],
)
@pytest.mark.parametrize("damage", ["cut", "emptied", "removed"])
def test_damaged_files_are_named(name, file, damage, publish, tmp_path):
    """A file in the cache that is cut, empty or gone is one line that says what to delete."""
    publish(name)
    load(name, cache=tmp_path)
    path = tmp_path / name / file
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:1000] if damage == "cut" else b"")
    with pytest.raises(DataError, match=rf"^{name} in .* is damaged \(.+\); delete the folder, load again$"):
        load(name, cache=tmp_path)
