"""A training that is killed and started again ends with the bits of one that was left alone."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

pytestmark = pytest.mark.slow
often = pytest.mark.nightly("kills twenty times; twice by day", early=True)


def same(a, b):
    """Whether two nested values are equal to the last bit."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("tensors", 2),
        pytest.param("tensors", 20, marks=often),
        pytest.param("loader", 20, marks=pytest.mark.nightly("kills another twenty times")),
    ],
)
def test_killed_and_resumed_ends_with_the_same_bits(tmp_path, kind, times):
    """After some SIGKILLs at random steps, weights, optimizer, average and history are the same bits."""
    script = Path(__file__).with_name("killed.py")
    subprocess.run([sys.executable, script, tmp_path, kind, str(times)], check=True, timeout=600)
    whole, cut = torch.load(tmp_path / "whole.pt"), torch.load(tmp_path / "cut.pt")
    assert len(whole["step_losses"]) == 125 and whole["step_losses"][0] != whole["step_losses"][25]
    for part in whole:
        assert same(whole[part], cut[part]), part
