"""Checkpoints that survive a power cut: written aside, forced to the disk, renamed; the one before is kept.

A rename is all or nothing, so `checkpoint.pt` is always whole. Should a disk lose part of it all the same,
`checkpoint.previous.pt` takes its place. Files hold tensors and plain values alone and are loaded with
`weights_only=True`: a checkpoint from somebody else cannot run code.
"""

import os
import pickle
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

NEWEST, PREVIOUS, REFUSED = "checkpoint.pt", "checkpoint.previous.pt", "checkpoint.refused.pt"


class CheckpointError(ValueError):
    """A checkpoint not written, damaged, or of another model or run: which file, what, and what to do."""


class Checkpoints:
    """The checkpoints of one run, in a folder of their own.

    For the weights alone: torch.load(folder / "checkpoint.pt", weights_only=True)["model"].

    Args:
        folder: made when the first one is written.
        every: steps from one to the next; one is written after every epoch in any case.
        resume: whether a run goes on from what lies there; False begins anew.
    """

    def __init__(self, folder: str | Path, every: int | None = None, resume: bool = True):
        if every is not None and every < 1:
            raise ValueError(f"every={every} must be at least 1 step, or None")
        self.folder, self.every, self.resume = Path(folder), every, resume

    def save(self, state: dict[str, Any]) -> None:
        """Write one that is on the disk, whole, when this returns; the newest before becomes the previous.

        Raises:
            CheckpointError: it cannot be written, for the disk is full, say; those before stay as they are.
        """
        aside = self.folder / f"{NEWEST}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
        except (OSError, RuntimeError) as error:
            why = error if isinstance(error, OSError) else error.__context__  # torch hides what it met
            if not isinstance(why, OSError):
                raise
            aside.unlink(missing_ok=True)
            kept = "the one before is kept" if (self.folder / NEWEST).exists() else "there is none before it"
            raise CheckpointError(f"{self.folder}: no checkpoint written ({why.strerror}); {kept}") from None
        if (self.folder / NEWEST).exists():
            os.replace(self.folder / NEWEST, self.folder / PREVIOUS)
        os.replace(aside, self.folder / NEWEST)
        sync_folder(self.folder)

    def load(self, check: Callable[[dict[str, Any]], None] = lambda state: None) -> dict[str, Any] | None:
        """Read the newest good one, onto the CPU; None if there is none.

        Args:
            check: raises ValueError for a checkpoint that does not fit.

        Warns:
            UserWarning: the newest is not good, and the one before it is used. The newest is renamed, so
                that the next one written does not take the place of the good one.

        Raises:
            CheckpointError: there is one, but none that is whole and fits; the text is the newest's.
        """
        trouble = None
        for path in (self.folder / NEWEST, self.folder / PREVIOUS):
            if not path.exists():
                continue
            try:
                state = read(path)
                check(state)
            except ValueError as error:
                trouble = trouble or CheckpointError(f"{path}: {error}")
                continue
            if trouble:
                os.replace(self.folder / NEWEST, self.folder / REFUSED)
                warnings.warn(f"{trouble}; going on from {path.name}", stacklevel=2)
            return state
        if trouble:
            raise trouble
        return None


def sync_folder(folder: Path) -> None:
    """Force the new names to the disk; Windows does that by itself and cannot open a folder."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read(path: Path) -> dict[str, Any]:
    """The contents of one file.

    Raises:
        CheckpointError: it is cut short, its bytes are not those that were written, or it holds code.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
        if broken is None:
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise CheckpointError("it holds more than tensors and plain values, and is not trusted") from None
    except (zipfile.BadZipFile, EOFError, RuntimeError):
        pass
    raise CheckpointError("the file is cut short or damaged")


def check_same_model(saved: Mapping[str, Tensor], model: Mapping[str, Tensor]) -> None:
    """Raises ValueError if a state dict has other names or shapes than the model's, and names the first."""
    for name, tensor in model.items():
        if name not in saved:
            raise ValueError(f"it is of another model: it has no {name!r}")
        if saved[name].shape != tensor.shape:
            raise ValueError(
                f"it is of another model: {name!r} is {tuple(saved[name].shape)} there "
                f"and {tuple(tensor.shape)} here"
            )
    for name in saved:
        if name not in model:
            raise ValueError(f"it is of another model: {name!r} is not in this one")


def check_same_run(saved: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Raises ValueError if a checkpoint was written with other settings, and names the first."""
    for name, value in settings.items():
        if saved.get(name) != value:
            raise ValueError(
                f"it was written with {name}={saved.get(name)!r}, this run has {name}={value!r}; "
                "use the same, or another folder, or Checkpoints(…, resume=False) to begin anew"
            )
