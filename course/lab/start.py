"""`course lab`: write the welcome notebook and open JupyterLab at it."""

import os
import subprocess
import sys
from pathlib import Path

from .progress import find_place
from .welcome import WELCOME, write_welcome

FIRST_CELLS = Path(__file__).with_name("first_cells.py")  # what kernels run at their start
SETTINGS = Path(__file__).with_name("settings")  # the news pop-up and the look for updates are off


def command_line(place: Path, options: list[str]) -> list[str]:
    """The command that opens JupyterLab in a folder; `options` are JupyterLab's own, such as --no-browser."""
    page = f"--LabApp.default_url=/lab/tree/{WELCOME.as_posix()}"
    return [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={place}", page, *options]


def environment() -> dict[str, str]:
    """This process's environment, with our settings in front of the person's own, which stay as they are."""
    paths = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    startup = os.environ.get("PYTHONSTARTUP") or str(FIRST_CELLS)
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths), "PYTHONSTARTUP": startup}


def open_lab(options: list[str]) -> int:
    """Open JupyterLab and wait until it ends. Returns its exit code.

    Raises:
        UsageError: no exercises here.
    """
    place = find_place()
    write_welcome(place)
    command = command_line(place, options)
    if os.name == "posix":  # JupyterLab takes this process's place, so Ctrl-C reaches it alone
        os.execve(command[0], command, environment())
    return subprocess.call(command, env=environment())
