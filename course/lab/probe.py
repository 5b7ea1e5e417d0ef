"""What only a child process may try: torch, torchvision, a GPU, the digits.

The child says a line of JSON after each step, so that also a crash tells how far it came.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

TIMEOUT_S = 180
STEPS = ("torch", "torchvision", "GPU", "data")
CODE = """
import json, sys

def torch_():
    import torch
    assert float((torch.ones(2, 2) @ torch.ones(2, 2)).sum()) == 8.0, "2 x 2 ones do not multiply to 8"
    return torch.__version__

def torchvision_():
    import torch, torchvision
    torchvision.ops.nms(torch.tensor([[0.0, 0, 1, 1]]), torch.ones(1), 0.5)
    return torchvision.__version__

def gpu():
    import torch
    if torch.cuda.is_available():
        torch.ones(2, device="cuda").sum().item()
        return torch.cuda.get_device_name()
    if torch.backends.mps.is_available():
        return "Apple GPU (mps)"
    return "none; nothing in the course needs one"

def data():
    from course.data import load
    return f"{len(load('digits').train.labels):,} digits to train"

for name, step in [("torch", torch_), ("torchvision", torchvision_), ("GPU", gpu), ("data", data)]:
    print(json.dumps({"begin": name}), flush=True)
    try:
        print(json.dumps({"step": name, "result": str(step())}), flush=True)
    except BaseException as error:
        print(json.dumps({"step": name, "error": f"{type(error).__name__}: {error}"}), flush=True)
"""


@dataclass
class Probe:
    """What each step said, or the error that it ended with."""

    results: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def run_probe(environment: Mapping[str, str] | None = None, timeout_s: float = TIMEOUT_S) -> Probe:
    """Take the steps in a child process.

    Args:
        environment: of the child; this process's own when None.
        timeout_s: seconds that all steps may take together.
    """
    command = [sys.executable, "-W", "ignore", "-c", CODE]
    try:
        run = subprocess.run(
            command,
            capture_output=True,
            timeout=timeout_s,
            env=dict(os.environ if environment is None else environment),
        )
        output, end = run.stdout, f"Python ended with {run.returncode}" + _crash(run.returncode)
    except subprocess.TimeoutExpired as late:
        output, end = late.stdout or b"", f"took longer than {timeout_s:g} s"
    return _read(output.decode("utf-8", "replace"), end)


def _crash(code: int) -> str:
    return f" (killed by signal {-code})" if code < 0 else ""


def _read(output: str, end: str) -> Probe:
    probe, begun = Probe(), None
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:  # a library that prints
            continue
        if not isinstance(message, dict):
            continue
        if message.get("begin") in STEPS:
            begun = message["begin"]
        elif message.get("step") in STEPS:
            begun = None
            results, key = (probe.results, "result") if "result" in message else (probe.errors, "error")
            results[message["step"]] = " ".join(str(message.get(key, "")).split())[:300]
    if begun:
        probe.errors[begun] = end
    elif not probe.results and not probe.errors:
        probe.errors["torch"] = end
    return probe
