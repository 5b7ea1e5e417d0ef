"""Two processes that train together do what one process does with batches twice as large."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

pytestmark = pytest.mark.nightly("trains in several processes")

SCRIPT = Path(__file__).with_name("together.py")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The results of one process with batches of 16, and of two with batches of 8 each."""
    folder = tmp_path_factory.mktemp("together")
    runs = [
        subprocess.Popen([*start, SCRIPT, folder, str(size)])
        for start, size in (
            ([sys.executable], 16),
            ([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"], 8),
        )
    ]
    assert [run.wait(timeout=600) for run in runs] == [0, 0]
    return {processes: torch.load(folder / f"{processes}.pt") for processes in (1, 2)}


@pytest.mark.parametrize("case", ["tensors", "pieces", "loader"])
def test_two_processes_are_one_with_the_doubled_batch(results, case):
    """Every step's loss, every measurement and every weight agree to 1e-6, the smaller last batch too."""
    one, two = results[1][case], results[2][case]
    torch.testing.assert_close(two["step_losses"], one["step_losses"], rtol=0, atol=1e-6)
    torch.testing.assert_close(two["weights"], one["weights"], rtol=0, atol=1e-6)
    assert len(one["rows"]) == 3
    for ours, theirs in zip(two["rows"], one["rows"], strict=True):
        assert ours == pytest.approx(theirs, rel=0, abs=1e-6)
    assert torch.equal(two["confusion"], one["confusion"]) and two["count"] == 33
    assert sum(one["seen"]) == 2 * sum(two["seen"]) == 3 * 102


def test_a_row_too_many_is_left_out(results):
    """Of 101 rows two processes use 100, each 50 an epoch: unequal work would weigh some images more."""
    assert sum(results[1]["odd"]["seen"]) == 3 * 101
    assert sum(results[2]["odd"]["seen"]) == 3 * 50


@pytest.mark.parametrize("processes", [1, 2])
def test_processes_go_on_together(results, processes):
    """Cut off and resumed, with dropout drawn in each process, the run ends with the same bits."""
    whole, resumed = results[processes]["whole"], results[processes]["resumed"]
    assert torch.equal(whole["weights"], resumed["weights"])
    assert torch.equal(whole["step_losses"], resumed["step_losses"]) and whole["rows"] == resumed["rows"]
    assert len(resumed["seen"]) < len(whole["seen"])
