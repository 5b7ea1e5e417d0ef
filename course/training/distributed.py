"""Distributed data parallel: torchrun starts the same script, and each process takes its share.

    torchrun --nproc-per-node=2 train.py

Gradients are averaged by DistributedDataParallel. Every process draws the same permutation and takes its
own rows of it. Measurements are added up. Process 0 writes. With one process all of this is nothing.
"""

import atexit
import os
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import nn


def start(device: str | torch.device) -> torch.device:
    """Join the group that torchrun announces in the environment, if any; choose this process's device.

    Args:
        device: "auto" takes CUDA, else MPS, else the CPU.

    Raises:
        ValueError: torch knows no such device, or it is not to be had here.
    """
    local = int(os.environ.get("LOCAL_RANK", 0))
    grouped = int(os.environ.get("WORLD_SIZE", 1)) > 1 and "MASTER_ADDR" in os.environ
    try:
        chosen = torch.device(best_device() if device == "auto" else device)
        if grouped and chosen.type == "cuda":
            chosen = torch.device("cuda", local)
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError, NotImplementedError):
        allowed = f"auto, cpu, cuda or mps, and one that this machine has, such as {best_device()}"
        raise ValueError(f"device={str(device)!r} must be {allowed}") from None
    if grouped:
        if chosen.type == "cuda":
            torch.cuda.set_device(chosen)
        if not dist.is_initialized():
            dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
            atexit.register(stop)
    return chosen


def stop() -> None:
    """Leave the group, if there is one."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


def best_device() -> str:
    """CUDA where there is a card, else MPS, else the CPU."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def world() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """Which of them this is, from 0."""
    return dist.get_rank() if world() > 1 else 0


def parallel(model: nn.Module, device: torch.device) -> nn.Module:
    """The model, with gradients averaged over the processes."""
    if world() == 1:
        return model
    return nn.parallel.DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)


def gathered(value: Any) -> list[Any]:
    """The value of every process, in their order, in every process."""
    if world() == 1:
        return [value]
    values = [None] * world()
    dist.all_gather_object(values, value)
    return values


def from_first(make: Callable[[], Any]) -> Any:
    """What `make` gives in process 0, or the error it raises there, in every process."""
    if world() == 1:
        return make()
    result: list[Any] = [None, None]
    if rank() == 0:
        try:
            result[0] = make()
        except Exception as error:
            result[1] = error
    dist.broadcast_object_list(result, src=0)
    if result[1] is not None:
        raise result[1]
    return result[0]


def share_buffers(model: nn.Module) -> None:
    """Give every process the buffers of process 0: each saw other images, so running means differ."""
    if world() > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, src=0)
