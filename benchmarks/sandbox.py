"""Seconds for a small PyTorch notebook: sandboxed kernel against plain kernel, in one run.

    python benchmarks/sandbox.py [ROUNDS]

"over the cells" is what starting and ending the kernel costs beyond the time that its cells take.
"""

import statistics
import sys
import time

import nbformat

from course import sandbox
from course.notebooks.execute import execute

CELLS = (
    "import torch",
    "torch.manual_seed(0)\nx = torch.randn(256, 1, 8, 8)\ny = (x.mean((1, 2, 3)) > 0).long()",
    "net = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(),"
    " torch.nn.Linear(288, 2))\nadam = torch.optim.Adam(net.parameters())",
    "for _ in range(20):\n    adam.zero_grad()\n"
    "    torch.nn.functional.cross_entropy(net(x), y).backward()\n    adam.step()",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
)


def seconds(kernel_name: str) -> tuple[float, float]:
    """Seconds of one submission, and those of its cells alone."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    started = time.perf_counter()
    run = execute(notebook, kernel_name=kernel_name)
    taken = time.perf_counter() - started
    assert run.trouble() is None, run.trouble()
    return taken, sum(cell.metadata.papermill.duration for cell in run.notebook.cells)


def main(rounds: int) -> None:
    """Measure both kernels in turns and print a table."""
    started = time.perf_counter()
    print(f"isolation {sandbox.isolation()}, warm after {time.perf_counter() - started:.1f} s")
    taken = {sandbox.KERNEL_NAME: [], "python3": []}
    for _ in range(rounds):
        for name, times in taken.items():
            times.append(seconds(name))
    print(f"{'kernel':16}{'median':>8}{'least':>8}{'cells':>8}{'over the cells':>16}")
    for name, times in taken.items():
        whole, cells = (statistics.median(column) for column in zip(*times, strict=True))
        over = statistics.median(one - inner for one, inner in times)
        print(f"{name:16}{whole:8.2f}{min(times)[0]:8.2f}{cells:8.2f}{over:16.2f}")
    sandbox.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
