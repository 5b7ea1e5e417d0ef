"""Random seeds: generators that can be written down, put back, and derived make a run repeatable.

One seed gives one run. Every stream of random numbers is derived from it: the order of epoch 3 from
(seed, 3), the dropout of process 1 from (seed, 1), so no stream depends on how far another has come.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

CPU = torch.device("cpu")


def derive(seed: int, *path: int) -> int:
    """A seed for one stream of its own, the same on every machine (numpy's SeedSequence).

    >>> derive(0, 3) == derive(0, 3) and derive(0, 3) != derive(0, 4)
    True
    """
    return int(np.random.SeedSequence([seed, *path]).generate_state(1, np.uint64)[0])


def seed_everything(seed: int) -> None:
    """Seed Python, numpy and torch, on every device."""
    seed_cpu(seed)
    torch.manual_seed(seed)


def seed_cpu(seed: int) -> None:
    """Seed Python, numpy and torch on the CPU; generators on other devices stay as they are."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)


def random_state(device: torch.device) -> dict[str, Any]:
    """Where every generator stands, in values that torch.load(weights_only=True) reads."""
    version, words, next_gauss = random.getstate()
    name, keys, position, has_gauss, gauss = np.random.get_state()
    state = {
        "python": (version, torch.tensor(words), next_gauss),
        "numpy": (name, torch.from_numpy(keys.astype(np.int64)), position, has_gauss, gauss),
        "torch": torch.get_rng_state(),
    }
    if device.type == "mps":
        state["device"] = torch.mps.get_rng_state()
    elif device.type == "cuda":
        state["device"] = torch.cuda.get_rng_state(device)
    return state


def restore_random_state(state: dict[str, Any], device: torch.device) -> None:
    """Put every generator back to where `random_state` found it."""
    version, words, next_gauss = state["python"]
    random.setstate((version, tuple(words.tolist()), next_gauss))
    name, keys, *rest = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(state["torch"])
    if device.type == "mps":
        torch.mps.set_rng_state(state["device"])
    elif device.type == "cuda":
        torch.cuda.set_rng_state(state["device"], device)


@contextmanager
def random_state_kept(device: torch.device) -> Iterator[None]:
    """Inside, draw as you like; afterwards every generator stands where it stood before."""
    state = random_state(device)
    try:
        yield
    finally:
        restore_random_state(state, device)


def use_deterministic_algorithms() -> None:
    """Let CUDA give the same bits in every run, at some cost in speed; on a CPU nothing changes.

    Call it before the first use of the GPU: cuBLAS reads its setting once. An operation without a
    deterministic form raises RuntimeError.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True)
